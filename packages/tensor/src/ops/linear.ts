// The affine layer.
import type { Tensor } from "../tensor.ts";
import { add } from "./add.ts";
import { matmul } from "./matmul.ts";

/**
 * Affine map y = x·Wᵀ + b, with PyTorch's layout of weights.
 *
 * @param x `[B, in]`. @param weight `[out, in]`. @param bias `[out]`.
 * @returns `[B, out]`.
 * @throws {RangeError} if shapes do not fit.
 *
 * @example
 * ```ts
 * import { linear, tensor } from "@fa/tensor";
 *
 * const y = linear(tensor([[1, 2]]), tensor([[1, 0], [0, 1], [1, 1]]), tensor([0, 0, 10]));
 * if (y.dataSync().join() !== "1,2,13") throw new Error("wrong output");
 * ```
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  return add(matmul(x, weight, { transposeB: true }), bias);
}
