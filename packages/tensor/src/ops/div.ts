// Division, elementwise, and the reciprocal.
import { record, recordWith } from "../autograd/_tape.ts";
import type { Tensor } from "../tensor.ts";
import { binaryValue, lift, unaryValue, unbroadcast } from "./_operands.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { square } from "./square.ts";

/**
 * a / b, elementwise with NumPy broadcasting; a number takes the other operand's dtype. Division by
 * zero gives ±Infinity or NaN as IEEE 754 says; nothing is clamped.
 *
 * @throws {TypeError} if dtypes differ. @throws {RangeError} if shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { div, tensor } from "@fa/tensor";
 *
 * if (div(tensor([1, 3]), 2).dataSync().join() !== "0.5,1.5") throw new Error("wrong quotient");
 * ```
 */
export function div(a: Tensor | number, b: Tensor | number): Tensor {
  const [x, y] = lift("divide", a, b);
  return record(
    "div",
    [x, y],
    binaryValue("div", x, y),
    (seed) => unbroadcast(div(seed, y), x.shape), // ∂(x/y)/∂x = 1/y
    (seed) => unbroadcast(neg(div(mul(seed, div(x, y)), y)), y.shape), // ∂(x/y)/∂y = −(x/y)/y
  );
}

/**
 * 1 / x, elementwise.
 *
 * @example
 * ```ts
 * import { reciprocal, tensor } from "@fa/tensor";
 *
 * if (reciprocal(tensor([4])).item() !== 0.25) throw new Error("wrong reciprocal");
 * ```
 */
export function reciprocal(x: Tensor): Tensor {
  // d(1/x) = −(1/x)² dx
  return recordWith("reciprocal", [x], unaryValue("reciprocal", x), (y) => (seed) => [
    neg(mul(seed, square(y))),
  ]);
}
