// What k seeds can support: the half-width of a t-interval in units of s.
import { isMeasured, type Measured, unmeasured } from "../evidence/measured.ts";
import { mean } from "./mean.ts";
import { sampleStandardDeviation } from "./sample_standard_deviation.ts";

// t_{0.975, n-1} for n = 2 … 31: quantiles of Student's distribution, as SciPy 1.x gives them.
// deno-fmt-ignore
const quantiles: readonly number[] = [
  12.706204736174694, 4.302652729749462, 3.1824463052837078, 2.7764451051977934,
  2.5705818356363146, 2.4469118511449786, 2.364624251592784, 2.306004135204166,
  2.262157162798205, 2.228138851986274, 2.200985160091639, 2.1788128296672284,
  2.1603686564627913, 2.144786687917804, 2.131449545559776, 2.1199052992212546,
  2.1098155778333156, 2.1009220402410382, 2.0930240544083087, 2.085963447265864,
  2.0796138447276795, 2.0738730679040254, 2.0686576104190486, 2.0638985616280245,
  2.0595385527532972, 2.0555294386428735, 2.0518305164802846, 2.0484071417952454,
  2.045229642132703, 2.0422724563012378,
];

/**
 * Half-width of the 95 % t-interval of a mean of n values, in units of their sample standard
 * deviation s: t₀.₉₇₅,ₙ₋₁ / √n. 8.98 for n = 2, 2.48 for n = 3.
 *
 * Quantiles for n ≤ 31 are tabulated to the last digit; beyond, they are the expansion of Fisher and
 * Cornish in 1/ν (ν = n − 1) to the fourth order, which is wrong by less than 3e-8 there
 * (Abramowitz & Stegun 26.7.5).
 *
 * @param n number of independent values (seeds).
 * @returns the factor; unmeasured for n = 1.
 * @throws {RangeError} if n is not a positive integer.
 *
 * @example
 * ```ts
 * import { isMeasured, tIntervalFactor } from "@fa/protocol";
 *
 * const factor = tIntervalFactor(3);
 * if (!isMeasured(factor) || factor.toFixed(2) !== "2.48") throw new Error("wrong factor");
 * ```
 */
export function tIntervalFactor(n: number): Measured {
  if (!Number.isInteger(n) || n < 1) {
    throw new RangeError(`Cannot give a t-interval for n=${n} as n must be a positive integer`);
  }
  if (n === 1) return unmeasured("one value has no interval");
  return (quantiles[n - 2] ?? expansion(n - 1)) / Math.sqrt(n);
}

/** t₀.₉₇₅,ν = z + g₁(z)/ν + … + g₄(z)/ν⁴ with z = z₀.₉₇₅. */
function expansion(v: number): number {
  const z = 1.959963984540054;
  const q = z * z;
  const g1 = z * (q + 1) / 4;
  const g2 = z * ((5 * q + 16) * q + 3) / 96;
  const g3 = z * (((3 * q + 19) * q + 17) * q - 15) / 384;
  const g4 = z * ((((79 * q + 776) * q + 1482) * q - 1920) * q - 945) / 92160;
  return z + (g1 + (g2 + (g3 + g4 / v) / v) / v) / v;
}

/** Mean of a few values with its 95 % t-interval. */
export interface TInterval {
  /** n. */
  readonly n: number;
  /** Their mean. */
  readonly mean: number;
  /** s (n − 1); unmeasured for n = 1. */
  readonly sampleStandardDeviation: Measured;
  /** t₀.₉₇₅,ₙ₋₁ · s / √n; unmeasured for n = 1. */
  readonly halfWidth: Measured;
}

/**
 * Mean, s and the half-width of the 95 % t-interval of independent values. It supposes that they are
 * independent and roughly normal: average what belongs to one seed first (`averagePerSeed`).
 *
 * @throws {RangeError} if there are no values, or one is not finite.
 *
 * @example
 * ```ts
 * import { formatNumber, tInterval } from "@fa/protocol";
 *
 * const { mean, halfWidth } = tInterval([1, 3, 5]); // s = 2
 * if (mean !== 3 || formatNumber(halfWidth) !== "4.97") throw new Error("2 × 2.484");
 * ```
 */
export function tInterval(values: readonly number[]): TInterval {
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) {
    throw new RangeError(`Cannot give a t-interval as every value must be finite: ${wrong}`);
  }
  const centre = mean(values);
  const s = sampleStandardDeviation(values);
  const factor = tIntervalFactor(values.length);
  return {
    n: values.length,
    mean: centre,
    sampleStandardDeviation: s,
    halfWidth: isMeasured(s) && isMeasured(factor) ? factor * s : s,
  };
}
