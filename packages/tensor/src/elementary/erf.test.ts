import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  assertExact,
  assertUlps,
  erf as series,
  everyBinade,
  magnitudes,
  spread,
} from "../../../../tools/elementary/oracle.ts";
import { erfF64 } from "./erf.ts";

const test = suite("erfF64");

/** What the docstring promises, in ulp. */
const PROMISED = 0.72;

test("as near as promised to the series in mathjs BigNumber", () => {
  assertUlps(erfF64, series, [...spread(-6, 6, 200), ...spread(-1, 1, 100)], PROMISED);
});

test("as near as promised to the series in mathjs BigNumber for small arguments, subnormal ones too", () => {
  assertUlps(erfF64, series, [
    ...magnitudes(-60, -3, 60),
    ...everyBinade(-1074, -3),
    5e-324,
    2 ** -1022,
  ], PROMISED);
});

test("as near as promised to the series in mathjs BigNumber where one expansion ends", () => {
  const ends: number[] = [0.125, 0.125 - 2 ** -56, 6 - 2 ** -50];
  for (let i = 4; i < 192; i += 7) ends.push((i + 0.5) / 32, (i + 0.5) / 32 - 2 ** -50);
  assertUlps(erfF64, series, ends, PROMISED);
});

test("is odd, bit for bit", () => {
  for (const x of [...spread(0, 6.5, 200), ...magnitudes(-1074, 1000, 100)]) {
    assert.ok(Object.is(erfF64(-x), -erfF64(x)));
  }
});

test("specials, and ±1 from where erf rounds to it", () => {
  assertExact(erfF64, [
    [0, 0],
    [-0, -0],
    [Infinity, 1],
    [-Infinity, -1],
    [NaN, NaN],
    [6, 1],
    [1e300, 1],
    [-7, -1],
    [1, 0.8427007929497149], // DLMF table 7.23: 0.84270 07929 497 149
  ]);
});

test.run();
