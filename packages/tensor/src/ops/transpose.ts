// Transposes.
import { record } from "../autograd/_tape.ts";
import { allocateTensor } from "../create/_allocate.ts";
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/**
 * Transpose of a matrix. ({@link matmul} transposes its operands without this copy.)
 *
 * @param x `[M,N]`. @returns `[N,M]`.
 * @throws {RangeError} if `x` is not a matrix.
 *
 * @example
 * ```ts
 * import { tensor, transpose } from "@fa/tensor";
 *
 * if (transpose(tensor([[1, 2, 3]])).shape.join() !== "3,1") throw new Error("wrong shape");
 * ```
 */
export function transpose(x: Tensor): Tensor {
  if (x.rank !== 2) {
    throw new RangeError(`Cannot transpose ${formatShape(x.shape)} as it is not a matrix`);
  }
  const value = allocateTensor([x.shape[1]!, x.shape[0]!], x);
  x.backend.kernels.transpose(x, value);
  return record("transpose", [x], value, (seed) => transpose(seed)); // d(xᵀ) = (dx)ᵀ
}
