// Vector–Jacobian products of functions: of a whole one, of one part alone, and by a rule of one's own.
import type { Tensor } from "../tensor.ts";
import { formatShape, sameShape } from "../shape.ts";
import { recordWith, withRecording } from "./_tape.ts";
import { grad } from "./grad.ts";
import { detach, noGrad, variable } from "./leaves.ts";

/**
 * Value of `f` at `inputs` and its pullback, which maps a gradient at the output to gradients
 * at the inputs.
 *
 * @param f a function of tensors, written in ops.
 * @param inputs where it is evaluated; they need not be variables.
 * @returns `output`, a constant, and `pullback(seed)`: one gradient for each input.
 *
 * @example
 * ```ts
 * import { matmul, tensor, vjp } from "@fa/tensor";
 *
 * const a = tensor([[1, 2]], { dtype: "float64" }), b = tensor([[3], [4]], { dtype: "float64" });
 * const { output, pullback } = vjp((a, b) => matmul(a, b), [a, b]);
 * const [da, db] = pullback(tensor([[1]], { dtype: "float64" }));
 * if (output.item() !== 11) throw new Error("wrong product");
 * if (da!.dataSync().join() !== "3,4" || db!.dataSync().join() !== "1,2") throw new Error("wrong");
 * ```
 */
export function vjp(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
): { output: Tensor; pullback: (seed: Tensor) => Tensor[] } {
  const leaves = inputs.map(variable);
  // Recorded also inside noGrad, or inside another backward pass: the pullback is what was asked for.
  const output = withRecording(true, () => f(...leaves));
  return {
    output: detach(output),
    pullback: (seed) => grad(output, leaves, { seed, allowUnused: true }),
  };
}

/**
 * One part of a network, cut out: `f` is evaluated at the constant `input`, and `pullback` gives
 * the gradient of ⟨f(input), signal⟩ with respect to the part's own parameters, and to nothing
 * outside of it. This is how every local credit rule updates its block: the rule supplies the
 * teaching signal, the block answers with its parameter gradient.
 *
 * @param f the part, for instance `model.blocks[l]`.
 * @param input its input, taken as a constant.
 * @returns `output`, a constant, and `pullback(signal, parameters)`.
 *
 * @example
 * ```ts
 * import { linear, localVjp, parameter, tensor } from "@fa/tensor";
 *
 * const dtype = "float64";
 * const weight = parameter(tensor([[2, 0], [0, 2]], { dtype }));
 * const bias = parameter(tensor([0, 0], { dtype }));
 * const h = tensor([[1, 3]], { dtype });
 * const part = localVjp((h) => linear(h, weight, bias), h);
 * const [dW] = part.pullback(tensor([[1, 0]], { dtype }), [weight]);
 * if (dW!.dataSync().join() !== "1,3,0,0") throw new Error("wrong local gradient");
 * ```
 */
export function localVjp(
  f: (input: Tensor) => Tensor,
  input: Tensor,
): { output: Tensor; pullback: (signal: Tensor, parameters: readonly Tensor[]) => Tensor[] } {
  const output = withRecording(true, () => f(detach(input)));
  return {
    output: detach(output),
    pullback: (signal, parameters) => grad(output, parameters, { seed: signal }),
  };
}

/**
 * A function whose backward pass is the one you write. The forward pass is not recorded; its
 * gradient is whatever `backward` returns, right or wrong: this is how a backward pass that is not
 * the transpose of the forward pass (feedback alignment, Lillicrap et al. 2016) is made explicit.
 *
 * @param forward computes the output.
 * @param backward `(seed, context) → one gradient for each input`, in the shape of the input; written
 * in ops, it can be differentiated again.
 * @returns a function to be used like any op.
 *
 * @example
 * ```ts
 * import { customVjp, grad, matmul, tensor, variable } from "@fa/tensor";
 *
 * const dtype = "float64";
 * const W = tensor([[1, 2], [3, 4]], { dtype }), B = tensor([[0, 1], [1, 0]], { dtype });
 * // x·W forward, seed·B backward in place of seed·Wᵀ
 * const fa = customVjp(([x]) => matmul(x!, W), (seed) => [matmul(seed, B)]);
 * const x = variable(tensor([[1, 1]], { dtype }));
 * const [g] = grad(fa(x), [x], { seed: tensor([[5, 7]], { dtype }) });
 * if (g!.dataSync().join() !== "7,5") throw new Error("the feedback matrix was not used");
 * ```
 */
export function customVjp(
  forward: (inputs: readonly Tensor[]) => Tensor,
  backward: (
    seed: Tensor,
    context: { readonly inputs: readonly Tensor[]; readonly output: Tensor },
  ) => readonly Tensor[],
): (...inputs: Tensor[]) => Tensor {
  return (...inputs) => {
    const value = detach(noGrad(() => forward(inputs)));
    return recordWith("customVjp", inputs, value, (output) => (seed) => {
      const gradients = backward(seed, { inputs, output });
      inputs.forEach(({ shape }, i) => {
        const found = gradients[i]?.shape;
        if (!found || !sameShape(found, shape)) {
          throw new RangeError(
            `Cannot use gradient ${i} of a custom VJP as it must have its input's shape ${
              formatShape(shape)
            }: ${found ? formatShape(found) : "none given"}`,
          );
        }
      });
      return gradients;
    });
  };
}
