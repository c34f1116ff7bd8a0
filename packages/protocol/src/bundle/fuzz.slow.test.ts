// Hostile records and bundles, 20,000 of them. Oracle: as in fuzz.test.ts.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fuzzBundles, fuzzRecords } from "./_test_fuzz.ts";

const test = suite("hostile records and bundles, many");

test("10,000 records", async () => {
  const tally = await fuzzRecords(10_000, 20260301);
  console.log(`  ${JSON.stringify(tally)}`);
  assert.ok(tally.refused > 2000 && tally.judged > 500);
});

test("10,000 bundles", async () => {
  const tally = await fuzzBundles(10_000, 20260301);
  console.log(`  ${JSON.stringify(tally)}`);
  assert.ok(tally.refused > 2000 && tally.judged > 500);
});

test.run();
