import { suite } from "uvu";
import * as assert from "uvu/assert";
import { anyDouble, doubleBetween } from "../exact/_test_oracle.ts";
import { Rng } from "../random/rng.ts";
import { checkContract, checkMidpoints, checkPatterns } from "./_test_half.ts";
import {
  decodeFloat16,
  encodeFloat16,
  float16FromBits,
  float16ToBits,
  roundAllToFloat16,
  roundToFloat16,
} from "./float16.ts";

const test = suite("float16");
const layout = { exponent: 5, fraction: 10 };
const half = {
  round: roundToFloat16,
  roundAll: (values: ArrayLike<number>, target?: Float64Array) =>
    target ? roundAllToFloat16(values, target) : roundAllToFloat16(values),
  toBits: float16ToBits,
  fromBits: float16FromBits,
  encode: encodeFloat16,
  decode: decodeFloat16,
};

// Oracle: closed form of binary16.
test("float16: all 65536 patterns have their value and come back", () => {
  checkPatterns(half, layout);
});

// Oracle: definition of rounding to nearest, ties to even.
test("float16 rounds between all neighbours to nearest, ties to even, once", () => {
  checkMidpoints(half, layout);
});

test("float16 accepts arrays in place and refuses what is no pattern", () => {
  checkContract(half, "float16");
});

// Oracle: published numbers (IEEE 754-2019, table 3.5; gradients below 6e-8 vanish).
test("float16 ends at 65504 and 2^-24", () => {
  assert.is(float16FromBits(0x7bff), 65504);
  assert.is(roundToFloat16(65519.999), 65504);
  assert.is(roundToFloat16(65520), Infinity);
  assert.is(roundToFloat16(5.96e-8), 2 ** -24);
  assert.is(roundToFloat16(2 ** -25), 0);
  assert.is(float16ToBits(NaN), 0x7e00);
});

// Oracle: closed form. 1 + 2^-11 + 2^-40 lies above a midpoint; in float32 it is that midpoint.
test("float16 is not rounded through float32", () => {
  const x = 1 + 2 ** -11 + 2 ** -40;
  assert.is(roundToFloat16(x), 1 + 2 ** -10);
  assert.is(roundToFloat16(Math.fround(x)), 1);
});

// Oracle: the engine's own conversions, independent implementations of the same definition.
const { f16round } = Math as { f16round?: (x: number) => number };
const view = new DataView(new ArrayBuffer(2)) as DataView & {
  setFloat16?: (offset: number, x: number) => void;
};
const same = "float16 has the bits of Math.f16round and DataView.setFloat16";
if (f16round === undefined || view.setFloat16 === undefined) {
  console.log("skip Math.f16round and DataView.setFloat16: this runtime has none");
  test.skip(same);
} else {
  test(same, () => {
    const rng = Rng.fromSeed(1, "float16");
    for (let i = 0; i < 100000; i++) {
      const x = i % 10 === 0 ? anyDouble(rng) : doubleBetween(rng, -27, 17);
      assert.ok(Object.is(roundToFloat16(x), f16round(x)), String(x));
      view.setFloat16!(0, x);
      assert.is(float16ToBits(x), view.getUint16(0), String(x));
    }
  });
}

test.run();
