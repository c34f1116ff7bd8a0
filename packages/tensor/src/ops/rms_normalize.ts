// Scaling each row to unit root mean square.
import { composedBackward } from "../autograd/_composed.ts";
import { recordWith } from "../autograd/_tape.ts";
import { allocateTensor } from "../create/_allocate.ts";
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { div } from "./div.ts";
import { mean } from "./mean.ts";
import { sqrt } from "./sqrt.ts";
import { square } from "./square.ts";

/**
 * Each row divided by its root mean square over features, x_b / √(mean_i x_{b,i}²), accumulated in
 * double without ε and without overflow or underflow; a row of zeros stays zero. This is the
 * per-sample normalisation of a credit signal: â = a / rms(a). Its gradient is computed in plain ops
 * and has no such guards: rows of zeros, or of values whose squares leave the range of the dtype, have
 * none (NaN).
 *
 * @param x `[B, d]`.
 * @throws {RangeError} if `x` is not a matrix.
 *
 * @example
 * ```ts
 * import { rmsNormalize, tensor } from "@fa/tensor";
 *
 * const a = rmsNormalize(tensor([[3e-30, -3e-30], [0, 0]]));
 * if (a.dataSync().join() !== "1,-1,0,0") throw new Error("wrong normalisation");
 * ```
 */
export function rmsNormalize(x: Tensor): Tensor {
  if (x.rank !== 2) {
    throw new RangeError(
      `Cannot normalise the rows of ${formatShape(x.shape)} as it is not a matrix`,
    );
  }
  const value = allocateTensor(x.shape, x);
  x.backend.kernels.rmsNormalize(x, value);
  const inPlainOps = (x: Tensor) => div(x, sqrt(mean(square(x), { axis: 1, keepDims: true })));
  return recordWith("rmsNormalize", [x], value, () => composedBackward(inPlainOps, [x]));
}
