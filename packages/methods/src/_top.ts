// The part of a network above the blocks.
import type { Tensor } from "@fa/tensor";
import type { CreditModel } from "./credit_rule.ts";

/** top(h) = outHead(outLn(h)), without the LayerNorm where there is none: logits `[B, C]` from h_L. */
export function top(model: CreditModel, h: Tensor): Tensor {
  return model.outHead(model.outLn ? model.outLn(h) : h);
}
