// The one abstraction of this package: where a local learning rule gets its teaching signals from.
import type { Backend, DType, Labels, Rng, Tensor } from "@fa/tensor";

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

/** Credit signals of one batch. */
export interface Credits {
  /** a_l for every block, `[B, d]` each. */
  readonly blocks: readonly Tensor[];
  /** Credit of the embedding at h_0, `[B, d]`. */
  readonly embedding: Tensor;
}

/**
 * How a credit is scaled before it teaches: `"sample"` divides each sample's credit by its root mean
 * square over features, `"batch"` all credits of a batch by their common root mean square, `"none"`
 * leaves them as they are.
 */
export type CreditNormalization = "sample" | "batch" | "none";

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
  /** The rule's own scaling. */
  readonly creditNormalization: CreditNormalization;
  /** Draws the rule's auxiliary tensors. */
  init(sizes: CreditSizes, rng: Rng): Auxiliary;
  /**
   * The credits of one batch.
   * @throws {RangeError} if an auxiliary tensor is missing; nothing is ever drawn anew.
   */
  credits(context: CreditContext, auxiliary: Auxiliary): Credits;
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
