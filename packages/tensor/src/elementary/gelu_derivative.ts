// The derivative of GELU on numbers, with the same bits in every engine.
import { _densityCoefficients } from "./_density_series.ts";
import { MINIMUM_HI, MINIMUM_LO, SLOPE_CENTRES } from "./_normal_table.gen.ts";
import { _slopeTail, TAIL_END } from "./_normal_tail.ts";
import { _restOfRow, ROW_WIDTH } from "./_taylor_rows.ts";

/** The row whose centre is not (i - 64)/32 but the zero of the function. */
const ZERO_ROW = 40;

/** The Taylor series of Φ(x) + xφ(x) about c = (i - 64)/32, row i = 0 … 128. */
const ROWS: Float64Array = /* @__PURE__ */ rows();

function rows(): Float64Array {
  const table = new Float64Array(129 * ROW_WIDTH);
  for (let i = 0; i <= 128; i++) {
    const c = i === ZERO_ROW ? MINIMUM_HI : (i - 64) / 32;
    const row = table.subarray(i * ROW_WIDTH, (i + 1) * ROW_WIDTH);
    const hi = SLOPE_CENTRES[2 * Math.abs(i - 64)]!;
    const lo = SLOPE_CENTRES[2 * Math.abs(i - 64) + 1]!;
    row[0] = i === ZERO_ROW ? 0 : c > 0 ? 1 - hi : hi; // f(c) = 1 - f(-c)
    row[1] = i === ZERO_ROW ? 0 : c > 0 ? (1 - row[0] - hi) - lo : lo;
    _densityCoefficients(row, c);
    // f′ = (2 - x²) φ, and x = c + t: coefficient by coefficient, from the last one
    for (let n = 9; n > 1; n--) {
      const before = n > 2 ? row[n - 1]! : 0;
      const first = n > 3 ? row[n - 2]! : 0;
      row[n] = ((2 - c * c) * row[n]! - 2 * c * before - first) / (n - 1);
    }
  }
  return table;
}

/**
 * The derivative Φ(x) + xφ(x) of {@link geluF64} in float64, φ(x) = e^(-x²/2) / √(2π), bit-identical
 * in every JavaScript engine.
 *
 * |x| < 2: its Taylor series of degree 8 about the nearest multiple of 1/32, and next to its zero,
 * -0.7518, about that, so that it is relatively accurate there too. Beyond, f(-a) = Φ(-a) - aφ(a) is
 * e^(-a²/2) times the difference of two smooth functions, and f(a) = 1 - f(-a).
 *
 * Measured error: at most 3.5 ulp from -0.8 to -0.7, next to the zero, and 1.1 ulp elsewhere
 * (`tools/elementary/measure.ts`), subnormal results included. f(-∞) = -0, the limit; f(∞) = 1,
 * f(NaN) = NaN.
 *
 * @example
 * ```ts
 * import { geluDerivativeF64 } from "@fa/tensor";
 *
 * if (geluDerivativeF64(0) !== 0.5) throw new Error("Φ(0)");
 * const sum = geluDerivativeF64(1.5) + geluDerivativeF64(-1.5);
 * if (Math.abs(sum - 1) > 1e-15) throw new Error("f(x) + f(-x) = 1");
 * ```
 */
export function geluDerivativeF64(x: number): number {
  const a = Math.abs(x);
  if (a < 2) {
    const i = (x * 32 + 64.5) | 0;
    const t = i === ZERO_ROW ? x - MINIMUM_HI - MINIMUM_LO : x - (i - 64) * 0.03125;
    return ROWS[i * ROW_WIDTH]! + _restOfRow(ROWS, i * ROW_WIDTH, t);
  }
  if (a < TAIL_END) return x > 0 ? 1 - _slopeTail(a) : _slopeTail(a);
  return x > 0 ? 1 : x < 0 ? -0 : NaN;
}
