// The Euclidean norm, for values of any size.
import { largestMagnitude, scaleToOne } from "./_power_of_two.ts";

/**
 * ‖v‖₂ = √Σ vᵢ², accumulated in float64 in index order. The values are scaled by a power of two
 * first, so that neither 1e-200 nor 1e200 nor a subnormal is lost in squaring; scaling is exact, so
 * that ‖2ᵏv‖ = 2ᵏ‖v‖ to the last bit wherever both are normal numbers.
 *
 * @returns the norm; NaN if a value is NaN, Infinity if one is infinite or the norm is beyond
 * float64; 0 for no values.
 *
 * @example
 * ```ts
 * import { l2Norm } from "@fa/protocol";
 *
 * if (l2Norm([3, 4]) !== 5) throw new Error("wrong norm");
 * if (l2Norm([3e-200, 4e-200]) !== 5e-200) throw new Error("squares underflowed");
 * ```
 */
export function l2Norm(values: ArrayLike<number>): number {
  const largest = largestMagnitude(values);
  if (!(largest > 0 && largest < Infinity)) return largest;
  const scale = scaleToOne(largest);
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i]! * scale;
    sum += v * v;
  }
  return Math.sqrt(sum) / scale;
}
