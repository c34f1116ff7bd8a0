// GELU, exact.
import { isRecording, record } from "../autograd/_tape.ts";
import { allocateTensor } from "../create/_allocate.ts";
import type { Tensor } from "../tensor.ts";
import { unaryValue } from "./_operands.ts";
import { exp } from "./exp.ts";
import { mul } from "./mul.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";

const ONE_OVER_SQRT_TWO_PI = 0.3989422804014327;

/**
 * Gaussian error linear unit in its exact form, x·Φ(x) with Φ(x) = ½(1 + erf(x/√2)), elementwise
 * (Hendrycks & Gimpel 2016, arXiv:1606.08415).
 *
 * @example
 * ```ts
 * import { gelu, tensor } from "@fa/tensor";
 *
 * const y = gelu(tensor([1], { dtype: "float64" })).item();
 * if (Math.abs(y - 0.8413447460685429) > 1e-15) throw new Error("wrong value");
 * ```
 */
export function gelu(x: Tensor): Tensor {
  if (!(isRecording() && x.node)) return unaryValue("gelu", x);
  const value = allocateTensor(x.shape, x);
  const derivative = allocateTensor(x.shape, x);
  x.backend.kernels.geluWithDerivative(x, value, derivative);
  // d(xΦ(x)) = (Φ(x) + xφ(x)) dx
  return record(
    "gelu",
    [x],
    value,
    (seed) => mul(seed, isRecording() ? geluDerivative(x) : derivative),
  );
}

function geluDerivative(x: Tensor): Tensor {
  // d(Φ + xφ) = φ·(2 − x²) dx, with φ(x) = e^(−x²/2)/√(2π)
  return record("geluDerivative", [x], unaryValue("geluDerivative", x), (seed) => {
    const density = mul(exp(mul(square(x), -0.5)), ONE_OVER_SQRT_TWO_PI);
    return mul(seed, mul(density, sub(2, square(x))));
  });
}
