// Square roots.
import { recordWith } from "../autograd/_tape.ts";
import type { Tensor } from "../tensor.ts";
import { unaryValue } from "./_operands.ts";
import { div } from "./div.ts";
import { mul } from "./mul.ts";

/**
 * √x, elementwise, correctly rounded; NaN below zero.
 *
 * @example
 * ```ts
 * import { sqrt, tensor } from "@fa/tensor";
 *
 * if (sqrt(tensor([9])).item() !== 3) throw new Error("wrong root");
 * ```
 */
export function sqrt(x: Tensor): Tensor {
  // d√x = dx / (2√x)
  return recordWith("sqrt", [x], unaryValue("sqrt", x), (y) => (seed) => [div(seed, mul(y, 2))]);
}
