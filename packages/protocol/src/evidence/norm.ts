// The Euclidean norm, as records hold it.
import { exactNorm } from "@fa/tensor";

/**
 * ‖v‖₂ = √Σ vᵢ², correctly rounded from the exact sum of squares (`exactNorm` of @fa/tensor): the
 * order of the values does not matter, and neither 1e-200 nor 1e200 nor a subnormal is lost in
 * squaring, so that ‖2ᵏv‖ = 2ᵏ‖v‖ to the last bit wherever both are normal numbers.
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
  return exactNorm(values);
}
