// How a mean varies when the seeds are drawn again: descriptive, not inference.
import type { Rng } from "@fa/tensor";
import { mean } from "./mean.ts";

/** Options of {@link bootstrapInterval}. */
export interface BootstrapOptions {
  /** The random stream that resamples; it advances. */
  readonly rng: Rng;
  /** Resamples. Default 10,000. */
  readonly resamples?: number;
  /** Share of the resampled means that lies between the ends. Default .95. */
  readonly level?: number;
}

/** What {@link bootstrapInterval} gives. */
export interface BootstrapInterval {
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** Mean of the values themselves. */
  readonly mean: number;
  /** n. */
  readonly n: number;
  /** Resamples that were drawn. */
  readonly resamples: number;
  /** C(2n−1, n): how many different resamples there are (2⁵³ − 1 where more), 10 for n = 3. */
  readonly distinctResamples: number;
  /** What the interval is not, in words. */
  readonly note: string;
}

/**
 * Percentile interval of the mean over bootstrap resamples: the quantiles at (1 ∓ level)/2 (linear
 * between order statistics, as NumPy takes them) of the means of n values drawn with replacement.
 *
 * Descriptive: for a few seeds it does not cover the true mean as often as `level` says. Three values
 * have only 10 different resamples, and none leaves [min, max].
 *
 * @param values independent values, one for each seed.
 * @param options the random stream is explicit: the same stream gives the same interval, whatever was
 * drawn elsewhere.
 * @throws {RangeError} if there are fewer than 2 values, one is not finite, `resamples` is not a
 * positive integer, or `level` does not lie between 0 and 1.
 *
 * @example
 * ```ts
 * import { bootstrapInterval } from "@fa/protocol";
 * import { Rng } from "@fa/tensor";
 *
 * const { low, high, note } = bootstrapInterval([1, 2, 6], { rng: Rng.fromSeed(1, "bootstrap") });
 * if (low !== 1 || high !== 6) throw new Error("1/27 of all resamples are (1, 1, 1)");
 * if (!note.includes("10 distinct resamples")) throw new Error(note);
 * ```
 */
export function bootstrapInterval(
  values: readonly number[],
  { rng, resamples = 10_000, level = 0.95 }: BootstrapOptions,
): BootstrapInterval {
  const n = values.length;
  if (n < 2) throw refusal("at least 2 values are needed", n);
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw refusal("every value must be finite", wrong);
  if (!Number.isSafeInteger(resamples) || resamples < 1) {
    throw refusal("resamples must be a positive integer", resamples);
  }
  if (!(level > 0 && level < 1)) throw refusal("level must lie between 0 and 1", level);
  const means = new Float64Array(resamples);
  const drawn = new Float64Array(n);
  for (let i = 0; i < resamples; i++) {
    for (let j = 0; j < n; j++) drawn[j] = values[rng.integer(n)]!;
    means[i] = mean(drawn);
  }
  means.sort();
  const distinct = distinctResamples(n);
  return {
    low: quantile(means, (1 - level) / 2),
    high: quantile(means, (1 + level) / 2),
    mean: mean(values),
    n,
    resamples,
    distinctResamples: distinct,
    note:
      `Descriptive: n=${n} values have only ${distinct} distinct resamples, and no resample leaves [min, max].`,
  };
}

/** C(2n − 1, n): multisets of n out of n values; 2⁵³ − 1 where there are more. */
export function distinctResamples(n: number): number {
  let count = 1;
  for (let i = 1; i < n; i++) {
    count = count * (n + i) / i; // C(n + i, i), an integer at each step
    if (count > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER;
  }
  return count;
}

/** Quantile of ascending values, linear between order statistics. */
function quantile(sorted: Float64Array, q: number): number {
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (place - below);
}

function refusal(rule: string, found: number): RangeError {
  return new RangeError(`Cannot bootstrap a mean as ${rule}: ${found}`);
}
