// Hyperbolic tangent, elementwise.
import { recordWith } from "../autograd/_tape.ts";
import type { Tensor } from "../tensor.ts";
import { unaryValue } from "./_operands.ts";
import { mul } from "./mul.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";

/**
 * tanh x, elementwise; the same bits in every runtime.
 *
 * @example
 * ```ts
 * import { tanh, tensor } from "@fa/tensor";
 *
 * if (tanh(tensor([100])).item() !== 1) throw new Error("wrong limit");
 * ```
 */
export function tanh(x: Tensor): Tensor {
  // d tanh x = (1 − tanh² x) dx
  return recordWith("tanh", [x], unaryValue("tanh", x), (y) => (seed) => [
    mul(seed, sub(1, square(y))),
  ]);
}
