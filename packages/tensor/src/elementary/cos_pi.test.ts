import { suite } from "uvu";
import {
  assertExact,
  assertUlps,
  big,
  type BigNumber,
  magnitudes,
  math,
  spread,
} from "../../../../tools/elementary/oracle.ts";
import { cosPi } from "./cos_pi.ts";

const test = suite("cosPi");

/** What the docstring promises, in ulp. */
const PROMISED = 0.75;

const pi = math.acos(big(-1)) as BigNumber;
const reference = (x: BigNumber): BigNumber => math.cos(x.mod(2).times(pi)) as BigNumber;

test("as near as promised to mathjs BigNumber", () => {
  assertUlps(cosPi, reference, [
    ...spread(-2, 2, 100),
    ...spread(0.2, 0.3, 40),
    ...magnitudes(-30, 50, 60).filter((x) => x % 0.5 !== 0),
  ], PROMISED);
});

test("as near as promised to mathjs BigNumber next to its zeros", () => {
  assertUlps(cosPi, reference, magnitudes(-50, -3, 30).map((d) => 0.5 + d), PROMISED);
});

test("exact at multiples of 1/2, and specials, as IEEE 754-2019 §9.2.1 says", () => {
  assertExact(cosPi, [
    [0, 1],
    [-0, 1],
    [0.5, 0],
    [-0.5, 0],
    [1.5, 0],
    [-1.5, 0],
    [1, -1],
    [-1, -1],
    [2, 1],
    [2 ** 52 + 1, -1],
    [2 ** 53 + 2, 1],
    [Number.MAX_VALUE, 1],
    [5e-324, 1],
    [Infinity, NaN],
    [-Infinity, NaN],
    [NaN, NaN],
  ]);
});

test.run();
