// Multiplication, elementwise.
import { record } from "../autograd/_tape.ts";
import type { Tensor } from "../tensor.ts";
import { binaryValue, lift, unbroadcast } from "./_operands.ts";

/**
 * a · b, elementwise with NumPy broadcasting; a number takes the other operand's dtype.
 *
 * @throws {TypeError} if dtypes differ. @throws {RangeError} if shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { mul, tensor } from "@fa/tensor";
 *
 * if (mul(tensor([1, 2]), 3).dataSync().join() !== "3,6") throw new Error("wrong product");
 * ```
 */
export function mul(a: Tensor | number, b: Tensor | number): Tensor {
  const [x, y] = lift("multiply", a, b);
  return record(
    "mul",
    [x, y],
    binaryValue("mul", x, y),
    (seed) => unbroadcast(mul(seed, y), x.shape), // ∂(xy)/∂x = y
    (seed) => unbroadcast(mul(seed, x), y.shape), // ∂(xy)/∂y = x
  );
}
