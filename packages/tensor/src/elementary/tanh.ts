// Hyperbolic tangent.
import { expF64 } from "./exp.ts";

// Terms of the series of eᵗ − 1: enough for t < 1.
const TERMS = 20;

/**
 * tanh(x) in double, the same bits in every engine. With t = 2|x|: (eᵗ − 1)/(eᵗ + 1), where eᵗ − 1 is
 * summed as a series for small t so that nothing cancels.
 *
 * @returns tanh(x), within 3 ulp; ±1 from |x| = 22 on, NaN for NaN.
 *
 * @example
 * ```ts
 * import { tanhF64 } from "@fa/tensor";
 *
 * if (Math.abs(tanhF64(0.5) - 0.46211715726000973) > 1e-16) throw new Error("wrong value");
 * ```
 */
export function tanhF64(x: number): number {
  const a = Math.abs(x);
  if (a < 1e-9) return x;
  if (a >= 22) return x > 0 ? 1 : -1;
  const t = 2 * a;
  let result: number;
  if (t < 1) {
    let s = 1;
    for (let n = TERMS; n >= 2; n--) s = 1 + s * (t / n);
    const growth = t * s; // eᵗ − 1
    result = growth / (growth + 2);
  } else {
    result = 1 - 2 / (expF64(t) + 1);
  }
  return x > 0 ? result : -result;
}
