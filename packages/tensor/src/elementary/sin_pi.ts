// sin πx on numbers, with the same bits in every engine.
import { _cosKernel, _sinKernel } from "./_pi_kernels.ts";

/**
 * sin(πx) in float64, bit-identical in every JavaScript engine (`Math.sin` is not, and its argument
 * πx is rounded already).
 *
 * x is reduced exactly to a multiple of 1/2 plus r with |r| ≤ 1/4. Odd, and exact at multiples of
 * 1/2: sin(π·integer) is a zero with the sign of x (IEEE 754-2019, 9.2.1).
 *
 * Measured error: at most 0.75 ulp (`tools/elementary/measure.ts`). NaN for ±∞ and NaN.
 *
 * @example
 * ```ts
 * import { sinPi } from "@fa/tensor";
 *
 * if (sinPi(0.5) !== 1 || sinPi(1e15) !== 0) throw new Error("exact at multiples of 1/2");
 * if (Math.abs(sinPi(1 / 6) - 0.5) > 2e-16) throw new Error("sin 30°");
 * ```
 */
export function sinPi(x: number): number {
  const a = Math.abs(x);
  if (!(a < Infinity)) return NaN;
  const y = a - 2 * Math.floor(a / 2); // exact, in [0, 2)
  const quarter = Math.round(2 * y); // 0 … 4
  const r = y - quarter / 2; // exact
  if (r === 0 && (quarter & 1) === 0) return x * 0;
  const sine = (quarter & 1) === 0 ? _sinKernel(r) : _cosKernel(r);
  return (quarter === 2 || quarter === 3) === (x > 0) ? -sine : sine;
}
