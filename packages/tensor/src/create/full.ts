// Constant tensors.
import { checkShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { allocateTensor, type CreateOptions } from "./_allocate.ts";

/**
 * A tensor of one value.
 *
 * @example
 * ```ts
 * import { full } from "@fa/tensor";
 *
 * if (full([2], 7).dataSync().join() !== "7,7") throw new Error("wrong values");
 * ```
 */
export function full(shape: Shape, value: number, options: CreateOptions = {}): Tensor {
  checkShape(shape, "make a tensor");
  const out = allocateTensor([...shape], options);
  out.backend.kernels.fill(value, out);
  return out;
}

/**
 * A tensor of zeros.
 *
 * @example
 * ```ts
 * import { zeros } from "@fa/tensor";
 *
 * if (zeros([2, 3]).size !== 6) throw new Error("wrong size");
 * ```
 */
export function zeros(shape: Shape, options: CreateOptions = {}): Tensor {
  return full(shape, 0, options);
}

/**
 * A tensor of ones.
 *
 * @example
 * ```ts
 * import { ones } from "@fa/tensor";
 *
 * if (ones([1]).item() !== 1) throw new Error("wrong value");
 * ```
 */
export function ones(shape: Shape, options: CreateOptions = {}): Tensor {
  return full(shape, 1, options);
}

/**
 * One number as a tensor of shape `[]`.
 *
 * @example
 * ```ts
 * import { scalar } from "@fa/tensor";
 *
 * if (scalar(0.1, { dtype: "float32" }).item() !== Math.fround(0.1)) throw new Error("not rounded");
 * ```
 */
export function scalar(value: number, options: CreateOptions = {}): Tensor {
  return full([], value, options);
}
