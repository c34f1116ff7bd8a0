// A sample; float32.slow.test.ts tries every float32.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  assertExact,
  big,
  type BigNumber,
  erf,
  everyBinade,
  math,
  nearestSingle,
  spread,
} from "../../../../tools/elementary/oracle.ts";
import { erfF32, expF32, logF32, tanhF32 } from "./float32.ts";

const test = suite("float32 functions");

function assertNearest(
  f: (x: number) => number,
  exact: (x: BigNumber) => BigNumber,
  points: readonly number[],
): void {
  for (const point of points) {
    const x = Math.fround(point);
    if (x !== 0) assert.is(f(x), nearestSingle(exact(big(x))), `at ${x}`);
  }
}

const normal = everyBinade(-126, 128);
const subnormal = everyBinade(-149, -126);

test("expF32 is the float32 nearest to the exact value (mathjs BigNumber)", () => {
  assertNearest(expF32, (x) => x.exp(), [
    ...spread(-87, 88, 200),
    ...normal.filter((x) => Math.abs(x) < 64),
    ...subnormal,
    ...spread(-104, -87, 60), // subnormal results
    -14.567090034484863, // e^x is 1.3 ulp of a double from the middle of two float32
    88.72283172607422, // the last that does not overflow
    88.72283935546875,
    -103.97207641601562, // the last that does not underflow
    -103.97208404541016,
  ]);
});

test("logF32 is the float32 nearest to the exact value (mathjs BigNumber)", () => {
  assertNearest(logF32, (x) => x.ln(), [
    ...spread(0.5, 2, 200),
    ...[...normal, ...subnormal].filter((x) => x > 0),
    1 - 2 ** -24,
    1 + 2 ** -23,
    3.4028234663852886e38,
  ]);
});

test("logF32 is right where the double is halfway between two float32 (mathjs BigNumber)", () => {
  assertNearest(logF32, (x) => x.ln(), [
    0.011794382706284523,
    9.472636222839355,
    58037908,
    1.2783783694984994e+23,
    5.498306075456329e+28,
    3.079322001896428e-20, // from here on, ties to even are right
    235203552,
    3.98526917732935e+23,
    1.2371124481387189e-30, // and here the double is next to halfway
    0.00010525848483666778,
    14698.412109375,
  ]);
});

test("erfF32 is the float32 nearest to the exact value (mathjs BigNumber)", () => {
  assertNearest(erfF32, erf, [
    ...spread(-4, 4, 200),
    ...normal.filter((x) => Math.abs(x) < 5),
    ...subnormal,
    0.00018398030078969896, // the double is halfway between two float32
    3.919205665588379, // the last below 1
    3.919205904006958,
  ]);
});

test("tanhF32 is the float32 nearest to the exact value (mathjs BigNumber)", () => {
  assertNearest(tanhF32, (x) => math.tanh(x) as BigNumber, [
    ...spread(-9.5, 9.5, 200),
    ...normal.filter((x) => Math.abs(x) < 64),
    ...subnormal,
    ...everyBinade(-14, -10),
    9.010912895202637, // the last below 1
    9.010913848876953,
  ]);
});

test("specials as IEEE 754-2019 §9.2.1 says", () => {
  assertExact(expF32, [[0, 1], [-0, 1], [Infinity, Infinity], [-Infinity, 0], [NaN, NaN]]);
  assertExact(logF32, [[1, 0], [0, -Infinity], [-0, -Infinity], [-1, NaN], [NaN, NaN]]);
  assertExact(logF32, [[Infinity, Infinity], [-Infinity, NaN]]);
  for (const f of [erfF32, tanhF32]) {
    assertExact(f, [[0, 0], [-0, -0], [Infinity, 1], [-Infinity, -1], [NaN, NaN]]);
  }
});

test.run();
