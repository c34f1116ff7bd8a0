// The natural logarithm on numbers, with the same bits in every engine.
import { LN2_HI, LN2_LO, LOG_TABLE } from "./_log_table.gen.ts";
import { POWER_ZERO, POWERS_OF_TWO } from "./_powers_of_two.ts";

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
/** Which word holds the exponent: 1 on a little-endian machine, 0 on a big-endian one. */
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0]!;
/** High word of 11/16: z runs over [11/16, 11/8), so that ln z is never near -ln 2. */
const ORIGIN = 0x3fe60000;
const MIN_NORMAL = 2.2250738585072014e-308;

/**
 * ln x in float64, bit-identical in every JavaScript engine (`Math.log` is not).
 *
 * x = 2^k z with 11/16 ≤ z < 11/8; the leading bits of z choose a short number 1/c near 1/z, so
 * that r = z/c - 1 is known exactly as a sum of two doubles (|r| < 2^-7), and
 * ln x = k ln 2 + ln c + ln(1 + r): a table of ln c in two doubles and the Taylor polynomial of
 * degree 8 (remainder below 2^-59 r). Next to 1, c = 1: small logarithms keep their relative
 * accuracy. The method is that of Tang, "Table-driven implementation of the logarithm function in
 * IEEE floating-point arithmetic", ACM TOMS 16 (1990).
 *
 * Measured error: at most 0.52 ulp (`tools/elementary/measure.ts`), subnormal arguments included.
 * ln ±0 = -∞, ln ∞ = ∞; ln x = NaN for x < 0 and for NaN.
 *
 * @example
 * ```ts
 * import { logF64 } from "@fa/tensor";
 *
 * if (logF64(1) !== 0) throw new Error("ln 1 is 0");
 * if (logF64(2) !== Math.LN2) throw new Error("ln 2");
 * if (logF64(0) !== -Infinity) throw new Error("ln 0 is -∞");
 * ```
 */
export function logF64(x: number): number {
  let k = 0;
  if (!(x >= MIN_NORMAL && x < Infinity)) {
    if (x === 0) return -Infinity;
    if (!(x > 0)) return NaN;
    if (x === Infinity) return x;
    x *= 2 ** 54; // subnormal
    k = -54;
  }
  double[0] = x;
  const bits = words[HIGH]! - ORIGIN;
  const e = bits >> 20;
  const i = ((bits >> 13) & 127) * 3;
  k += e;
  const z = x * POWERS_OF_TWO[POWER_ZERO - e]!; // exact
  const inverse = LOG_TABLE[i]!;
  const zHigh = Math.fround(z); // 24 bits, inverse has 10: the products are exact
  const rHigh = zHigh * inverse - 1;
  const rLow = (z - zHigh) * inverse;
  const r = rHigh + rLow;
  const head = k * LN2_HI + LOG_TABLE[i + 1]!; // exact
  const sum = head + r;
  const lost = (head - sum) + r + ((rHigh - r) + rLow); // what rounding took from r and from sum
  const r2 = r * r;
  const p = r2 *
    (r * (1 / 3) - 0.5 +
      r2 * (r * (1 / 5) - 0.25 + r2 * (r * (1 / 7) - 1 / 6 - r2 * 0.125))); // ln(1 + r) - r
  return sum + (lost + (k * LN2_LO + LOG_TABLE[i + 2]!) + p);
}
