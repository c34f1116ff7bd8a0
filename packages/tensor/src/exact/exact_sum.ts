// The correctly rounded sum.
import { roundedSum } from "./_rounded.ts";
import { Superaccumulator } from "./_superaccumulator.ts";
import { toValues } from "./_values.ts";

const sum = new Superaccumulator();

/**
 * Σ xᵢ in float64, correctly rounded: the exact sum, rounded once to nearest, ties to even. So it
 * depends neither on the order of the values nor on the engine, and nothing over- or underflows on
 * the way; the result is ±Infinity only if the exact sum rounds to it.
 *
 * A sum that is exactly zero is +0, that of no values or of −0 alone too. ±Infinity and NaN
 * propagate as in IEEE addition. `Math.sumPrecise` is defined alike but for −0, yet it is not used
 * here: few runtimes have it, and JavaScriptCore's rounds negative sums wrongly
 * (oven-sh/bun#39455).
 *
 * Method: Zhu & Hayes, "Algorithm 908: Online Exact Summation of Floating-Point Streams", ACM TOMS
 * 37(3), 2010, with bigints for values beyond 2^993. For float32 data
 * 3 to 6 times the time of a plain loop (`bench/exact.ts`).
 *
 * @param x the values; arrays other than Float32Array and Float64Array are copied first.
 *
 * @example
 * ```ts
 * import { exactSum } from "@fa/tensor";
 *
 * if (exactSum([1e300, 1, 1e-300, -1e300]) !== 1) throw new Error("1e-300 rounds away");
 * if (exactSum([1e308, 1e308, -1e308]) !== 1e308) throw new Error("no overflow on the way");
 * ```
 */
export function exactSum(x: ArrayLike<number>): number {
  return roundedSum(sum.clear().addValues(toValues(x)));
}
