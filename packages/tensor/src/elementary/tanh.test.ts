import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  assertExact,
  assertUlps,
  type BigNumber,
  everyBinade,
  magnitudes,
  math,
  spread,
} from "../../../../tools/elementary/oracle.ts";
import { tanhF64 } from "./tanh.ts";

const test = suite("tanhF64");

/** What the docstring promises, in ulp. */
const PROMISED = 0.72;

const reference = (x: BigNumber): BigNumber => math.tanh(x) as BigNumber;

test("as near as promised to mathjs BigNumber", () => {
  assertUlps(tanhF64, reference, [...spread(-22, 22, 200), ...spread(-2.2, 2.2, 300)], PROMISED);
});

test("as near as promised to mathjs BigNumber for small arguments, subnormal ones too", () => {
  assertUlps(tanhF64, reference, [
    ...magnitudes(-60, -3, 60),
    ...everyBinade(-1074, -3),
    5e-324,
    2 ** -1022,
  ], PROMISED);
});

test("as near as promised to mathjs BigNumber where one algorithm or expansion ends", () => {
  const ends: number[] = [];
  for (const end of [2 ** -28, 0.125, 2, 20]) ends.push(end, end * (1 - 2 ** -53), -end);
  for (let i = 4; i < 64; i += 3) ends.push((i + 0.5) / 32, (i + 0.5) / 32 - 2 ** -53);
  assertUlps(tanhF64, reference, [
    ...ends,
    ...spread(0.125, 0.16, 60), // where the series weighs most beside the value at the centre
    ...spread(2, 2.05, 60), // the largest quotient beside 1
  ], PROMISED);
});

test("is odd, bit for bit", () => {
  for (const x of [...spread(0, 21, 200), ...magnitudes(-1074, 1000, 100)]) {
    assert.ok(Object.is(tanhF64(-x), -tanhF64(x)));
  }
});

test("specials as IEEE 754-2019 §9.2.1 says, and ±1 from where tanh rounds to it", () => {
  assertExact(tanhF64, [
    [0, 0],
    [-0, -0],
    [Infinity, 1],
    [-Infinity, -1],
    [NaN, NaN],
    [20, 1],
    [-1e300, -1],
    [5e-324, 5e-324],
    [19.06154746539849, 1 - 2 ** -53], // below ln(2^55)/2, where 1 - tanh = 2^-54
    [19.06154746539851, 1], // and above
  ]);
});

test.run();
