import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Rng } from "../random/rng.ts";
import { anyDouble, isSum, shuffled, vectors } from "./_test_oracle.ts";
import { exactSum } from "./exact_sum.ts";

const test = suite("exactSum");
const MAX = Number.MAX_VALUE;

// Oracle: integer arithmetic in units of 2^-1074.
test("exactSum is correctly rounded for vectors of all sizes, cancelling ones too", () => {
  const rng = Rng.fromSeed(1, "exactSum");
  for (const x of vectors(rng, 1500)) {
    assert.ok(isSum(exactSum(x), x), `[${x}]`);
    assert.ok(isSum(exactSum(Float64Array.from(x)), x), `[${x}]`);
    const single = Float32Array.from(x).filter(Number.isFinite);
    assert.ok(isSum(exactSum(single), single), `[${single}]`);
  }
});

// Oracle: closed form.
test("exactSum rounds ties to even, and only ties", () => {
  const half = 2 ** -53;
  for (const sign of [1, -1]) {
    const sum = (...x: number[]) => sign * exactSum(x.map((value) => sign * value));
    assert.is(sum(1, half), 1);
    assert.is(sum(1, half, 5e-324), 1 + 2 ** -52);
    assert.is(sum(1, half, -5e-324), 1);
    assert.is(sum(1, -half / 2), 1);
    assert.is(sum(1, -half / 2, -5e-324), 1 - half);
    assert.is(sum(1 + 2 ** -52, half), 1 + 2 ** -51);
    assert.is(sum(1 + 2 ** -52, half, -5e-324), 1 + 2 ** -52);
    // The half is itself spread over three values, far apart.
    assert.is(sum(1, half, 2 ** -110, 2 ** -500, -(2 ** -110)), 1 + 2 ** -52);
    assert.is(sum(1, half, 2 ** -110, -(2 ** -500), -(2 ** -110)), 1);
  }
});

// Oracle: closed form; IEEE 754 rounds to infinity from the midpoint 2^1024 − 2^970 on.
test("exactSum overflows only in the result, exactly at the midpoint", () => {
  assert.is(exactSum([MAX, MAX, -MAX]), MAX);
  assert.is(exactSum([MAX, MAX, -MAX, -MAX, 5e-324]), 5e-324);
  assert.is(exactSum([MAX, 2 ** 970]), Infinity);
  assert.is(exactSum([-MAX, -(2 ** 970)]), -Infinity);
  assert.is(exactSum([MAX, 2 ** 970, -5e-324]), MAX);
  assert.is(exactSum([MAX, 2 ** 969]), MAX);
  assert.is(exactSum([1e300, 1e-300, -1e300]), 1e-300);
  for (const value of [MAX, 2 ** 1008, 2 ** 992]) { // 2^16 of them are too much for a double
    const half = new Array<number>(1 << 16).fill(value);
    assert.is(exactSum([...half, 0.5, ...half.map((v) => -v)]), 0.5);
  }
});

// Oracle: closed form. Subnormals add without rounding.
test("exactSum adds subnormals exactly", () => {
  const tiny = 5e-324;
  assert.is(exactSum([tiny, tiny, tiny, -tiny]), 2 * tiny);
  assert.is(exactSum([2 ** -1022, -tiny]), 2 ** -1022 - tiny);
});

// Oracle: the documented contract (zeros), IEEE 754 addition (the others).
test("exactSum of nothing and of zeros is +0; infinities and NaN propagate", () => {
  for (const x of [[], [0], [-0], [-0, -0], [1, -1], [-1e308, 1e308], [5e-324, -5e-324]]) {
    assert.is(Object.is(exactSum(x), 0), true, `[${x}]`);
  }
  assert.is(exactSum([Infinity, 1, Infinity]), Infinity);
  assert.is(exactSum([MAX, MAX, -Infinity]), -Infinity);
  assert.ok(Number.isNaN(exactSum([Infinity, -Infinity])));
  assert.ok(Number.isNaN(exactSum([1, NaN, Infinity])));
  assert.ok(Number.isNaN(exactSum(Float32Array.of(1, NaN))));
});

// Oracle: metamorphic.
test("exactSum does not depend on the order, nor on the kind of array", () => {
  const rng = Rng.fromSeed(2, "exactSum");
  for (let k = 0; k < 20; k++) {
    const x = Array.from({ length: 1200 }, () => anyDouble(rng)); // more than two blocks
    const expected = exactSum(x);
    for (let i = 0; i < 5; i++) assert.is(exactSum(shuffled(rng, x)), expected);
    assert.is(exactSum(Object.assign({ length: 0 }, x, { length: x.length })), expected);
  }
  assert.is(exactSum(Int8Array.of(100, 100, 100)), 300);
});

// Oracle: Math.sumPrecise, an independent implementation of the same definition. It is asked for
// positive sums only: JavaScriptCore rounds negative ones wrongly (oven-sh/bun#39455).
const { sumPrecise } = Math as { sumPrecise?: (values: Iterable<number>) => number };
const same = "exactSum has the bits of Math.sumPrecise";
if (sumPrecise === undefined) {
  console.log("skip Math.sumPrecise: this runtime has none");
  test.skip(same);
} else {
  test(same, () => {
    for (const x of vectors(Rng.fromSeed(3, "exactSum"), 2000)) {
      const found = exactSum(x);
      if (found === 0) continue; // of −0 alone the other makes −0
      const sign = Math.sign(found);
      assert.is(found, sign * sumPrecise(x.map((value) => sign * value)), `[${x}]`);
    }
  });
}

test.run();
