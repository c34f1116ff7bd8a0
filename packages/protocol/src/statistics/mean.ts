// The arithmetic mean.
import { exactSum } from "@fa/tensor";

/**
 * (1/n) Σ xᵢ: the correctly rounded sum divided by n, whatever the order of the values. NaN and
 * Infinity pass through.
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
  return exactSum(values) / values.length;
}
