import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  assertExact,
  assertUlps,
  big,
  everyBinade,
  magnitudes,
  spread,
} from "../../../../tools/elementary/oracle.ts";
import { expF64 } from "./exp.ts";

const test = suite("expF64");

/** What the docstring promises, in ulp. */
const PROMISED = 0.51;

test("as near as promised to mathjs BigNumber", () => {
  assertUlps(expF64, (x) => x.exp(), [
    ...spread(-708, 709.78, 120),
    ...spread(-1, 1, 80),
    ...magnitudes(-60, -1, 40),
  ], PROMISED);
});

test("as near as promised to mathjs BigNumber in every binade, subnormal arguments too", () => {
  assertUlps(expF64, (x) => x.exp(), [
    ...everyBinade(-1074, 9).filter((x) => x > -745 && x < 709.7),
    5e-324,
    -5e-324,
  ], PROMISED);
});

test("as near as promised to mathjs BigNumber at both ends of every interval of the table", () => {
  const step = Math.LN2 / 128; // k steps and a half are where the table index changes
  const ends = Array.from({ length: 128 }, (_, j) => (j - 64.5) * step);
  assertUlps(expF64, (x) => x.exp(), [
    ...ends.flatMap((x) => [x, x + 2 ** -52, x + 200.5 * Math.LN2]),
    ...[-708, 709].flatMap((x) => [x, x + 2 ** -43, x - 2 ** -43]), // where the fast path ends
  ], PROMISED);
});

test("as near as promised to mathjs BigNumber where the result is subnormal or nearly overflows", () => {
  assertUlps(expF64, (x) => x.exp(), [
    ...spread(-745.13, -707.9, 80),
    ...spread(709, 709.782712893384, 20),
    -708.3964185322641, // the double next to ln 2^-1022
    -708.3964185322642,
    -708.396418532265,
  ], PROMISED);
});

test("is rounded once at the subnormal end: within half an ulp and a little", () => {
  assertUlps(expF64, (x) => x.exp(), spread(-745.1, -720, 60), 0.5001);
});

test("specials, overflow and underflow as IEEE 754-2019 §9.2.1 says", () => {
  assertExact(expF64, [
    [0, 1],
    [-0, 1],
    [Infinity, Infinity],
    [-Infinity, 0],
    [NaN, NaN],
    [1e308, Infinity],
    [-1e308, 0],
    [5e-324, 1],
    [-5e-324, 1],
    [709.7827128933841, Infinity], // the next double above ln(2^1024 - 2^970)
    [-745.1332191019411, 5e-324], // e^x is just above 2^-1075
    [-745.1332191019412, 0], // and just below
  ]);
});

test("the limits of overflow and underflow are where mathjs BigNumber puts them", () => {
  const half = big(2).pow(-1075);
  assert.ok(big(-745.1332191019411).exp().gt(half));
  assert.ok(big(-745.1332191019412).exp().lt(half));
  const overflow = big(2).pow(1024).sub(big(2).pow(970));
  assert.ok(expF64(709.782712893384) < Infinity);
  assert.ok(big(709.782712893384).exp().lt(overflow));
  assert.ok(big(709.7827128933841).exp().gt(overflow));
});

test("the fast path and the edges meet without a step backwards (monotonic)", () => {
  for (const centre of [-708, 709]) {
    let before = 0;
    for (let i = -50; i <= 50; i++) {
      const y = expF64(centre + i * 2 ** -42);
      assert.ok(y >= before);
      before = y;
    }
  }
});

test.run();
