// The exponential function on numbers, with the same bits in every engine.
import { EXP_TABLE, STEP_HI, STEP_LO, STEPS_PER_UNIT } from "./_exp_table.gen.ts";
import { POWER_ZERO, POWERS_OF_TWO } from "./_powers_of_two.ts";

/** Added and subtracted again, it rounds to an integer (ties to even) what is below 2^51. */
const ROUNDER = 6755399441055744; // 1.5 · 2^52

/**
 * eˣ in float64, bit-identical in every JavaScript engine (`Math.exp` is not).
 *
 * x = (128 e + j) ln 2 / 128 + r with |r| ≤ ln 2 / 256, so eˣ = 2^e · 2^(j/128) · eʳ: a table of
 * 2^(j/128) in two doubles and the Taylor polynomial of degree 5 (its remainder is below 2^-60).
 * The method is that of Tang, "Table-driven implementation of the exponential function in IEEE
 * floating-point arithmetic", ACM TOMS 15 (1989).
 *
 * Measured error: at most 0.51 ulp (`tools/elementary/measure.ts`), subnormal results included.
 * e^-∞ = 0, e^∞ = ∞, e^NaN = NaN.
 *
 * @example
 * ```ts
 * import { expF64 } from "@fa/tensor";
 *
 * if (expF64(0) !== 1) throw new Error("e^0 is 1");
 * if (expF64(1) !== Math.E) throw new Error("e^1 is e");
 * ```
 */
export function expF64(x: number): number {
  if (!(x > -708 && x < 709)) return _expEdge(x);
  const k = x * STEPS_PER_UNIT + ROUNDER - ROUNDER;
  const r = x - k * STEP_HI - k * STEP_LO; // the first difference is exact
  const n = k | 0;
  const j = (n & 127) << 1;
  const r2 = r * r;
  const p = r + r2 * (0.5 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120))); // eʳ - 1
  const t = EXP_TABLE[j]!;
  return (t + (EXP_TABLE[j + 1]! + t * p)) * POWERS_OF_TWO[(n >> 7) + POWER_ZERO]!;
}

/** eˣ where the result may overflow or be subnormal, and for NaN. */
function _expEdge(x: number): number {
  if (!(x < 710)) return x === x ? Infinity : NaN;
  if (x < -746) return 0;
  const k = Math.round(x * STEPS_PER_UNIT);
  const r = x - k * STEP_HI - k * STEP_LO;
  const r2 = r * r;
  const p = r + r2 * (0.5 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120)));
  const e = k >> 7;
  const hi = EXP_TABLE[(k & 127) << 1]!;
  const lo = EXP_TABLE[((k & 127) << 1) + 1]! + hi * p;
  if (e > 0) return (hi + lo) * POWERS_OF_TWO[e - 1 + POWER_ZERO]! * 2; // 2^1024 is no double
  if (e > -1022 || (e === -1022 && hi + lo >= 1)) {
    return (hi + lo) * POWERS_OF_TWO[e + POWER_ZERO]!;
  }
  // Subnormal: hi + lo is rounded once, at the bit that is the last of the result. Beside `anchor`
  // the spacing of doubles is 2^-1074 / 2^e.
  const anchor = POWERS_OF_TWO[-1022 - e + POWER_ZERO]!;
  const sum = anchor + hi;
  const rounded = sum + ((hi - (sum - anchor)) + lo) - anchor;
  return rounded * POWERS_OF_TWO[e + 64 + POWER_ZERO]! * 2 ** -64; // both factors are exact
}
