// Maxima along axes, and where two tensors are equal.
import { recordWith } from "../autograd/_tape.ts";
import { detach } from "../autograd/leaves.ts";
import { allocateTensor } from "../create/_allocate.ts";
import { formatShape, normalizeAxes, reducedShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { binaryValue, lift } from "./_operands.ts";
import { div } from "./div.ts";
import { mul } from "./mul.ts";
import { reshape } from "./reshape.ts";
import { type ReduceOptions, sum } from "./sum.ts";

/**
 * Largest value along axes; NaN if there is one. The gradient is shared equally between ties.
 *
 * @throws {RangeError} if an axis does not exist, is named twice, or is empty.
 *
 * @example
 * ```ts
 * import { max, tensor } from "@fa/tensor";
 *
 * const x = tensor([[1, 5], [7, 2]]);
 * if (max(x, { axis: -1 }).dataSync().join() !== "5,7") throw new Error("wrong maxima");
 * ```
 */
export function max(x: Tensor, { axis, keepDims = false }: ReduceOptions = {}): Tensor {
  const axes = normalizeAxes(axis, x.shape, "take the maximum of");
  if (axes.some((a) => x.shape[a] === 0)) {
    throw new RangeError(
      `Cannot take the maximum of ${formatShape(x.shape)} as it has no values along axis ${
        axes.find((a) => x.shape[a] === 0)
      }`,
    );
  }
  const value = allocateTensor(reducedShape(x.shape, axes), x);
  x.backend.kernels.reduce("max", x, value);
  const y = recordWith("max", [x], value, () => (seed) => {
    const ties = equal(x, value);
    return [mul(div(seed, sum(ties, { axis: axes, keepDims: true })), ties)];
  });
  return keepDims ? y : reshape(y, x.shape.filter((_, i) => !axes.includes(i)));
}

/**
 * 1 where a = b, 0 elsewhere (also where one is NaN), with NumPy broadcasting. Has no gradient.
 *
 * @throws {TypeError} if dtypes differ. @throws {RangeError} if shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { equal, tensor } from "@fa/tensor";
 *
 * if (equal(tensor([0, 1, NaN]), 0).dataSync().join() !== "1,0,0") throw new Error("wrong mask");
 * ```
 */
export function equal(a: Tensor | number, b: Tensor | number): Tensor {
  const [x, y] = lift("compare", a, b);
  return detach(binaryValue("equal", x, y));
}
