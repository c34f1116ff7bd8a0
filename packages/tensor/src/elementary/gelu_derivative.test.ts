import { suite } from "uvu";
import * as assert from "uvu/assert";
import { geluDerivative } from "../../../../tools/elementary/normal_oracle.ts";
import {
  assertExact,
  assertUlps,
  everyBinade,
  magnitudes,
  spread,
} from "../../../../tools/elementary/oracle.ts";
import { geluDerivativeF64 } from "./gelu_derivative.ts";

const test = suite("geluDerivativeF64");

/** What the docstring promises, in ulp: from -0.8 to -0.7, next to the zero, and elsewhere. */
const PROMISED_AT_ZERO = 3.5;
const PROMISED = 1.1;
/** Where nothing cancels it is nearer. */
const FAR = 0.75;

test("as near as promised to the series in mathjs BigNumber", () => {
  assertUlps(geluDerivativeF64, geluDerivative, [
    ...spread(-0.7, 2.1, 150),
    ...spread(-2.1, -0.8, 100),
  ], PROMISED);
  assertUlps(geluDerivativeF64, geluDerivative, [
    ...spread(-12, -2, 60),
    ...spread(2, 12, 30),
    ...spread(12, 40, 4),
  ], FAR);
});

test("as near as promised to mathjs BigNumber next to its zero, where nothing is left of Φ", () => {
  const zero = -0.7517915246935645;
  assertUlps(geluDerivativeF64, geluDerivative, [
    ...spread(-0.8, -0.7, 120),
    ...magnitudes(-52, -6, 50).map((d) => zero + d),
    zero,
  ], PROMISED_AT_ZERO);
});

test("as near as promised to mathjs BigNumber in the negative tail, to where it underflows", () => {
  assertUlps(geluDerivativeF64, geluDerivative, [
    ...spread(-37.4, -12, 14),
    ...spread(-17, -16, 4),
    ...spread(-34, -32, 4),
    ...spread(-38.7, -37.71, 8), // subnormal results
  ], FAR);
});

test("as near as promised to mathjs BigNumber for small arguments, subnormal ones too", () => {
  assertUlps(geluDerivativeF64, geluDerivative, [
    ...magnitudes(-60, -3, 40),
    ...everyBinade(-1074, -3).filter((_, i) => i % 9 === 0),
  ], PROMISED);
});

test("as near as promised to mathjs BigNumber where one algorithm or expansion ends", () => {
  const ends = [2, -2, 2 - 2 ** -52, -(2 - 2 ** -52)];
  for (let i = 0.5; i < 64; i += 5) ends.push(i / 32, -i / 32, -i / 32 - 2 ** -54);
  for (let i = 32; i < 64; i += 3) ends.push(-i / 16, -i / 8, 2 ** -47 - i / 8);
  assertUlps(geluDerivativeF64, geluDerivative, ends.filter((x) => x < -0.8 || x > -0.7), PROMISED);
});

test("specials: the limits at ±∞", () => {
  assertExact(geluDerivativeF64, [
    [0, 0.5],
    [-0, 0.5],
    [Infinity, 1],
    [-Infinity, -0],
    [NaN, NaN],
    [-39, -0],
    [39, 1],
  ]);
});

test("f(x) + f(-x) = 1 (metamorphic)", () => {
  for (const x of spread(0, 9, 300)) {
    assert.ok(Math.abs(geluDerivativeF64(x) + geluDerivativeF64(-x) - 1) <= 2 ** -52);
  }
});

test.run();
