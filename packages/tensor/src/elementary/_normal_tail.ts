// Φ(-a) and its like for a ≥ 2, relatively accurate down to where they underflow.
import { EXP_TABLE, STEP_HI, STEP_LO, STEPS_PER_UNIT } from "./_exp_table.gen.ts";
import { DENSITY_HI, DENSITY_LO, TAIL_CENTRES } from "./_normal_table.gen.ts";
import { POWER_ZERO, POWERS_OF_TWO } from "./_powers_of_two.ts";
import { _restOfRow } from "./_taylor_rows.ts";

/** From here on aΦ(-a), and what {@link _slopeTail} gives, round to 0. */
export const TAIL_END = 39;

/** Added and subtracted again, it rounds to an integer (ties to even) what is below 2^51. */
const ROUNDER = 6755399441055744; // 1.5 · 2^52

/** Numbers per row of {@link ROWS}: M(c) as hi, lo, then the coefficients of t … t⁹. */
const WIDTH = 11;

/**
 * The Taylor series of M(a) = e^(a²/2) Φ(-a) about the middle c of each interval of [2, 39): there
 * are 32 of them in [2, 4), 32 in [4, 8) and so on, so that |t| ≤ c/64.
 */
const ROWS: Float64Array = /* @__PURE__ */ rows();

function rows(): Float64Array {
  const table = new Float64Array((TAIL_CENTRES.length / 2) * WIDTH);
  for (let i = 0; i < table.length / WIDTH; i++) {
    const c = (i % 32 + 32.5) * POWERS_OF_TWO[POWER_ZERO - 4 + (i >> 5)]!;
    const row = table.subarray(i * WIDTH, (i + 1) * WIDTH);
    row[0] = TAIL_CENTRES[2 * i]!;
    row[1] = TAIL_CENTRES[2 * i + 1]!;
    // M″ = aM′ + M, so (n + 1) M_{n+1} = c M_n + M_{n-1}. Upwards this loses all accuracy; downwards
    // the ratios -M_n / M_{n-1} converge from any start.
    let ratio = 0;
    for (let n = 200; n > 0; n--) {
      ratio = 1 / (c + (n + 1) * ratio);
      if (n < WIDTH - 1) row[n + 1] = -ratio;
    }
    let coefficient = row[0]! + row[1]!;
    for (let n = 1; n < WIDTH - 1; n++) row[n + 1] = coefficient *= row[n + 1]!;
  }
  return table;
}

/** Intervals of {@link ROWS} per unit at `a`: 16 in [2, 4), 8 in [4, 8) … 1 in [32, 39). */
function _intervalsPerUnit(a: number): number {
  return 32 >> (31 - Math.clz32(a));
}

/** Where the row of interval j of its binade begins in {@link ROWS}, j = 32 … 63. */
function _rowOffset(perUnit: number, j: number): number {
  return (j - 32 + (Math.clz32(perUnit) - 27 << 5)) * WIDTH;
}

/** M(a) - hi for the row that starts at `o`. */
function _rest(o: number, t: number): number {
  const t2 = t * t;
  const t4 = t2 * t2;
  return _restOfRow(ROWS, o, t) + t4 * t4 * t * ROWS[o + 10]!; // remainder below 2^-60
}

/**
 * (high + low) e^(-a²/2) for a < 40, rounded once, and once more where it is subnormal. `high` must
 * be a float32, and `low` small beside it.
 */
function _timesGaussian(high: number, low: number, a: number): number {
  const aHigh = Math.fround(a);
  const half = aHigh * aHigh * 0.5; // exact, as aHigh has 24 bits
  const k = ROUNDER - half * STEPS_PER_UNIT - ROUNDER;
  const r = -half - k * STEP_HI - k * STEP_LO - (a + aHigh) * (a - aHigh) * 0.5;
  const n = k | 0;
  const j = (n & 127) << 1;
  const r2 = r * r;
  const p = r + r2 * (0.5 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120))); // eʳ - 1, see expF64
  const t = EXP_TABLE[j]!;
  const tHigh = Math.fround(t);
  const tLow = (t - tHigh) + (EXP_TABLE[j + 1]! + t * p);
  const product = tHigh * high + (tHigh * low + tLow * (high + low)); // the first one is exact
  return product * POWERS_OF_TWO[(n >> 7) + 128 + POWER_ZERO]! * 2 ** -128;
}

/** aΦ(-a) for 2 ≤ a < 39. */
export function _geluTail(a: number): number {
  const perUnit = _intervalsPerUnit(a);
  const j = (a * perUnit) | 0;
  const o = _rowOffset(perUnit, j);
  const rest = _rest(o, a - (j + 0.5) / perUnit);
  const aHigh = Math.fround(a);
  const product = aHigh * ROWS[o]!; // exact
  const high = Math.fround(product);
  return _timesGaussian(high, (product - high) + ((a - aHigh) * ROWS[o]! + a * rest), a);
}

/** Φ(-a) - a φ(a) for 2 ≤ a < 39. */
export function _slopeTail(a: number): number {
  const perUnit = _intervalsPerUnit(a);
  const j = (a * perUnit) | 0;
  const o = _rowOffset(perUnit, j);
  const rest = _rest(o, a - (j + 0.5) / perUnit);
  const aHigh = Math.fround(a);
  const head = ROWS[o]! - aHigh * DENSITY_HI; // exact
  const high = Math.fround(head);
  const low = (head - high) + (rest - ((a - aHigh) * DENSITY_HI + a * DENSITY_LO));
  return _timesGaussian(high, low, a);
}
