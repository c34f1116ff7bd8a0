// The correctly rounded dot product.
import { roundedSum } from "./_rounded.ts";
import { Superaccumulator } from "./_superaccumulator.ts";
import { checkLengths, toValues } from "./_values.ts";

const sum = new Superaccumulator();

/**
 * ⟨x, y⟩ = Σ xᵢyᵢ in float64, correctly rounded: the exact sum of the exact products, rounded once
 * to nearest, ties to even. Neither a product nor a partial sum over- or underflows; only the
 * result may, and then as IEEE rounding says: to ±Infinity, a subnormal or a zero of the exact
 * value's sign.
 *
 * A dot product that is exactly zero is +0, that of empty vectors too. ±Infinity and NaN propagate
 * as in IEEE arithmetic: 0·∞ and ∞ − ∞ are NaN.
 *
 * The product of two float32 is exact in float64 (24 + 24 ≤ 53 bits); other products are split with
 * their error term (Dekker 1971), those beyond 2^±900 multiplied as bigints. For the sum see
 * {@link exactSum}.
 *
 * @param x one vector.
 * @param y the other, of the same length.
 * @throws {RangeError} if the lengths differ.
 *
 * @example
 * ```ts
 * import { exactDot } from "@fa/tensor";
 *
 * // 1e600 + 1 − 1e600, which a plain loop cannot even begin with.
 * if (exactDot([1e300, 1, -1e300], [1e300, 1, 1e300]) !== 1) throw new Error("not exact");
 * ```
 */
export function exactDot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  checkLengths("compute an exact dot product", x, y);
  return roundedSum(sum.clear().addProducts(toValues(x), toValues(y)));
}
