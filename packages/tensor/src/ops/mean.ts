// Means along axes.
import { normalizeAxes } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { div } from "./div.ts";
import { type ReduceOptions, sum } from "./sum.ts";

/**
 * Mean along axes. NaN over an axis of length 0.
 *
 * @throws {RangeError} if an axis does not exist or is named twice.
 *
 * @example
 * ```ts
 * import { mean, tensor } from "@fa/tensor";
 *
 * if (mean(tensor([1, 2, 6])).item() !== 3) throw new Error("wrong mean");
 * ```
 */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const axes = normalizeAxes(options.axis, x.shape, "average");
  const count = axes.reduce((n, axis) => n * x.shape[axis]!, 1);
  return div(sum(x, options), count);
}
