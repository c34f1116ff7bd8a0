// Initial values of linear layers.
import { type CreateOptions, parameter, type Rng, type Tensor, uniform } from "@fa/tensor";

/**
 * PyTorch's default of `nn.Linear`: weight `[out, in]` and bias `[out]` ~ U(−1/√in, 1/√in). Drawn from
 * streams of their own, so that no layer's values depend on another layer's size.
 */
export function linearParameters(
  rng: Rng,
  { inputs, outputs, ...options }: CreateOptions & { inputs: number; outputs: number },
): { weight: Tensor; bias: Tensor } {
  const bound = 1 / Math.sqrt(inputs);
  const range = { low: -bound, high: bound, ...options };
  return {
    weight: parameter(uniform(rng.fork("weight"), [outputs, inputs], range)),
    bias: parameter(uniform(rng.fork("bias"), [outputs], range)),
  };
}
