// The same values under another shape.
import { record } from "../autograd/_tape.ts";
import { checkShape, formatShape, sameShape, type Shape, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";

/**
 * `x` with another shape of the same size; shares memory.
 *
 * @throws {RangeError} if the sizes differ.
 *
 * @example
 * ```ts
 * import { reshape, tensor } from "@fa/tensor";
 *
 * if (reshape(tensor([1, 2, 3, 4]), [2, 2]).shape.join() !== "2,2") throw new Error("wrong shape");
 * ```
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  checkShape(shape, "reshape");
  if (sizeOf(shape) !== x.size) {
    throw new RangeError(
      `Cannot reshape ${formatShape(x.shape)} to ${
        formatShape(shape)
      } as sizes must be equal: ${x.size} and ${sizeOf(shape)}`,
    );
  }
  const value = new Tensor(x.buffer, shape);
  return record("reshape", [x], value, (seed) => reshape(seed, x.shape));
}
