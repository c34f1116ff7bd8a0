// What a model must offer to be audited: a structural interface, satisfied without an import.
import type { Tensor } from "@fa/tensor";

/**
 * A model that can be audited, also one that this library never saw. h_0 = `embed`(x),
 * h_{l+1} = h_l + F_l(h_l) for every block, logits = `outHead`(`outLn`(h_L)).
 *
 * Every hidden state has the batch on its first axis; samples of a batch must not influence one
 * another (batch normalisation therefore uses its running statistics here).
 *
 * @example
 * ```ts
 * import type { AuditableModel } from "@fa/protocol";
 * import { matmul, tensor } from "@fa/tensor";
 *
 * const w = tensor([[0.1, 0], [0, 0.1]], { dtype: "float64" });
 * const model: AuditableModel = {
 *   embed: (x) => x,
 *   blocks: [(h) => matmul(h, w), (h) => matmul(h, w)],
 *   outHead: (h) => h,
 * };
 * if (model.blocks.length !== 2) throw new Error("L is the number of blocks");
 * ```
 */
export interface AuditableModel {
  /** h_0 from the input batch. */
  embed(x: Tensor): Tensor;
  /** `blocks[l](h)` is F_l(h), without the skip connection. */
  readonly blocks: readonly ((h: Tensor) => Tensor)[];
  /** Default true: h_{l+1} = h_l + F_l(h_l). False: h_{l+1} = F_l(h_l). */
  readonly residual?: boolean;
  /** Terminal LayerNorm; absent where there is none. */
  readonly outLn?: (h: Tensor) => Tensor;
  /** Logits `[B, C]` from the (normalised) h_L. */
  outHead(h: Tensor): Tensor;
}
