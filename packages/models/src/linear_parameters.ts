// Initial values of linear layers.
import { type CreateOptions, parameter, type Rng, type Tensor, uniform } from "@fa/tensor";

/**
 * Weight and bias of an affine layer as PyTorch's `nn.Linear` makes them: both ~ U(−1/√in, 1/√in).
 * Drawn from streams of their own, so that no layer's values depend on another layer's size.
 *
 * @param rng its children `weight` and `bias` draw.
 * @param options `inputs` and `outputs` of the layer; the rest says where it is made.
 * @returns two parameters for `linear` of `@fa/tensor`: `weight` `[out, in]` and `bias` `[out]`.
 *
 * @example
 * ```ts
 * import { Rng } from "@fa/tensor";
 * import { linearParameters } from "@fa/models";
 *
 * const { weight, bias } = linearParameters(Rng.fromSeed(42), { inputs: 16, outputs: 3 });
 * if (weight.shape.join() !== "3,16" || bias.shape.join() !== "3") throw new Error("shape");
 * if (weight.dataSync().some((w) => Math.abs(w) > 1 / 4)) throw new Error("not U(±1/√in)");
 * ```
 */
export function linearParameters(
  rng: Rng,
  { inputs, outputs, ...options }: CreateOptions & {
    /** Width of the input. */
    readonly inputs: number;
    /** Width of the output. */
    readonly outputs: number;
  },
): { readonly weight: Tensor; readonly bias: Tensor } {
  const bound = 1 / Math.sqrt(inputs);
  const range = { low: -bound, high: bound, ...options };
  return {
    weight: parameter(uniform(rng.fork("weight"), [outputs, inputs], range)),
    bias: parameter(uniform(rng.fork("bias"), [outputs], range)),
  };
}
