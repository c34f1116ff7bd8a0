// Numbers as reports print them.
import { isMeasured, type Measured } from "../evidence/measured.ts";

/** How {@link formatNumber} and {@link formatMeanStd} print. */
export interface FormatOptions {
  /** Digits after the point; without it, three significant digits. */
  readonly decimals?: number;
}

/**
 * A number in few characters: three significant digits, as a power of ten below 1e-3 and from 1e4
 * on; or with a fixed number of `decimals`. An Unmeasured prints as `not measured`.
 *
 * @example
 * ```ts
 * import { formatNumber } from "@fa/protocol";
 *
 * const printed = [4.18e-9, 0.1632, 11, 1061.3, 24338].map((x) => formatNumber(x));
 * if (printed.join() !== "4.18e-9,0.163,11.0,1061,2.43e4") throw new Error(printed.join());
 * ```
 */
export function formatNumber(value: Measured, { decimals }: FormatOptions = {}): string {
  if (!isMeasured(value)) return "not measured";
  if (value === 0 && decimals === undefined) return "0";
  const magnitude = Math.abs(value);
  if (decimals !== undefined) return value.toFixed(decimals);
  if (magnitude < 1e-3 || magnitude >= 1e4) return value.toExponential(2).replace("e+", "e");
  return magnitude >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}

/**
 * `mean ± s`, or the mean alone where there is no s. A spread that is not zero never prints as
 * zero: both numbers get more decimals then.
 *
 * @param mean mean over seeds.
 * @param s sample standard deviation (n − 1).
 *
 * @example
 * ```ts
 * import { formatSpread } from "@fa/protocol";
 *
 * if (formatSpread(0.406, 0.0003, { decimals: 3 }) !== "0.4060 ± 0.0003") throw new Error("zero");
 * ```
 */
export function formatSpread(mean: number, s: Measured, { decimals }: FormatOptions = {}): string {
  if (!isMeasured(s)) return formatNumber(mean, optionsOf(decimals));
  let digits = decimals;
  while (digits !== undefined && digits < 12 && s !== 0 && Number(s.toFixed(digits)) === 0) {
    digits++;
  }
  return `${formatNumber(mean, optionsOf(digits))} ± ${formatNumber(s, optionsOf(digits))}`;
}

function optionsOf(decimals: number | undefined): FormatOptions {
  return decimals === undefined ? {} : { decimals };
}

/**
 * `mean ± s, n=k seeds` ({@link formatSpread}), always with n; for one seed there is no s, and it
 * says so.
 *
 * @param mean mean over seeds.
 * @param s sample standard deviation (n − 1).
 * @param n number of seeds.
 *
 * @example
 * ```ts
 * import { formatMeanStd, sampleStandardDeviation } from "@fa/protocol";
 *
 * const s = sampleStandardDeviation([0.347, 0.349, 0.351]);
 * if (formatMeanStd(0.349, s, 3, { decimals: 3 }) !== "0.349 ± 0.002, n=3 seeds") {
 *   throw new Error("wrong text");
 * }
 * ```
 */
export function formatMeanStd(
  mean: Measured,
  s: Measured,
  n: number,
  options: FormatOptions = {},
): string {
  const count = `n=${n} ${n === 1 ? "seed" : "seeds"}`;
  if (!isMeasured(mean)) return `not measured, ${count} (${mean.reason})`;
  const text = `${formatSpread(mean, s, options)}, ${count}`;
  return isMeasured(s) ? text : `${text} (no standard deviation)`;
}
