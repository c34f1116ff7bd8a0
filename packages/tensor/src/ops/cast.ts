// Changing the dtype.
import { record } from "../autograd/_tape.ts";
import { allocateTensor } from "../create/_allocate.ts";
import type { DType } from "../dtype.ts";
import type { Tensor } from "../tensor.ts";

/**
 * `x` in another dtype, each value rounded once to nearest, ties to even. Gradients are cast back.
 *
 * @throws {TypeError} if the backend cannot hold the dtype.
 *
 * @example
 * ```ts
 * import { cast, tensor } from "@fa/tensor";
 *
 * const x = cast(tensor([0.1], { dtype: "float64" }), "float32");
 * if (x.item() !== Math.fround(0.1)) throw new Error("wrong rounding");
 * ```
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return x;
  const value = allocateTensor(x.shape, { dtype, backend: x.backend });
  x.backend.kernels.cast(x, value);
  return record("cast", [x], value, (seed) => cast(seed, x.dtype));
}
