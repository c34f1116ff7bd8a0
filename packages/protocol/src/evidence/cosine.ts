// The cosine of two vectors, without any clamp.
import { exactCosine } from "@fa/tensor";
import { largestMagnitude } from "./_power_of_two.ts";
import { type Measured, unmeasured } from "./measured.ts";

/**
 * cos(a, b) = ⟨a, b⟩ / (‖a‖‖b‖), correctly rounded from exact sums (`exactCosine` of @fa/tensor),
 * with no ε anywhere (§4; pitfall 2 shows what ε does). It depends neither on the order of the
 * values nor on how small or large the vectors are, cos(a, a) is exactly 1, and the magnitude never
 * exceeds 1, without any clamp.
 *
 * @param a one vector.
 * @param b the other, of the same length.
 * @returns the cosine, or an Unmeasured if a vector is zero or not finite: the direction of a zero
 * vector is undefined, neither 0 nor 1.
 * @throws {RangeError} if the lengths differ.
 *
 * @example
 * ```ts
 * import { cosine, isMeasured } from "@fa/protocol";
 *
 * // The vector of pytorch/pytorch#115786, where the ε of PyTorch's cosine gives 0.83993.
 * const exact = cosine(
 *   [2606.66824394, 2477.72226966, 3251.84008903],
 *   [3.46822161e-9, 1.82536693e-9, 8.35245752e-9],
 * );
 * if (!isMeasured(exact) || Math.abs(exact - 0.9103636220511842) > 1e-15) throw new Error("wrong");
 * if (isMeasured(cosine([0, 0], [1, 0]))) throw new Error("a zero vector has no direction");
 * ```
 */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): Measured {
  if (a.length !== b.length) {
    throw new RangeError(
      `Cannot compute the cosine of vectors of lengths ${a.length} and ${b.length} as they must be equal`,
    );
  }
  const largestA = largestMagnitude(a);
  const largestB = largestMagnitude(b);
  if (!Number.isFinite(largestA) || !Number.isFinite(largestB)) {
    return unmeasured("a vector is not finite");
  }
  if (largestA === 0 || largestB === 0) return unmeasured("a vector is zero");
  return exactCosine(a, b);
}
