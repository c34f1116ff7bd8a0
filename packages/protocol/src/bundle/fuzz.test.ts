// Hostile records and bundles, a few of them; fuzz.slow.test.ts has many. Oracle: whatever is read is one of
// our own errors, or a record whose diagnostics and verdict follow from the numbers in it.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fuzzBundles, fuzzRecords } from "./_test_fuzz.ts";

const test = suite("hostile records and bundles");

test("250 records: an error of ours, or a verdict that the record holds the numbers for", async () => {
  const { refused, unjudged, judged } = await fuzzRecords(250, 20260201);
  assert.is(refused + unjudged + judged, 250);
  assert.ok(refused > 50 && judged > 10, `${refused} refused, ${judged} judged`);
});

test("250 bundles", async () => {
  const { refused, unjudged, judged } = await fuzzBundles(250, 20260201);
  assert.is(refused + unjudged + judged, 250);
  assert.ok(refused > 50 && judged > 10, `${refused} refused, ${judged} judged`);
});

test.run();
