// Subtraction.
import { record } from "../autograd/_tape.ts";
import type { Tensor } from "../tensor.ts";
import { binaryValue, lift, unbroadcast } from "./_operands.ts";
import { neg } from "./neg.ts";

/**
 * a − b, elementwise with NumPy broadcasting; a number takes the other operand's dtype.
 *
 * @throws {TypeError} if dtypes differ. @throws {RangeError} if shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { sub, tensor } from "@fa/tensor";
 *
 * if (sub(1, tensor([1, 3])).dataSync().join() !== "0,-2") throw new Error("wrong difference");
 * ```
 */
export function sub(a: Tensor | number, b: Tensor | number): Tensor {
  const [x, y] = lift("subtract", a, b);
  return record(
    "sub",
    [x, y],
    binaryValue("sub", x, y),
    (seed) => unbroadcast(seed, x.shape), // ∂(x−y)/∂x = 1
    (seed) => unbroadcast(neg(seed), y.shape), // ∂(x−y)/∂y = −1
  );
}
