// Exponential, logarithm and error function, elementwise.
import { record, recordWith } from "../autograd/_tape.ts";
import type { Tensor } from "../tensor.ts";
import { unaryValue } from "./_operands.ts";
import { div } from "./div.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { square } from "./square.ts";

const TWO_OVER_SQRT_PI = 1.1283791670955126;

/**
 * eˣ, elementwise; the same bits in every runtime.
 *
 * @example
 * ```ts
 * import { exp, tensor } from "@fa/tensor";
 *
 * if (exp(tensor([0])).item() !== 1) throw new Error("wrong exponential");
 * ```
 */
export function exp(x: Tensor): Tensor {
  return recordWith("exp", [x], unaryValue("exp", x), (y) => (seed) => [mul(seed, y)]); // deˣ = eˣ dx
}

/**
 * Natural logarithm, elementwise; the same bits in every runtime. −Infinity at 0, NaN below.
 *
 * @example
 * ```ts
 * import { log, tensor } from "@fa/tensor";
 *
 * if (log(tensor([1])).item() !== 0) throw new Error("wrong logarithm");
 * ```
 */
export function log(x: Tensor): Tensor {
  return record("log", [x], unaryValue("log", x), (seed) => div(seed, x)); // d ln x = dx / x
}

/**
 * Error function erf(x) = 2/√π ∫₀ˣ e^(−t²) dt, elementwise; the same bits in every runtime.
 *
 * @example
 * ```ts
 * import { erf, tensor } from "@fa/tensor";
 *
 * if (Math.abs(erf(tensor([1], { dtype: "float64" })).item() - 0.8427007929497149) > 1e-15) {
 *   throw new Error("wrong error function");
 * }
 * ```
 */
export function erf(x: Tensor): Tensor {
  // d erf(x) = 2/√π · e^(−x²) dx
  return record(
    "erf",
    [x],
    unaryValue("erf", x),
    (seed) => mul(seed, mul(exp(neg(square(x))), TWO_OVER_SQRT_PI)),
  );
}
