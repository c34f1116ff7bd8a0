// Negation.
import { record } from "../autograd/_tape.ts";
import type { Tensor } from "../tensor.ts";
import { unaryValue } from "./_operands.ts";

/**
 * −x, elementwise.
 *
 * @example
 * ```ts
 * import { neg, tensor } from "@fa/tensor";
 *
 * if (neg(tensor([1, -2])).dataSync().join() !== "-1,2") throw new Error("wrong sign");
 * ```
 */
export function neg(x: Tensor): Tensor {
  return record("neg", [x], unaryValue("neg", x), (seed) => neg(seed)); // d(−x) = −dx
}
