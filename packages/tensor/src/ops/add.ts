// Addition.
import { record } from "../autograd/_tape.ts";
import type { Tensor } from "../tensor.ts";
import { binaryValue, lift, unbroadcast } from "./_operands.ts";

/**
 * a + b, elementwise with NumPy broadcasting; a number takes the other operand's dtype.
 *
 * @throws {TypeError} if dtypes differ. @throws {RangeError} if shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { add, tensor } from "@fa/tensor";
 *
 * const y = add(tensor([[1, 2], [3, 4]]), tensor([10, 20]));
 * if (y.dataSync().join() !== "11,22,13,24") throw new Error("wrong sum");
 * ```
 */
export function add(a: Tensor | number, b: Tensor | number): Tensor {
  const [x, y] = lift("add", a, b);
  return record(
    "add",
    [x, y],
    binaryValue("add", x, y),
    (seed) => unbroadcast(seed, x.shape), // ∂(x+y)/∂x = 1
    (seed) => unbroadcast(seed, y.shape), // ∂(x+y)/∂y = 1
  );
}
