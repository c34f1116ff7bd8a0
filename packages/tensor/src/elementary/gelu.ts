// GELU on numbers, with the same bits in every engine.
import { _densityCoefficients } from "./_density_series.ts";
import { NORMAL_CENTRES } from "./_normal_table.gen.ts";
import { _geluTail, TAIL_END } from "./_normal_tail.ts";
import { _restOfRow, ROW_WIDTH } from "./_taylor_rows.ts";

/** The Taylor series of Φ about c = (i - 64)/32, row i = 0 … 128; hi is a float32. */
const ROWS: Float64Array = /* @__PURE__ */ rows();

function rows(): Float64Array {
  const table = new Float64Array(129 * ROW_WIDTH);
  for (let i = 0; i <= 128; i++) {
    const c = (i - 64) / 32;
    const row = table.subarray(i * ROW_WIDTH, (i + 1) * ROW_WIDTH);
    const hi = NORMAL_CENTRES[2 * Math.abs(i - 64)]!;
    const lo = NORMAL_CENTRES[2 * Math.abs(i - 64) + 1]!;
    row[0] = c > 0 ? Math.fround(1 - hi) : hi; // Φ(c) = 1 - Φ(-c)
    row[1] = c > 0 ? (1 - hi - row[0]) - lo : lo; // the differences are exact
    _densityCoefficients(row, c);
    for (let n = 9; n > 1; n--) row[n] = row[n]! / (n - 1);
  }
  return table;
}

/**
 * The Gaussian error linear unit xΦ(x), Φ(x) = ½(1 + erf(x/√2)), in float64, bit-identical in every
 * JavaScript engine (Hendrycks & Gimpel 2016, arXiv:1606.08415).
 *
 * |x| < 2: the Taylor series of Φ of degree 8 about the nearest multiple of 1/32 (remainder below
 * 2^-58 Φ). Beyond, Φ(-a) = e^(-a²/2) M(a) with Taylor series of M in a table and a² exact: the
 * negative tail keeps its relative accuracy down to where it underflows, unlike ½(1 + erf), which
 * has nothing left of gelu(-10) = -7.6e-23.
 *
 * Measured error: at most 0.65 ulp, 0.75 ulp where the result is subnormal
 * (`tools/elementary/measure.ts`).
 * gelu(-∞) = -0, the limit; gelu(∞) = ∞, gelu(NaN) = NaN.
 *
 * @example
 * ```ts
 * import { geluF64 } from "@fa/tensor";
 *
 * if (geluF64(1) !== 0.8413447460685429) throw new Error("Φ(1)");
 * if (Math.abs(geluF64(-10) / -7.619853024160527e-23 - 1) > 1e-15) throw new Error("-10 Φ(-10)");
 * ```
 */
export function geluF64(x: number): number {
  const a = Math.abs(x);
  if (a < 2) {
    const i = (x * 32 + 64.5) | 0;
    const o = i * ROW_WIDTH;
    const hi = ROWS[o]!;
    const rest = _restOfRow(ROWS, o, x - (i - 64) * 0.03125); // the argument is exact
    const xHigh = Math.fround(x);
    return xHigh * hi - ((xHigh - x) * hi - x * rest); // the first product is exact; so is -0
  }
  if (a < TAIL_END) return x > 0 ? x - _geluTail(a) : -_geluTail(a);
  return x > 0 ? x : x < 0 ? -0 : NaN;
}
