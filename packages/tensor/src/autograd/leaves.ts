// Where a tape begins and where it is cut: variables, parameters, constants.
import { Tensor } from "../tensor.ts";
import { pin } from "../memory/scope.ts";
import { leaf, withRecording } from "./_tape.ts";

/**
 * A tensor with the same values from which a tape begins: what is computed from it can be
 * differentiated with respect to it. Shares memory with `t` and lives as long as `t` does.
 *
 * @example
 * ```ts
 * import { grad, square, tensor, variable } from "@fa/tensor";
 *
 * const x = variable(tensor([3], { dtype: "float64" }));
 * if (grad(square(x), [x])[0]!.item() !== 6) throw new Error("wrong gradient");
 * ```
 */
export function variable(t: Tensor): Tensor {
  return leaf(t);
}

/**
 * A trainable {@link variable}: it outlives every {@link scope}, and optimizers update it in place.
 * Shares memory with `t`, which must not be used for anything else.
 *
 * @example
 * ```ts
 * import { parameter, zeros } from "@fa/tensor";
 *
 * const bias = parameter(zeros([10]));
 * if (bias.size !== 10) throw new Error("wrong size");
 * ```
 */
export function parameter(t: Tensor): Tensor {
  return leaf(pin(t));
}

/**
 * The same values as a constant: no gradient flows through it (stop-gradient).
 *
 * @example
 * ```ts
 * import { detach, grad, mul, tensor, variable } from "@fa/tensor";
 *
 * const x = variable(tensor([3], { dtype: "float64" }));
 * const y = mul(x, detach(x)); // d/dx with one factor held fixed
 * if (grad(y, [x])[0]!.item() !== 3) throw new Error("wrong gradient");
 * ```
 */
export function detach(t: Tensor): Tensor {
  return t.node ? new Tensor(t.buffer, t.shape) : t;
}

/**
 * Runs `f` without recording: nothing computed in it can be differentiated.
 *
 * @returns what `f` returns.
 *
 * @example
 * ```ts
 * import { noGrad, square, tensor, variable } from "@fa/tensor";
 *
 * const x = variable(tensor([3]));
 * if (noGrad(() => square(x)).node !== null) throw new Error("was recorded");
 * ```
 */
export function noGrad<T>(f: () => T): T {
  return withRecording(false, f);
}
