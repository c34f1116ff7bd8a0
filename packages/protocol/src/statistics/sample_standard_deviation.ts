// The spread of a few seeds.
import { type Measured, measured, unmeasured } from "../evidence/measured.ts";
import { mean } from "./mean.ts";

/**
 * s = √( Σ (xᵢ − x̄)² / (n − 1) ), Bessel-corrected, in two passes.
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
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i]! - centre;
    squares += deviation * deviation;
  }
  return measured(Math.sqrt(squares / (values.length - 1)), "the sample standard deviation");
}
