// One quantity over the seeds: mean, spread, and the values themselves.
import {
  isMeasured,
  type Measured,
  measured,
  type Unmeasured,
  unmeasured,
} from "../evidence/measured.ts";
import { formatMeanStd, type FormatOptions } from "./format.ts";
import { mean } from "./mean.ts";
import { sampleStandardDeviation } from "./sample_standard_deviation.ts";

/** A measurement of one seed. */
export interface SeedMeasurement {
  /** The seed of the run. */
  readonly seed: number;
  /** What was measured in it. */
  readonly value: Measured;
}

/** A quantity over seeds, as reports print it. */
export interface SeedSummary {
  /** Number of seeds. */
  readonly n: number;
  /** Mean over all seeds; unmeasured if any seed is. */
  readonly mean: Measured;
  /** Sample standard deviation (n − 1) over all seeds; unmeasured for n = 1. */
  readonly sampleStandardDeviation: Measured;
  /** `mean ± s, n=k seeds`. */
  readonly text: string;
  /** The value of every seed. */
  readonly perSeed: readonly SeedMeasurement[];
}

/**
 * Mean ± sample standard deviation over seeds. A seed that was not measured makes the mean
 * unmeasured: dropping it would report a smaller set of seeds than was run.
 *
 * @param values one entry for each seed.
 * @param what names the quantity in the reason.
 * @throws {RangeError} if there are no seeds.
 *
 * @example
 * ```ts
 * import { summarizeSeeds } from "@fa/protocol";
 *
 * const accuracy = summarizeSeeds(
 *   [{ seed: 42, value: 0.30 }, { seed: 123, value: 0.31 }, { seed: 456, value: 0.32 }],
 *   "accuracy",
 *   { decimals: 3 },
 * );
 * if (accuracy.text !== "0.310 ± 0.010, n=3 seeds") throw new Error(accuracy.text);
 * ```
 */
export function summarizeSeeds(
  values: readonly SeedMeasurement[],
  what: string,
  options: FormatOptions = {},
): SeedSummary {
  const n = values.length;
  const numbers = values.map((v) => v.value).filter(isMeasured);
  const missing = values.filter((v) => !isMeasured(v.value));
  const cause = values.map((v) => v.value).find((v): v is Unmeasured => !isMeasured(v))?.reason;
  const centre: Measured = missing.length === 0
    ? measured(mean(numbers), `the mean ${what}`)
    : unmeasured(`${what} was not measured for ${seedWords(missing.map((v) => v.seed))}: ${cause}`);
  const spread = isMeasured(centre) ? sampleStandardDeviation(numbers) : centre;
  return {
    n,
    mean: centre,
    sampleStandardDeviation: spread,
    text: formatMeanStd(centre, spread, n, options),
    perSeed: values,
  };
}

/** `seed 42`, or `seeds 42, 123`. */
export function seedWords(seeds: readonly number[]): string {
  return `${seeds.length === 1 ? "seed" : "seeds"} ${seeds.join(", ")}`;
}
