import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkContract, checkMidpoints, checkPatterns } from "./_test_half.ts";
import {
  bfloat16FromBits,
  bfloat16ToBits,
  decodeBfloat16,
  encodeBfloat16,
  roundAllToBfloat16,
  roundToBfloat16,
} from "./bfloat16.ts";

const test = suite("bfloat16");
const layout = { exponent: 8, fraction: 7 };
const half = {
  round: roundToBfloat16,
  roundAll: (values: ArrayLike<number>, target?: Float64Array) =>
    target ? roundAllToBfloat16(values, target) : roundAllToBfloat16(values),
  toBits: bfloat16ToBits,
  fromBits: bfloat16FromBits,
  encode: encodeBfloat16,
  decode: decodeBfloat16,
};

// Oracle: closed form.
test("bfloat16: all 65536 patterns have their value and come back", () => {
  checkPatterns(half, layout);
});

// Oracle: definition of rounding to nearest, ties to even.
test("bfloat16 rounds between all neighbours to nearest, ties to even, once", () => {
  checkMidpoints(half, layout);
});

test("bfloat16 accepts arrays in place and refuses what is no pattern", () => {
  checkContract(half, "bfloat16");
});

// Oracle: definition, the upper half of the float32 with the same value.
test("bfloat16 patterns are the upper halves of float32", () => {
  const words = new Uint32Array(1);
  const single = new Float32Array(words.buffer);
  for (let bits = 0; bits < 2 ** 16; bits++) {
    words[0] = bits * 2 ** 16;
    assert.ok(Object.is(bfloat16FromBits(bits), single[0]), String(bits));
  }
  assert.is(bfloat16ToBits(NaN), 0x7fc0);
});

// Oracle: closed form. 1 + 2^-8 + 2^-40 lies above a midpoint; in float32 it is that midpoint.
test("bfloat16 is not rounded through float32, nor truncated", () => {
  const x = 1 + 2 ** -8 + 2 ** -40;
  assert.is(roundToBfloat16(x), 1 + 2 ** -7);
  assert.is(roundToBfloat16(Math.fround(x)), 1);
  assert.is(roundToBfloat16(2 - 2 ** -20), 2);
});

test.run();
