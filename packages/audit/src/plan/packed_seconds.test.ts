import { suite } from "uvu";
import * as assert from "uvu/assert";
import { packedSeconds } from "./packed_seconds.ts";

const test = suite("packedSeconds");

// Oracle: schedules drawn by hand.
test("schedules greedily in queue order", () => {
  assert.is(packedSeconds([2, 2, 1, 1], 1), 6);
  assert.is(packedSeconds([2, 2, 1, 1], 2), 3);
  assert.is(packedSeconds([1, 1, 2], 2), 3); // the long one last: not optimal, but what happens
  assert.is(packedSeconds([5, 1], 8), 5);
  assert.is(packedSeconds([], 2), 0);
});

test.run();
