// The affine layer.
import { record } from "../autograd/_tape.ts";
import { allocateTensor } from "../create/_allocate.ts";
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkTogether, productShape } from "./_operands.ts";
import { matmul } from "./matmul.ts";
import { sum } from "./sum.ts";

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
  const shape = productShape(x, weight, false, true);
  if (bias.rank !== 1 || bias.shape[0] !== shape[1]) {
    throw new RangeError(
      `Cannot add bias ${formatShape(bias.shape)} to the rows of ${
        formatShape(shape)
      } as it must be [${shape[1]}]`,
    );
  }
  checkTogether("apply a linear layer to", x, weight, bias);
  const value = allocateTensor(shape, x);
  x.backend.kernels.matmul(x, weight, value, { transposeA: false, transposeB: true, bias });
  // y = x Wᵀ + b: dx = dy·W, dW = dyᵀ·x, db = Σ_rows dy
  return record(
    "linear",
    [x, weight, bias],
    value,
    (seed) => matmul(seed, weight),
    (seed) => matmul(seed, x, { transposeA: true }),
    (seed) => sum(seed, { axis: 0 }),
  );
}
