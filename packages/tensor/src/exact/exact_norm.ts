// The correctly rounded Euclidean norm.
import { roundedRoot } from "./_rounded.ts";
import { Superaccumulator } from "./_superaccumulator.ts";
import { toValues } from "./_values.ts";

const squares = new Superaccumulator();

/**
 * ‖x‖₂ = √Σ xᵢ² in float64, correctly rounded: the float64 nearest to the root of the exact sum of
 * squares, ties to even. The last bit is decided against that sum, where necessary in integers. No
 * square over- or underflows, so ‖2ᵏx‖ = 2ᵏ‖x‖ to the last bit wherever both are normal numbers.
 *
 * The norm of no values is 0. NaN if a value is NaN, else Infinity if one is infinite or the norm
 * rounds beyond float64.
 *
 * @param x the vector; arrays other than Float32Array and Float64Array are copied first.
 *
 * @example
 * ```ts
 * import { exactNorm } from "@fa/tensor";
 *
 * if (exactNorm([3e-200, 4e-200]) !== 5e-200) throw new Error("squares underflowed");
 * if (exactNorm([1e300, 1e-300]) !== 1e300) throw new Error("squares overflowed");
 * ```
 */
export function exactNorm(x: ArrayLike<number>): number {
  const values = toValues(x);
  return roundedRoot(squares.clear().addProducts(values, values));
}
