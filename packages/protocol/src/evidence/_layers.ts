// From the samples of one layer to what a record says of it.
import { mean } from "../statistics/mean.ts";
import { median } from "../statistics/median.ts";
import { isCovered, uncovered } from "./_coverage.ts";
import { isMeasured, type Measured, measured, unmeasured } from "./measured.ts";

/** Values of a tensor. */
export type Values = Float32Array | Float64Array;

/** Median of the errors that could be computed; one beyond all numbers counts as the largest. */
export function medianError(errors: readonly Measured[], what: string): Measured {
  const known = errors.flatMap((error) =>
    isMeasured(error) ? [error] : error.nonFinite ? [Infinity] : []
  );
  if (!isCovered(known.length, errors.length)) {
    const name = `the error of ${what}, which is else zero or not finite in float64,`;
    return uncovered(name, known.length, errors.length);
  }
  return measured(median(known), `the median error of ${what}`);
}

/** Median of norms; the reason of one that is not finite tells of how many samples. */
export function medianOf(norms: readonly number[], what: string): Measured {
  const bad = count(norms, (n) => !Number.isFinite(n));
  const name = `the median over ${norms.length} samples of ${what}`;
  const value = measured(median(norms), name);
  return isMeasured(value)
    ? value
    : { ...value, reason: `${value.reason} (${bad} samples are not finite)` };
}

/** Mean over the blocks from `first` on; a block without a value leaves none. */
export function meanFrom(perLayer: readonly Measured[], first: number, what: string): Measured {
  const values = perLayer.slice(first);
  if (values.length === 0) return unmeasured(`there is no block with index ≥ ${first}`);
  const missing = values.find((value) => !isMeasured(value));
  return missing ?? measured(mean(values as number[]), `the mean ${what}`);
}

/** For how many it holds. */
export function count(values: readonly number[], holds: (value: number) => boolean): number {
  return values.filter(holds).length;
}

/** Each sample's values. */
export function rows(values: Values, batchSize: number): Values[] {
  const width = values.length / batchSize;
  return Array.from(
    { length: batchSize },
    (_, b) => values.subarray(b * width, (b + 1) * width) as Values,
  );
}
