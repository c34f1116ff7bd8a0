import { suite } from "uvu";
import * as assert from "uvu/assert";
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
import { sinPi } from "./sin_pi.ts";

const test = suite("sinPi");

/** What the docstring promises, in ulp. */
const PROMISED = 0.75;

const pi = math.acos(big(-1)) as BigNumber;
const reference = (x: BigNumber): BigNumber => {
  const angle = (x.abs().lt(2) ? x : x.mod(2)).times(pi);
  if (angle.abs().gt("1e-20")) return math.sin(angle) as BigNumber;
  return angle; // the next term is below 10^-40 of it
};

test("as near as promised to mathjs BigNumber", () => {
  assertUlps(sinPi, reference, [
    ...spread(-2, 2, 100).filter((x) => x !== 0),
    ...spread(0.2, 0.3, 40),
    ...magnitudes(-30, 50, 60).filter((x) => x % 0.5 !== 0),
  ], PROMISED);
});

test("as near as promised to mathjs BigNumber for tiny arguments, subnormal ones too", () => {
  assertUlps(
    sinPi,
    reference,
    [...magnitudes(-1074, -60, 60), 5e-324, 2 ** -1022, 2 ** -900],
    PROMISED,
  );
});

test("exact at multiples of 1/2, and specials, as IEEE 754-2019 §9.2.1 says", () => {
  assertExact(sinPi, [
    [0, 0],
    [-0, -0],
    [0.5, 1],
    [-0.5, -1],
    [1.5, -1],
    [-1.5, 1],
    [1, 0],
    [-1, -0],
    [2, 0],
    [-2, -0],
    [2 ** 52 + 1, 0],
    [-(2 ** 60), -0],
    [Infinity, NaN],
    [-Infinity, NaN],
    [NaN, NaN],
  ]);
});

test("sin² + cos² = 1 to rounding (metamorphic)", () => {
  for (const x of spread(-3, 3, 200)) {
    assert.ok(Math.abs(sinPi(x) ** 2 + cosPi(x) ** 2 - 1) < 2 ** -51);
  }
});

test.run();
