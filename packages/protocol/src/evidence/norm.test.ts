import { suite } from "uvu";
import * as assert from "uvu/assert";
import { l2Norm } from "./norm.ts";

const test = suite("l2Norm");

// Oracle: closed form, 3-4-5 triangle (exact in float64 up to the rounding of 3e-200 itself).
test("l2Norm is the length of a 3-4-5 triangle at every size", () => {
  assert.is(l2Norm([3, 4]), 5);
  for (const k of [-1060, -1000, -600, 600, 1020]) {
    const scale = k < -1022 ? 2 ** -1022 * 2 ** (k + 1022) : 2 ** k;
    assert.is(l2Norm([3 * scale, -4 * scale]), 5 * scale, `2^${k}`);
  }
});

// Oracle: closed form, √(1 + 256·2^-54) = 1 + 2^-47 − …; added one by one to 1, 2^-54 is lost.
test("l2Norm counts what is small against the sum, in any order", () => {
  const values = new Float64Array(257).fill(2 ** -27);
  for (const place of [0, 100, 256]) {
    assert.is(l2Norm(values.with(place, 1)), 1 + 2 ** -47);
  }
});

// Oracle: closed form, all entries equal: ‖v‖ = |v|√n.
test("l2Norm of n equal float32 subnormals is v√n", () => {
  const v = Math.fround(1.4e-45);
  assert.is(l2Norm(new Float32Array(256).fill(v)), 16 * v);
});

test("l2Norm of the smallest subnormal is itself, of the largest number too", () => {
  assert.is(l2Norm([5e-324]), 5e-324);
  assert.is(l2Norm([Number.MAX_VALUE]), Number.MAX_VALUE);
});

// Oracle: documented contract.
test("l2Norm passes NaN and Infinity on, NaN first, and is 0 only for zeros", () => {
  assert.ok(Number.isNaN(l2Norm([Infinity, NaN])));
  assert.ok(Number.isNaN(l2Norm([NaN, Infinity])));
  assert.is(l2Norm([1, -Infinity]), Infinity);
  assert.is(l2Norm([Number.MAX_VALUE, Number.MAX_VALUE]), Infinity);
  assert.is(l2Norm([0, 0]), 0);
  assert.is(l2Norm([]), 0);
});

test.run();
