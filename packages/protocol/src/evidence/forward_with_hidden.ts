// The forward pass with every hidden state kept.
import { add, type Tensor } from "@fa/tensor";
import type { AuditableModel } from "./auditable_model.ts";

/** What a forward pass leaves behind. */
export interface ForwardTrace {
  /** h_0 … h_L: L + 1 states; h_L is the input of the terminal LayerNorm (of the head without one). */
  readonly hidden: readonly Tensor[];
  /** F_0(h_0) … F_{L−1}(h_{L−1}): the L residual branches. */
  readonly branches: readonly Tensor[];
  /** Scores before the softmax, `[B, C]`. */
  readonly logits: Tensor;
}

/**
 * Runs a model and keeps h_0 … h_L: h_0 = embed(x), h_{l+1} = h_l + F_l(h_l) (without the skip
 * where `model.residual` is false), logits = outHead(outLn(h_L)). Records on the tape whatever the
 * model's parameters make it record.
 *
 * @param model the model.
 * @param x input batch `[B, ...]`.
 *
 * @example
 * ```ts
 * import { forwardWithHidden } from "@fa/protocol";
 * import { mul, tensor } from "@fa/tensor";
 *
 * const model = {
 *   embed: (x: ReturnType<typeof tensor>) => x,
 *   blocks: [(h: ReturnType<typeof tensor>) => mul(h, 0.5)],
 *   outHead: (h: ReturnType<typeof tensor>) => h,
 * };
 * const { hidden, branches } = forwardWithHidden(model, tensor([[2, 4]], { dtype: "float64" }));
 * if (hidden[1]!.dataSync().join() !== "3,6") throw new Error("h_1 must be h_0 + F_0(h_0)");
 * if (branches[0]!.dataSync().join() !== "1,2") throw new Error("F_0(h_0) has no skip");
 * ```
 */
export function forwardWithHidden(model: AuditableModel, x: Tensor): ForwardTrace {
  return forwardFrom(model, model.embed(x));
}

/** The forward pass from a given h_0 on. */
export function forwardFrom(model: AuditableModel, h0: Tensor): ForwardTrace {
  const hidden = [h0];
  const branches: Tensor[] = [];
  let h = h0;
  for (const block of model.blocks) {
    const branch = block(h);
    h = model.residual === false ? branch : add(h, branch);
    branches.push(branch);
    hidden.push(h);
  }
  return { hidden, branches, logits: model.outHead(model.outLn ? model.outLn(h) : h) };
}
