// The gradients at all hidden states of one batch.
import { crossEntropy, detach, grad, noGrad, type Tensor, variable } from "@fa/tensor";
import type { AuditableModel } from "./auditable_model.ts";
import type { Batch } from "./batch.ts";
import { checkTape } from "./_check_tape.ts";
import { forwardFrom } from "./forward_with_hidden.ts";

/** A batch as a model sees it. All tensors are constants. */
export interface Differentiated {
  /** h_0 … h_L. */
  readonly hidden: readonly Tensor[];
  /** Scores `[B, C]`. */
  readonly logits: Tensor;
  /** g_0 … g_L: ∂CE/∂h_l with CE averaged over the batch. */
  readonly bpGradient: readonly Tensor[];
}

/**
 * States, scores and gradients of one batch, in one backward pass that starts at h_0.
 *
 * @throws {RangeError} if labels and samples differ in number.
 * @throws {Error} if the tape is cut between the loss and some h_l.
 */
export function differentiate(
  model: AuditableModel,
  { x, y }: Batch,
): Differentiated {
  // The tape begins at h_0: no parameter's gradient is computed, whatever the model tracks.
  const h0 = variable(noGrad(() => model.embed(x)));
  const { hidden: states, logits } = forwardFrom(model, h0);
  checkBatch(x, y, states, logits);
  const loss = crossEntropy(logits, y, { reduction: "mean" });
  checkTape(loss, states);
  // An op on the way may know that its gradient is zero and pass none: a measured zero.
  const bpGradient = grad(loss, [...states], { allowUnused: true });
  return { hidden: states.map(detach), logits: detach(logits), bpGradient };
}

/**
 * Gradients of two batches belong together only where the mean of their losses has the same 1/B.
 *
 * @param action what cannot be done, such as `probe a model`.
 * @throws {RangeError} if the batch has another size than the first one.
 */
export function checkSize({ y }: Batch, size: number, action: string): void {
  if (y.length === size) return;
  throw new RangeError(
    `Cannot ${action} over batches of ${size} and ${y.length} samples as the gradient of the mean loss depends on the batch size: give batches of one size`,
  );
}

function checkBatch(
  x: Tensor,
  y: ArrayLike<number>,
  states: readonly Tensor[],
  logits: Tensor,
): void {
  const named: [string, Tensor][] = [["x", x], ["logits", logits]];
  states.forEach((h, l) => named.push([`h_${l}`, h]));
  for (const [name, t] of named) {
    if (t.shape[0] !== y.length || y.length === 0) {
      throw new RangeError(
        `Cannot measure a batch as its first axis must hold one entry for each of ${y.length} labels: ${name} has shape [${t.shape}]`,
      );
    }
  }
}
