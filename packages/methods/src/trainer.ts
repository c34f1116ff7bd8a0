// What all trainers have in common.
import type { AdamWOptions, Labels, Tensor } from "@fa/tensor";
import type { Auxiliary } from "./credit_rule.ts";

/** Options of a trainer that do not depend on the rule. */
export interface TrainerOptions {
  /** Leave the blocks at their initial values: no gradient, no weight decay. Default false. */
  readonly frozenBlocks?: boolean;
  /** λ of the penalty λ Σ_l mean_b ‖F_l(h_l)‖². Default 0. */
  readonly lambda?: number;
  /** Options of every AdamW; defaults are PyTorch's. */
  readonly optimizer?: AdamWOptions;
}

/** What one training step reports. Tensors, so that nothing waits for the device. */
export interface StepReport {
  /** Mean cross-entropy of the batch before the update, without penalty; one value, kept. */
  readonly loss: Tensor;
  /** For each block the number of samples whose credit was exactly zero, `[L]`, kept; local rules only. */
  readonly zeroCredits?: Tensor;
}

/** Trains a model batch by batch. */
export interface Trainer {
  /** One step on the batch x `[B, …]`, y. All gradients are taken before any parameter changes. */
  step(x: Tensor, y: Labels, options: { readonly lr: number }): StepReport;
  /** The rule's auxiliary tensors; empty for backpropagation. */
  readonly auxiliary: Auxiliary;
}
