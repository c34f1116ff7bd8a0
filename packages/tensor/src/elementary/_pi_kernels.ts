// sin πr and cos πr for |r| ≤ 1/4: the Maclaurin series with the leading term in two doubles.
import { COS2_HI, COS2_LO, COS_PI, PI_HI, PI_LO, SIN_PI } from "./_pi_series.gen.ts";

/** Splits a double into two of 26 bits (Veltkamp; Dekker, Numer. Math. 18 (1971)). */
const SPLITTER = 134217729; // 2^27 + 1

/** sin πr, |r| ≤ 1/4; the remainder of the series is below 2^-62 r. */
export function _sinKernel(r: number): number {
  if (Math.abs(r) < 2 ** -900) return _sinLinear(r * 2 ** 200) * 2 ** -200;
  const w = r * r;
  return _sinLinear(r, w * r * horner(SIN_PI, w));
}

/** πr + rest, rounded once. */
function _sinLinear(r: number, rest = 0): number {
  const scaled = SPLITTER * r;
  const high = scaled - (scaled - r);
  return high * PI_HI + ((r - high) * PI_HI + r * PI_LO + rest); // the first product is exact
}

/** cos πr, |r| ≤ 1/4; the remainder of the series is below 2^-63. */
export function _cosKernel(r: number): number {
  const scaled = SPLITTER * r;
  const high = scaled - (scaled - r);
  const square = high * high; // exact; r² = square + squareLow
  const squareLow = (r + high) * (r - high);
  const w = square + squareLow;
  const w24 = Math.fround(w);
  const a = w24 * COS2_HI; // exact: 24 bits each; cos πr = 1 - (a + aLow) + …
  const aLow = (square - w24 + squareLow) * COS2_HI + w * COS2_LO;
  const head = 1 - a;
  return head + ((1 - head) - a - aLow + w * w * horner(COS_PI, w));
}

function horner(coefficients: Float64Array, w: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * w + coefficients[i]!;
  return sum;
}
