// What every measured quantity means: its unit and how it was reduced.

/** Meaning of a quantity in a record. */
export interface Definition {
  /** Unit, or the norm that was taken. */
  readonly unit: string;
  /** How many values became one. */
  readonly reduction: string;
}

/** Names of the quantities that a run's evidence holds. */
export type Quantity =
  | "hiddenNorms"
  | "growth"
  | "gradientNorms"
  | "sampleLossGradientNorms"
  | "stability"
  | "gamma"
  | "accuracy"
  | "trainLoss"
  | "parameterGrowth"
  | "zeroCredits"
  | "referenceError"
  | "regime"
  | "naive"
  | "deepPaper"
  | "perturbation"
  | "nudging"
  | "null"
  | "precision";

/** Definitions of schema version 1. */
export const firstDefinitions = {
  hiddenNorms: {
    unit: "‖h_l‖₂ over all features of a sample, l = 0..L",
    reduction: "median over samples",
  },
  growth: {
    unit: "ratio, h_l to h_{l+1}",
    reduction: "median‖h_{l+1}‖ / median‖h_l‖; max over layers",
  },
  gradientNorms: {
    unit: "‖∂CE/∂h_l‖₂ of a sample, l = 0..L",
    reduction: "CE averaged over the batch of batchSize; median over samples",
  },
  sampleLossGradientNorms: {
    unit: "‖∂CE_b/∂h_l‖₂ of a sample, CE_b of that sample alone, l = 0..L",
    reduction: "median over samples; batchSize × gradientNorms",
  },
  stability: {
    unit: "cosine of two batches' directions; a direction is the mean of the samples' unit g_L",
    reduction: "mean over all pairs of disjoint batches",
  },
  gamma: {
    unit: "cosine over features of a_l and g_l (creditIndex input) or g_{l+1} (output)",
    reduction: "mean over samples per layer; headline l = 0..L−1, deepOurs l = 1..L−1",
  },
  accuracy: { unit: "fraction", reduction: "correct / total over the test set" },
  trainLoss: { unit: "CE in nats", reduction: "mean over the samples of the epoch" },
  parameterGrowth: {
    unit: "Frobenius norm of a weight matrix relative to its value at init",
    reduction: "none: one ratio for each block and matrix",
  },
  zeroCredits: {
    unit: "samples whose credit was exactly zero",
    reduction: "count over the training steps of the epoch, for each block",
  },
} as const;

/**
 * Definitions of schema version 2 (§4, §5). They are written into every record, and a record with
 * others is refused: a number without its reduction cannot be compared with a threshold. Stability
 * and Γ_l are means over the samples that have a direction, and unmeasured where fewer than half do.
 * The definitions of version 1 are among them, unchanged.
 *
 * @example
 * ```ts
 * import { evidenceDefinitions } from "@fa/protocol";
 *
 * if (!evidenceDefinitions.gradientNorms.reduction.includes("averaged over the batch")) {
 *   throw new Error("the reduction of the loss must be named");
 * }
 * ```
 */
export const evidenceDefinitions: Readonly<Record<Quantity, Definition>> = {
  ...firstDefinitions,
  referenceError: {
    unit: "‖g_working − g_f64‖₂ / ‖g_f64‖₂ of a sample, same weights and batch, l = 0..L",
    reduction: "median over the samples whose g_f64 is neither zero nor non-finite",
  },
  regime: {
    unit:
      "exact or below-floor; unchecked or unchecked-below-floor where exactness is not known; " +
      "absent where Γ_l is refused",
    reduction:
      "refused: referenceError of the gradient compared with above 1e-2 or unmeasurable; " +
      "below-floor: its gradientNorms × batchSize / 128 below 1e-7",
  },
  naive: {
    unit: "cosine with PyTorch's product clamp or per-norm clamp, ε = 1e-8",
    reduction: "mean over all samples, zero vectors counted as 0",
  },
  deepPaper: {
    unit: "cosine, as gamma",
    reduction:
      "mean over h_1..h_L; for creditIndex input, the credit that the method offers at h_L",
  },
  perturbation: {
    unit: "ρ_l: Pearson correlation of ⟨a_l, εv⟩ with the change of a sample's CE",
    reduction: "over all draws × samples; mean l = 0..L−1, deep l = 1..L−1",
  },
  nudging: {
    unit: "change of CE in nats under h_l ← h_l − η·â_l, one layer at a time",
    reduction: "mean over samples; mean l = 0..L−1, deep l = 1..L−1",
  },
  null: {
    unit: "gamma under fresh draws of the feedback",
    reduction: "mean and sample standard deviation over draws; mean l = 0..L−1, deep l = 1..L−1",
  },
  precision: {
    unit: "referenceError and gradientNorms in each working precision",
    reduction: "medians over samples, as there",
  },
};

/** Words that records of version 2 were first written with, where they meant the same. */
export const earlierDefinitions: Partial<Record<Quantity, Definition>> = {
  regime: {
    ...evidenceDefinitions.regime,
    unit: "exact, below-floor or unchecked; absent where Γ_l is refused",
  },
};
