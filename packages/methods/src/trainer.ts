// What all trainers have in common.
import type { AdamWOptions, Labels, RngState, Tensor } from "@fa/tensor";
import type { Auxiliary, CreditContext, Credits, TrainingTime } from "./credit_rule.ts";

/** Options of a trainer that do not depend on the rule. */
export interface TrainerOptions {
  /** Train only the last so many blocks; 0 freezes them all. Default: all are trained. */
  readonly trainedBlocks?: number;
  /** λ of the penalty λ Σ_l mean_b ‖F_l(h_l)‖². Default 0. */
  readonly lambda?: number;
  /** Options of every AdamW; defaults are PyTorch's. */
  readonly optimizer?: AdamWOptions;
}

/** When a step is taken, and how long it is. */
export interface StepOptions extends Partial<TrainingTime> {
  /** Learning rate. */
  readonly lr: number;
  /** Sees the step before anything is updated by it, but for auxiliary networks; changes nothing. */
  readonly inspect?: (view: StepView) => void;
}

/** What one training step reports. Tensors, so that nothing waits for the device. */
export interface StepReport {
  /** Mean cross-entropy of the batch before the update, without penalty; one value, kept. */
  readonly loss: Tensor;
  /** For each block the number of samples whose credit was exactly zero, `[L]`, kept; local rules only. */
  readonly zeroCredits?: Tensor;
  /** Loss of the rule's own networks before their update; one value, kept; where it has such. */
  readonly auxiliaryLoss?: Tensor;
}

/** A step from inside. All tensors are constants that live until the step ends. */
export interface StepView extends Omit<CreditContext, "time"> {
  /** The credits as the rule gave them, before normalisation; undefined for backpropagation. */
  readonly credits: Credits | undefined;
}

/** Everything that decides how training goes on, besides the model's parameters. */
export interface TrainerState {
  /** Steps taken. */
  readonly step: number;
  /** The time of the last step. */
  readonly time: TrainingTime;
  /**
   * The trainer's own tensors by name, not copies: `auxiliary.<name>` of the rule, and
   * `optimizer.<parameter>.exp_avg` and `….exp_avg_sq`, the moments of every trained parameter.
   */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The stream that noise is drawn from, if there is one. */
  readonly rng: RngState | undefined;
}

/** Trains a model batch by batch. */
export interface Trainer {
  /** One step on the batch x `[B, …]`, y. All gradients are taken before any parameter changes. */
  step(x: Tensor, y: Labels, options: StepOptions): StepReport;
  /** The rule's auxiliary tensors; empty for backpropagation. */
  readonly auxiliary: Auxiliary;
  /**
   * The credits that the rule gives now, for measuring: nothing is drawn or changed. Undefined for
   * backpropagation, whose credit is the gradient itself.
   */
  readonly credits?: (context: Omit<CreditContext, "model" | "time">) => Credits;
  /**
   * What the trainer is doing, in words; for naming where something went wrong. Every step begins with
   * `embedding, forward`.
   */
  readonly stage: string;
  /** What is needed, with the model's parameters, to go on later. */
  state(): TrainerState;
  /**
   * Goes on from a state, of which copies are taken.
   * @throws {RangeError} if a tensor is missing, unknown, or of another shape; nothing is changed then.
   */
  restore(state: TrainerState): void;
}
