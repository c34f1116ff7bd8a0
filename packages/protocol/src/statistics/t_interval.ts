// What k seeds can support: the half-width of a t-interval in units of s.
import { type Measured, unmeasured } from "../evidence/measured.ts";

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
 * @param n number of independent values (seeds).
 * @returns the factor; unmeasured for n = 1, and for n > 31, where the table ends.
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
  const quantile = quantiles[n - 2];
  if (quantile === undefined) {
    return unmeasured(`the table of t quantiles ends at n=${quantiles.length + 1}: n=${n}`);
  }
  return quantile / Math.sqrt(n);
}
