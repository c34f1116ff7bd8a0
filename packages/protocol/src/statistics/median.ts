// The median as NumPy defines it.

/**
 * Middle value of the sorted values, or the mean of the two middle values of an even number of
 * them (`numpy.median`). NaN if any value is NaN; ±Infinity sorts where it belongs.
 *
 * @throws {RangeError} if there are no values.
 *
 * @example
 * ```ts
 * import { median } from "@fa/protocol";
 *
 * if (median([9, 1, 2]) !== 2) throw new Error("wrong median");
 * if (median([4, 1, 2, 9]) !== 3) throw new Error("wrong median of an even number");
 * ```
 */
export function median(values: ArrayLike<number>): number {
  const { length } = values;
  if (length === 0) {
    throw new RangeError("Cannot take the median of no values as at least one is needed");
  }
  const sorted = Float64Array.from(values).sort(); // numerically, NaN last
  if (Number.isNaN(sorted[length - 1])) return NaN;
  const middle = sorted[length >> 1]!;
  return length % 2 === 1 ? middle : (sorted[(length >> 1) - 1]! + middle) / 2;
}
