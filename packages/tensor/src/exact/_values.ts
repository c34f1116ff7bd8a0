// The vectors that exact functions take, as typed arrays.
import type { Values } from "./_superaccumulator.ts";

/** float32 and float64 arrays as they are, all else copied to float64. */
export function toValues(values: ArrayLike<number>): Values {
  return values instanceof Float32Array || values instanceof Float64Array
    ? values
    : new Float64Array(values);
}

/** @throws {RangeError} if the lengths differ. */
export function checkLengths(action: string, x: ArrayLike<number>, y: ArrayLike<number>): void {
  if (x.length !== y.length) {
    throw new RangeError(
      `Cannot ${action} as the vectors must have one length: ${x.length} and ${y.length}`,
    );
  }
}
