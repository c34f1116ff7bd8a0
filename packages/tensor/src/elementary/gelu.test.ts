import { suite } from "uvu";
import * as assert from "uvu/assert";
import { gelu } from "../../../../tools/elementary/normal_oracle.ts";
import {
  assertExact,
  assertUlps,
  everyBinade,
  magnitudes,
  spread,
} from "../../../../tools/elementary/oracle.ts";
import { geluF64 } from "./gelu.ts";

const test = suite("geluF64");

/** What the docstring promises, in ulp: of normal and of subnormal results. */
const PROMISED = 0.65;
const PROMISED_SUBNORMAL = 0.75;

test("as near as promised to the series in mathjs BigNumber", () => {
  assertUlps(geluF64, gelu, [
    ...spread(-2.1, 2.1, 200),
    ...spread(-12, 12, 100),
    ...spread(12, 40, 4),
  ], PROMISED);
});

test("as near as promised to mathjs BigNumber in the negative tail, to where it underflows", () => {
  assertUlps(geluF64, gelu, [
    ...spread(-37.4, -12, 8),
    ...spread(-32.02, -32, 4), // where the series of the tail converge slowest
    -16.000252770295614, // off by 0.86 and
    -32.00033074211599, // 0.92 ulp if a term is left out
  ], PROMISED);
  assertUlps(geluF64, gelu, [
    ...spread(-38.6, -37.63, 5),
    -37.62999681011932, // the greatest of them, rounded at two bits: off by 0.744 ulp
    -38.58, // 5e-324
  ], PROMISED_SUBNORMAL);
});

test("as near as promised to mathjs BigNumber for small arguments, subnormal ones too", () => {
  assertUlps(geluF64, gelu, [
    ...magnitudes(-60, -3, 40),
    ...everyBinade(-1074, -3).filter((_, i) => i % 9 === 0),
  ], PROMISED);
  assertUlps(geluF64, gelu, [5e-324, -5e-324, 2 ** -1022, 3e-310], PROMISED_SUBNORMAL);
});

test("as near as promised to mathjs BigNumber where one algorithm or expansion ends", () => {
  const ends = [2, -2, 2 - 2 ** -52, -(2 - 2 ** -52)];
  for (let i = 0.5; i < 64; i += 5) ends.push(i / 32, -i / 32, -i / 32 - 2 ** -54);
  for (let i = 32; i < 64; i += 3) ends.push(-i / 16, -i / 8, 2 ** -47 - i / 8);
  assertUlps(geluF64, gelu, ends, PROMISED);
});

test("specials: the limits at ±∞, and zeros keep their sign", () => {
  assertExact(geluF64, [
    [0, 0],
    [-0, -0],
    [Infinity, Infinity],
    [-Infinity, -0],
    [NaN, NaN],
    [-39, -0],
    [-1e300, -0],
    [1e300, 1e300],
    [39, 39],
  ]);
});

test("gelu(x) - gelu(-x) = x, as Φ(x) + Φ(-x) = 1 (metamorphic)", () => {
  for (const x of spread(0, 9, 300)) {
    assert.ok(Math.abs(geluF64(x) - geluF64(-x) - x) <= 2 ** -52 * x);
  }
});

test.run();
