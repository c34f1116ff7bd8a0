// Oracle: the definition: ranges that follow each other from 0 to the length.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cut } from "./_threaded_kernels.ts";

const test = suite("cut");

test("gives every index to one range, and starts ranges at multiples of the unit", () => {
  for (const length of [0, 1, 4, 11, 12, 13, 97, 1000]) {
    for (const unit of [1, 4, 12]) {
      for (const count of [0, 1, 2, 3, 7]) {
        const ranges = cut(length, unit, count);
        assert.ok(ranges.length <= count);
        let next = 0;
        for (const [first, size] of ranges) {
          assert.is(first, next);
          assert.is(first % unit, 0);
          assert.ok(size > 0);
          next += size;
        }
        if (count > 0) assert.is(next, length);
      }
    }
  }
});

test("cuts evenly, to one unit", () => {
  assert.equal(cut(100, 4, 3), [[0, 32], [32, 32], [64, 36]]);
  assert.equal(cut(26, 12, 2), [[0, 12], [12, 14]]);
});

test.run();
