// The true gradients at the hidden states of one training step.
import { add, crossEntropy, grad, type Tensor, variable } from "@fa/tensor";
import type { StepView } from "../trainer.ts";

/**
 * g_0 … g_L: ∂CE/∂h_l with CE averaged over the batch, by one backward pass to the states. The tape
 * begins at h_0, so that no parameter is differentiated. Zeros where the loss does not depend on a state.
 */
export function hiddenGradients(
  { hidden, model, y }: Pick<StepView, "hidden" | "model" | "y">,
): Tensor[] {
  let h = variable(hidden[0]!);
  const states = [h];
  for (const block of model.blocks) {
    h = model.residual ? add(h, block(h)) : block(h);
    states.push(h);
  }
  const logits = model.outHead(model.outLn ? model.outLn(h) : h);
  return grad(crossEntropy(logits, y), states, { allowUnused: true });
}
