// The correctly rounded cosine of two vectors.
import { roundedCosine } from "./_rounded.ts";
import { Superaccumulator } from "./_superaccumulator.ts";
import { checkLengths, toValues } from "./_values.ts";

const xy = new Superaccumulator();
const xx = new Superaccumulator();
const yy = new Superaccumulator();

/**
 * cos(x, y) = ⟨x, y⟩ / (‖x‖‖y‖) in float64, correctly rounded from the exact dot product and the
 * exact sums of squares. Therefore never above 1 in magnitude (Cauchy–Schwarz holds for the exact
 * value, and rounding is monotonic), exactly ±1 for vectors that differ by a power of two or a
 * sign, and the same to the last bit if a vector is scaled by a power of two. No ε and no clamp.
 *
 * @param x one vector.
 * @param y the other, of the same length.
 * @throws {RangeError} if the lengths differ, or a vector has no direction: because it is zero or
 * empty, or because a value is NaN or infinite.
 *
 * @example
 * ```ts
 * import { exactCosine } from "@fa/tensor";
 *
 * if (exactCosine([1e300, 1e300], [1e-300, 0]) !== Math.SQRT1_2) throw new Error("cos 45°");
 * const v = [0.1, 0.2, 0.3];
 * if (exactCosine(v, v) !== 1) throw new Error("a vector is parallel to itself");
 * ```
 */
export function exactCosine(x: ArrayLike<number>, y: ArrayLike<number>): number {
  checkLengths("compute an exact cosine", x, y);
  const [a, b] = [toValues(x), toValues(y)];
  xx.clear().addProducts(a, a);
  yy.clear().addProducts(b, b);
  checkDirection("first", xx);
  checkDirection("second", yy);
  return roundedCosine(xy.clear().addProducts(a, b), xx, yy);
}

function checkDirection(which: string, squares: Superaccumulator): void {
  const lack = squares.special !== 0 ? "is not finite" : squares.isZero() ? "is zero" : undefined;
  if (lack === undefined) return;
  throw new RangeError(
    `Cannot compute an exact cosine as both vectors must have a direction: the ${which} ${lack}`,
  );
}
