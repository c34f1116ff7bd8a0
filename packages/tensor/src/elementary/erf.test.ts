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
import { erfF64 } from "./erf.ts";

const test = suite("erfF64");

/** What the docstring promises, in ulp. */
const PROMISED = 0.72;

const slope = big(2).div((math.acos(big(-1)) as BigNumber).sqrt());

/**
 * erf by its alternating series 2/√π Σ (-1)^n x^(2n+1) / (n! (2n+1)) (DLMF 7.6.1), in 80 digits: it
 * loses 16 at |x| = 6, its largest term being below 10^15. The table of the function was computed
 * with another series (7.6.2).
 */
function series(x: BigNumber): BigNumber {
  const square = x.times(x);
  let term = x;
  let sum = x;
  for (let n = 1; term.abs().gt(sum.abs().times("1e-45")); n++) {
    term = term.times(square).div(-n);
    sum = sum.plus(term.div(2 * n + 1));
  }
  return sum.times(slope);
}

test("as near as promised to the series in mathjs BigNumber", () => {
  assertUlps(erfF64, series, [...spread(-6, 6, 200), ...spread(-1, 1, 100)], PROMISED);
});

test("as near as promised to the series in mathjs BigNumber for small arguments, subnormal ones too", () => {
  assertUlps(erfF64, series, [
    ...magnitudes(-60, -3, 60),
    ...magnitudes(-1074, -60, 40),
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
