// Sums along axes and stretching to a shape: each is the other's gradient.
import { recordWith } from "../autograd/_tape.ts";
import { allocateTensor } from "../create/_allocate.ts";
import {
  broadcastShapes,
  formatShape,
  normalizeAxes,
  reducedShape,
  sameShape,
  type Shape,
} from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { reshape } from "./reshape.ts";

/** Options of reductions. */
export interface ReduceOptions {
  /** Axis or axes to reduce, negative counted from the last. Default: all. */
  readonly axis?: number | readonly number[];
  /** Keep reduced axes with length 1. Default false. */
  readonly keepDims?: boolean;
}

/**
 * Sum along axes: y = Σ x, accumulated in double in a fixed order and rounded once.
 *
 * @throws {RangeError} if an axis does not exist or is named twice.
 *
 * @example
 * ```ts
 * import { sum, tensor } from "@fa/tensor";
 *
 * const x = tensor([[1, 2], [3, 4]]);
 * if (sum(x).item() !== 10) throw new Error("wrong total");
 * if (sum(x, { axis: 0 }).dataSync().join() !== "4,6") throw new Error("wrong column sums");
 * ```
 */
export function sum(x: Tensor, { axis, keepDims = false }: ReduceOptions = {}): Tensor {
  const axes = normalizeAxes(axis, x.shape, "sum");
  const kept = reducedShape(x.shape, axes);
  const value = allocateTensor(kept, x);
  x.backend.kernels.reduce("sum", x, value);
  // dΣx = Σ dx
  const y = recordWith("sum", [x], value, () => (seed) => [broadcastTo(seed, x.shape)]);
  return keepDims ? y : reshape(y, x.shape.filter((_, i) => !axes.includes(i)));
}

/**
 * `x` stretched to `shape` by NumPy's rule: axes of length 1 are repeated.
 *
 * @throws {RangeError} if the shape cannot be reached.
 *
 * @example
 * ```ts
 * import { broadcastTo, tensor } from "@fa/tensor";
 *
 * const y = broadcastTo(tensor([1, 2]), [2, 2]);
 * if (y.dataSync().join() !== "1,2,1,2") throw new Error("wrong values");
 * ```
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (!sameShape(broadcastShapes(x.shape, shape, "stretch"), shape)) {
    throw new RangeError(
      `Cannot stretch ${formatShape(x.shape)} to ${formatShape(shape)} as it is larger`,
    );
  }
  const value = allocateTensor(shape, x);
  x.backend.kernels.broadcast(x, value);
  return recordWith("broadcastTo", [x], value, () => (seed) => {
    const extra = shape.length - x.rank;
    const axes = shape.map((_, i) => i).filter((i) => i < extra || x.shape[i - extra] !== shape[i]);
    return [reshape(sum(seed, { axis: axes, keepDims: true }), x.shape)];
  });
}
