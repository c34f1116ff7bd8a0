// The arithmetic mean.

/**
 * (1/n) Σ xᵢ, summed in index order; NaN and Infinity pass through.
 *
 * @throws {RangeError} if there are no values.
 *
 * @example
 * ```ts
 * import { mean } from "@fa/protocol";
 *
 * if (mean([1, 2, 6]) !== 3) throw new Error("wrong mean");
 * ```
 */
export function mean(values: ArrayLike<number>): number {
  if (values.length === 0) {
    throw new RangeError("Cannot take the mean of no values as at least one is needed");
  }
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
