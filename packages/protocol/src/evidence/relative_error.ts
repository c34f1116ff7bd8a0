// How far a vector is from an exact one, in units of its length.
import { exactNorm } from "@fa/tensor";
import { type Measured, measured, unmeasured } from "./measured.ts";

/**
 * ‖found − exact‖₂ / ‖exact‖₂. Both norms are correctly rounded; the differences are taken in
 * float64, where each is rounded once (relative 2⁻⁵³ of itself, and not at all where the two values
 * are within a factor of 2 of each other), so that the quotient is right to a few units in the last
 * place for the values given. Values of lower precision are exact in float64.
 *
 * @param found the vector in question, such as a gradient in working precision.
 * @param exact what it should be.
 * @returns the error; unmeasured where `exact` is zero or not finite, and unmeasured as overflow or
 * NaN where `found` is not finite.
 * @throws {RangeError} if the lengths differ.
 *
 * @example
 * ```ts
 * import { isMeasured, relativeError } from "@fa/protocol";
 *
 * if (relativeError([3, 4.5], [3, 4]) !== 0.1) throw new Error("0.5 of 5");
 * if (relativeError([0, 0], [1e-300, 0]) !== 1) throw new Error("all of it is lost");
 * if (isMeasured(relativeError([0, 0], [0, 0]))) throw new Error("nothing to be in error about");
 * ```
 */
export function relativeError(found: ArrayLike<number>, exact: ArrayLike<number>): Measured {
  if (found.length !== exact.length) {
    throw new RangeError(
      `Cannot compare vectors of lengths ${found.length} and ${exact.length} as they must be equal`,
    );
  }
  const length = exactNorm(exact);
  if (length === 0) return unmeasured("the exact vector is zero");
  if (!Number.isFinite(length)) return unmeasured("the exact vector is not finite");
  const difference = new Float64Array(exact.length);
  for (let i = 0; i < difference.length; i++) difference[i] = found[i]! - exact[i]!;
  return measured(exactNorm(difference) / length, "the relative error");
}
