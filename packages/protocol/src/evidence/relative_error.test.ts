// Oracles: closed forms and hand computation.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { relativeError } from "./relative_error.ts";

const test = suite("relativeError");

test("is the length of the difference over the length of what is exact", () => {
  assert.is(relativeError([1, 2, 2], [1, 2, 2]), 0);
  assert.is(relativeError([3, 4], [0, 5]), Math.sqrt(10) / 5);
  assert.is(relativeError(Float32Array.of(0.1), [0.1]), (Math.fround(0.1) - 0.1) / 0.1);
});

test("does not depend on the scale, down to subnormals of float32 and beyond", () => {
  for (const scale of [1, 2 ** -149, 2 ** -660, 2 ** 660]) {
    assert.is(relativeError([3 * scale, 4.5 * scale], [3 * scale, 4 * scale]), 0.1);
  }
});

test("has no number where there is no exact direction, and says so where the vector overflowed", () => {
  assert.equal(relativeError([1], [0]), { valid: false, reason: "the exact vector is zero" });
  assert.equal(relativeError([1], [NaN]), {
    valid: false,
    reason: "the exact vector is not finite",
  });
  assert.is((relativeError([Infinity, 1], [1, 1]) as { nonFinite: string }).nonFinite, "+Infinity");
  assert.is((relativeError([NaN, 1], [1, 1]) as { nonFinite: string }).nonFinite, "NaN");
  assert.throws(() => relativeError([1], [1, 2]), /lengths 1 and 2/);
});

test.run();
