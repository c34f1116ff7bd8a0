// Squares.
import { record } from "../autograd/_tape.ts";
import type { Tensor } from "../tensor.ts";
import { unaryValue } from "./_operands.ts";
import { mul } from "./mul.ts";

/**
 * x², elementwise.
 *
 * @example
 * ```ts
 * import { square, tensor } from "@fa/tensor";
 *
 * if (square(tensor([-3])).item() !== 9) throw new Error("wrong square");
 * ```
 */
export function square(x: Tensor): Tensor {
  return record("square", [x], unaryValue("square", x), (seed) => mul(mul(seed, x), 2)); // d(x²) = 2x dx
}
