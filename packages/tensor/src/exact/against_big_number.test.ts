// The exact functions on hard vectors. Oracle: mathjs BigNumber, in which sums and products of doubles
// are exact, rounded to the nearest double; the slow test beside this one tries 10,000.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { exactly, nearestDouble, nearestRoot } from "../../../../tools/elementary/exact_oracle.ts";
import { Rng } from "../random/rng.ts";
import { checkAdversarial } from "./_test_adversarial.ts";
import { neighbour } from "./_test_oracle.ts";

const test = suite("exact functions against BigNumber");

test("sum, dot, norm and cosine of 500 adversarial pairs of vectors are correctly rounded", () => {
  checkAdversarial(Rng.fromSeed(1, "adversarial"), 500);
});

// Oracle: definition of rounding to nearest, ties to even: the oracle itself must be right.
test("the oracle rounds on both sides of midpoints, and at the ends", () => {
  for (const value of [1, 1 + 2 ** -52, 3e-310, 5e-324, 1e300, Number.MAX_VALUE / 2]) {
    const next = neighbour(value, 1);
    const midpoint = exactly(value).plus(exactly(next)).times("0.5");
    const tiny = midpoint.times("1e-700");
    const even = nearestDouble(midpoint);
    assert.ok(even === value || even === next);
    const mantissa = new Uint32Array(Float64Array.of(even).buffer);
    const low = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? mantissa[0]! : mantissa[1]!;
    assert.is(low & 1, 0);
    assert.is(nearestDouble(midpoint.plus(tiny)), next);
    assert.is(nearestDouble(midpoint.minus(tiny)), value);
    assert.is(nearestDouble(midpoint.plus(tiny).neg()), -next);
    assert.is(nearestDouble(exactly(value)), value);
  }
  const limit = exactly(Number.MAX_VALUE).plus(exactly(2 ** 970)); // 2^1024 − 2^970
  assert.is(nearestDouble(limit), Infinity);
  assert.is(nearestDouble(limit.minus("1e-300")), Number.MAX_VALUE);
  assert.is(nearestRoot(exactly(2)), Math.SQRT2);
  assert.is(nearestRoot(exactly(9)), 3);
});

test.run();
