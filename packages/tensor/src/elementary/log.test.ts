import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  assertExact,
  assertUlps,
  everyBinade,
  magnitudes,
  spread,
} from "../../../../tools/elementary/oracle.ts";
import { expF64 } from "./exp.ts";
import { logF64 } from "./log.ts";

const test = suite("logF64");

/** What the docstring promises, in ulp. */
const PROMISED = 0.52;

test("as near as promised to mathjs BigNumber", () => {
  assertUlps(logF64, (x) => x.ln(), [
    ...everyBinade(-1022, 1024).filter((x) => x > 0),
    ...spread(0.5, 2, 120),
    Number.MAX_VALUE,
  ], PROMISED);
});

test("as near as promised to mathjs BigNumber next to 1, where the result is small", () => {
  assertUlps(logF64, (x) => x.ln(), [
    ...spread(1 - 2 ** -7, 1 + 2 ** -6, 60),
    ...spread(1 + 2 ** -7 - 2 ** -12, 1 + 2 ** -7, 60), // the longest r of the series
    ...spread(1 + 2 ** -7, 1 + 2 ** -5, 100), // the greatest r beside ln c
    ...magnitudes(-51, -8, 40).map((d) => 1 + d),
    0.9922190678444475, // off by 0.73 ulp if what rounding took from r is left out
    1 - 2 ** -53,
    1 + 2 ** -52,
  ], PROMISED);
});

test("as near as promised to mathjs BigNumber for subnormal arguments", () => {
  const subnormal = everyBinade(-1074, -1022).filter((x) => x > 0);
  assertUlps(logF64, (x) => x.ln(), [
    ...subnormal,
    5e-324,
    2 ** -1022 - 2 ** -1074,
    2 ** -1022,
  ], PROMISED);
});

test("as near as promised to mathjs BigNumber at both ends of every interval of the table", () => {
  const ends: number[] = [];
  for (let i = 0; i < 128; i++) ends.push(i < 80 ? 0.6875 + i / 256 : 1 + (i - 80) / 128);
  const points = ends.flatMap((end) => [end, end - 2 ** -53]).filter((x) => x !== 1);
  assertUlps(logF64, (x) => x.ln(), points, PROMISED);
});

test("specials as IEEE 754-2019 §9.2.1 says", () => {
  assertExact(logF64, [
    [1, 0],
    [0, -Infinity],
    [-0, -Infinity],
    [Infinity, Infinity],
    [-1, NaN],
    [-5e-324, NaN],
    [-Infinity, NaN],
    [NaN, NaN],
  ]);
});

test("undoes expF64 to the rounding of its argument (metamorphic)", () => {
  for (const x of spread(-700, 700, 200)) {
    assert.ok(Math.abs(logF64(expF64(x)) - x) <= 2 ** -52 * (1 + Math.abs(x)));
  }
});

test.run();
