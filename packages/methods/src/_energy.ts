// The energy of equilibrium propagation: how far each state is from what the block below makes of it.
import { add, mul, noGrad, outputError, sub, type Tensor, vjp } from "@fa/tensor";
import type { CreditContext, CreditModel } from "./credit_rule.ts";
import { top } from "./_top.ts";

/** P_l(h) = h + F_l(h), or F_l(h) where the model is not residual: what block l makes of its input. */
export function predict({ blocks, residual }: CreditModel, l: number, h: Tensor): Tensor {
  const branch = blocks[l]!(h);
  return residual ? add(h, branch) : branch;
}

/** ε_l = h_{l+1} − P_l(h_l), l = 0 … L−1, of any states h_0 … h_L; constants. */
export function predictionErrors(model: CreditModel, states: readonly Tensor[]): Tensor[] {
  return noGrad(() =>
    model.blocks.map((_, l) => sub(states[l + 1]!, predict(model, l, states[l]!)))
  );
}

/**
 * Gradient of Σ_b (½ Σ_l ‖ε_l‖² + β CE_b) at h_1 … h_L of the states h_0 … h_L: with J_l = ∂P_l/∂h_l it
 * is ε_{l−1} − J_lᵀ ε_l, and ε_{L−1} + β ∂CE_b/∂h_L at the top. One pullback for each block but the
 * first, and no parameter's gradient. h_0 must be the free one: what block 0 makes of it is the free
 * h_1, and is not computed again.
 */
export function energyGradient(
  { model, y, hidden }: Pick<CreditContext, "model" | "y" | "hidden">,
  states: readonly Tensor[],
  beta: number,
): Tensor[] {
  const depth = model.blocks.length;
  const gradient: Tensor[] = [];
  let below = sub(states[1]!, hidden[1]!); // ε_{l−1}
  for (let l = 1; l < depth; l++) {
    const { output, pullback } = vjp((h) => predict(model, l, h), [states[l]!]);
    const error = sub(states[l + 1]!, output);
    gradient.push(sub(below, pullback(error)[0]!));
    below = error;
  }
  const { output: logits, pullback } = vjp((h) => top(model, h), [states[depth]!]);
  gradient.push(add(below, mul(pullback(outputError(logits, y))[0]!, beta)));
  return gradient;
}
