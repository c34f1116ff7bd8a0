// The spread of a few seeds.
import { exactDot } from "@fa/tensor";
import { type Measured, measured, unmeasured } from "../evidence/measured.ts";
import { mean } from "./mean.ts";

/**
 * s = √( Σ (xᵢ − x̄)² / (n − 1) ), Bessel-corrected, in two passes, with correctly rounded sums.
 *
 * @returns s; unmeasured for n = 1, where a spread does not exist.
 * @throws {RangeError} if there are no values.
 *
 * @example
 * ```ts
 * import { isMeasured, sampleStandardDeviation } from "@fa/protocol";
 *
 * if (sampleStandardDeviation([1, 3, 5]) !== 2) throw new Error("wrong spread");
 * if (isMeasured(sampleStandardDeviation([1]))) throw new Error("one value has no spread");
 * ```
 */
export function sampleStandardDeviation(values: ArrayLike<number>): Measured {
  const centre = mean(values);
  if (values.length === 1) {
    return unmeasured("the sample standard deviation of n=1 value does not exist");
  }
  const deviations = new Float64Array(values).map((value) => value - centre);
  const squares = exactDot(deviations, deviations);
  return measured(Math.sqrt(squares / (values.length - 1)), "the sample standard deviation");
}
