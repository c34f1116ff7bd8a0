// The one abstraction of this package: where a local learning rule gets its teaching signals from.
import type { TrainableModel } from "@fa/models";
import type { AdamWOptions, Backend, DType, Labels, Rng, Tensor } from "@fa/tensor";

/** What a credit rule sees of one batch. All tensors are constants. */
export interface CreditContext {
  /** Input `[B, …]`. */
  readonly x: Tensor;
  /** Labels, B of them. */
  readonly y: Labels;
  /** h_0 … h_L, each `[B, d]`. */
  readonly hidden: readonly Tensor[];
  /** `[B, C]`. */
  readonly logits: Tensor;
  /** e_T = softmax(logits) − onehot(y), `[B, C]`; per sample, not divided by B. */
  readonly outputError: Tensor;
  /** The model in parts; its parameters are constants to a rule. */
  readonly model: CreditModel;
  /** How far training is. */
  readonly time: TrainingTime;
}

/** What a rule may use of the model. */
export type CreditModel = Pick<TrainableModel, "blocks" | "residual" | "outLn" | "outHead">;

/** How far training is; a rule may change its ways with it. */
export interface TrainingTime {
  /** The epoch at work, 1 is the first; 0 before training. */
  readonly epoch: number;
  /** Epochs in all. */
  readonly epochs: number;
}

/** Sizes that a rule needs to make its auxiliary tensors. */
export interface CreditSizes {
  /** d. */
  readonly width: number;
  /** L. */
  readonly depth: number;
  /** C. */
  readonly classes: number;
  /** Element type of the model. */
  readonly dtype: DType;
  /** Where the model lives. Default: see `setDefaultBackend`. */
  readonly backend?: Backend;
}

/** A rule's own tensors (feedback matrices, bridge networks, …) by name; part of every checkpoint. */
export type Auxiliary = ReadonlyMap<string, Tensor>;

/** Signals that teach the blocks elsewhere than at the free states. */
export interface Lesson {
  /** Where each branch is evaluated: `[B, d]` for every block. */
  readonly inputs: readonly Tensor[];
  /** What each branch output is taught by there, `[B, d]`; the trainer divides by B. */
  readonly signals: readonly Tensor[];
}

/** Credit signals of one batch. */
export interface Credits {
  /** a_l for every block, `[B, d]` each: what is compared with the gradient, and what teaches. */
  readonly blocks: readonly Tensor[];
  /** Credit of the embedding at h_0, `[B, d]`. */
  readonly embedding: Tensor;
  /**
   * Other credits of the same rule, by name, to be compared with the gradient too. The name of
   * `blocks` is then the rule's option `credit`.
   */
  readonly others?: Readonly<Record<string, readonly Tensor[]>>;
  /**
   * The credit that the rule has at h_L, `[B, d]`: nothing is taught by it, but the paper counts it
   * among the deep layers.
   */
  readonly terminal?: Tensor;
  /**
   * Where a rule does not teach block l by ⟨F_l(h_l), a_l⟩ at the free h_l: what it teaches instead,
   * its gradients averaged over the lessons. Signals are used as they are, without normalisation.
   */
  readonly lessons?: readonly Lesson[];
}

/**
 * How a credit is scaled before it teaches: `"sample"` divides each sample's credit by its root mean
 * square over features, `"batch"` all credits of a batch by their common root mean square, `"none"`
 * leaves them as they are.
 */
export type CreditNormalization = "sample" | "batch" | "none";

/** Every choice of a rule by name, echoed in the evidence. */
export type RuleOptions = Readonly<Record<string, number | string | boolean>>;

/** How a rule trains networks of its own. */
export interface AuxiliaryLearning {
  /** Names of the auxiliary tensors that are trained; {@link CreditRule.init} makes them parameters. */
  trained(auxiliary: Auxiliary): readonly string[];
  /**
   * The loss of this batch, one value on the tape. May update running statistics among the
   * auxiliary tensors.
   */
  loss(context: CreditContext & { readonly rng: Rng }, auxiliary: Auxiliary): Tensor;
  /** Called when the trained tensors have been updated, such as for a moving average. */
  updated?(auxiliary: Auxiliary): void;
  /** Their AdamW; its learning rate stays constant. Default: AdamW's own defaults. */
  readonly optimizer?: AdamWOptions;
}

/**
 * A local learning rule: it supplies a credit a_l for every block, and {@link LocalTrainer} does the
 * rest. Block l then minimises mean_b ⟨F_l(h_l), â_l⟩ with h_l and â_l constant.
 */
export interface CreditRule {
  /** Short name, as on the command line. */
  readonly name: string;
  /**
   * Where a_l lives: `"input"` at h_l (compared with g_l), `"output"` at h_{l+1} (compared with
   * g_{l+1}, the exact teaching signal of block l).
   */
  readonly creditIndex: "input" | "output";
  /** How its credits are scaled before they teach. */
  readonly creditNormalization: CreditNormalization;
  /** Every choice that was made, for the record. */
  readonly options: RuleOptions;
  /** Draws the rule's auxiliary tensors. */
  init(sizes: CreditSizes, rng: Rng): Auxiliary;
  /**
   * The credits of one batch. Draws nothing and changes nothing.
   * @throws {RangeError} if an auxiliary tensor is missing; nothing is ever drawn anew.
   */
  credits(context: CreditContext, auxiliary: Auxiliary): Credits;
  /** How networks of its own are trained, once per step, before the credits are taken. */
  readonly learning?: AuxiliaryLearning;
  /** Names of auxiliary tensors that must never change, such as feedback matrices. */
  fixed?(auxiliary: Auxiliary): readonly string[];
  /**
   * Blocks whose credit is the true gradient by definition; for every other block that would be
   * backpropagation in disguise. Default none.
   */
  exactBlocks?(depth: number): readonly number[];
}

/**
 * The auxiliary tensor of that name.
 * @throws {RangeError} if it is missing, for a credit computed without it would mean nothing.
 *
 * @example
 * ```ts
 * import { requireAuxiliary } from "@fa/methods";
 * import { ones } from "@fa/tensor";
 *
 * const auxiliary = new Map([["feedback.0", ones([8, 10])]]);
 * if (requireAuxiliary(auxiliary, "feedback.0", "dfa").shape.join() !== "8,10") throw new Error();
 * ```
 */
export function requireAuxiliary(auxiliary: Auxiliary, name: string, rule: string): Tensor {
  const tensor = auxiliary.get(name);
  if (!tensor) {
    throw new RangeError(
      `Cannot compute credits of ${rule} as auxiliary tensor ${name} is missing: load it with the weights, a fresh one gives a different credit`,
    );
  }
  return tensor;
}
