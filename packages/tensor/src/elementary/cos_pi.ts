// cos πx on numbers, with the same bits in every engine.
import { _cosKernel, _sinKernel } from "./_pi_kernels.ts";

/**
 * cos(πx) in float64, bit-identical in every JavaScript engine (`Math.cos` is not, and its argument
 * πx is rounded already).
 *
 * x is reduced exactly to a multiple of 1/2 plus r with |r| ≤ 1/4. Exact at multiples of 1/2:
 * cos(π·integer) = ±1 and cos(π(integer + 1/2)) = +0 (IEEE 754-2019, 9.2.1).
 *
 * Measured error: at most 0.75 ulp (`tools/elementary/measure.ts`). NaN for ±∞ and NaN.
 *
 * @example
 * ```ts
 * import { cosPi } from "@fa/tensor";
 *
 * if (cosPi(0.5) !== 0 || cosPi(1) !== -1) throw new Error("exact at multiples of 1/2");
 * if (Math.abs(cosPi(1 / 3) - 0.5) > 2e-16) throw new Error("cos 60°");
 * ```
 */
export function cosPi(x: number): number {
  const a = Math.abs(x);
  if (!(a < Infinity)) return NaN;
  const y = a - 2 * Math.floor(a / 2); // exact, in [0, 2)
  const quarter = Math.round(2 * y); // 0 … 4
  const r = y - quarter / 2; // exact
  if (quarter === 1) return 0 - _sinKernel(r);
  if (quarter === 3) return _sinKernel(r) + 0;
  return quarter === 2 ? -_cosKernel(r) : _cosKernel(r);
}
