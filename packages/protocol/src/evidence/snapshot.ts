// The record of one measurement of one model: what `collectEvidence` gives.
import type { Measured, Unmeasured } from "./measured.ts";

/**
 * Where a credit lives: `input` means a_l is a signal at h_l and is compared with g_l = ∂CE/∂h_l
 * (DFA, FA, SB, CB), `output` that it is a signal at h_{l+1} and is compared with g_{l+1} (EP).
 */
export type CreditIndex = "input" | "output";

/** Γ of one block over all samples. */
export interface LayerAlignment {
  /**
   * Mean over the valid samples of the per-sample cosine of a_l with the true gradient; unmeasured
   * where fewer than half of all samples are valid.
   */
  readonly value: Measured;
  /** Samples that entered the mean. */
  readonly samples: number;
  /** Samples left out because a_l or the gradient was zero or not finite. */
  readonly invalidSamples: number;
  /**
   * How far the gradient that was compared with can be trusted; absent where it was refused as
   * inexact.
   */
  readonly regime?: Regime;
  /** What tools that clamp would have printed; absent in records of version 1. */
  readonly naive?: NaiveAlignment;
}

/**
 * Two facts about a reference gradient (§4): whether it is known to be exact (its measured relative
 * error is at most 1e-2, or it is float64), and whether it lies below the paper's floor.
 *
 * | | not below the floor | below the floor |
 * |---|---|---|
 * | known to be exact | `exact` | `below-floor` |
 * | of unknown exactness | `unchecked` | `unchecked-below-floor` |
 *
 * An inexact one gives no alignment at all. Where its norm was not measured, it is `unchecked`.
 */
export type Regime = "exact" | "below-floor" | "unchecked" | "unchecked-below-floor";

/**
 * Means over all samples under the ε clamps of PyTorch's cosine similarity (pitfall 2). A clamp depends
 * on the norms of every sample, which no record holds: `parseEvidence` checks the range that follows
 * from Γ_l, −(1 − Γ_l)/2 to (1 + Γ_l)/2 times the share of valid samples, and no more can be checked.
 */
export interface NaiveAlignment {
  /** ⟨a,b⟩ / max(‖a‖‖b‖, ε): PyTorch's older clamp; zero vectors count as 0. */
  readonly productClamp: Measured;
  /** ⟨a,b⟩ / (max(‖a‖, ε) max(‖b‖, ε)): its newer clamp; zero vectors count as 0. */
  readonly perNormClamp: Measured;
}

/** What must be known about an alignment before it can be compared with another. */
export interface Passport {
  /** What was compared with what. */
  readonly quantity: string;
  /** How features and samples became one number for each layer. */
  readonly reduction: string;
  /** How layers became one number, for every named aggregation. */
  readonly aggregation: Readonly<Record<"headline" | "deepOurs" | "deepPaper", string>>;
  /** The convention for small norms: `"none"`. */
  readonly clamp: string;
  /** Element type of credit and gradient. */
  readonly dtype: string;
  /** B of the loss that was averaged. */
  readonly batchSize: number;
  /** SHA-256 of the feedback matrices and other auxiliary tensors, or why there is none. */
  readonly feedbackHash: string | Unmeasured;
}

/** How exact the working gradient is, measured against float64 from the same weights. */
export interface ReferenceError {
  /** Element type of the working gradient. */
  readonly working: string;
  /** Median over samples of ‖g_working − g_f64‖ / ‖g_f64‖, l = 0..L. */
  readonly perLayer: readonly Measured[];
}

/** Γ of every block and its named aggregations (§5). */
export interface Alignment {
  /** Which gradient each credit was compared with. */
  readonly creditIndex: CreditIndex;
  /** Γ_0 … Γ_{L−1}. */
  readonly perLayer: readonly LayerAlignment[];
  /** *Headline* Γ: mean of Γ_l over l = 0..L−1. */
  readonly headline: Measured;
  /** *Deep, ours*: mean of Γ_l over l = 1..L−1. */
  readonly deepOurs: Measured;
  /**
   * *Deep, paper*: mean over l = 1..L with the credit that the method offers at h_L (DFA: B_{L−1}
   * reused, which is counted twice: pitfall 10); absent in records of version 1.
   */
  readonly deepPaper?: Measured;
  /**
   * Γ at h_L of the credit that the method offers there, where credits live at the input of their
   * block; absent where it offers none. It enters `deepPaper` only.
   */
  readonly terminal?: LayerAlignment;
  /** What must be known to compare it; absent in records of version 1. */
  readonly passport?: Passport;
}

/** Diagnostic (c): how much the unit gradients of disjoint batches agree. */
export interface Stability {
  /**
   * Mean cosine of all pairs of batch directions; unmeasured where more than half of all samples are
   * left out.
   */
  readonly value: Measured;
  /** Disjoint batches. */
  readonly batches: number;
  /** Pairs of them: batches·(batches−1)/2. */
  readonly pairs: number;
  /** Samples left out because their g_L was zero or not finite. */
  readonly excludedSamples: number;
}

/** How far the residual stream grows from layer to layer. */
export interface Growth {
  /** median‖h_{l+1}‖ / median‖h_l‖ for l = 0..L−1. */
  readonly perLayer: readonly Measured[];
  /** The largest of them. */
  readonly max: Measured;
}

/**
 * What was measured on one model at one moment. Norms are medians over all samples; indices of
 * `hiddenNorms` and of everything about gradients run over l = 0..L. The meaning of every field is
 * in `evidenceDefinitions`.
 */
export interface Snapshot {
  /** B: samples in each batch; batch-mean gradients scale as 1/B. */
  readonly batchSize: number;
  /** Number of (disjoint) batches. */
  readonly batches: number;
  /** Number of samples: B × batches. */
  readonly samples: number;
  /** Element type that the model computed in. */
  readonly dtype: string;
  /** Backend that computed it. */
  readonly backend: string;
  /** Whether the model has a terminal LayerNorm; without one the mechanism behind (b) is absent. */
  readonly terminalNorm: boolean;
  /** Whether h_{l+1} = h_l + F_l(h_l) (true) or F_l(h_l) (false). */
  readonly residual: boolean;
  /** Median ‖h_l‖₂. */
  readonly hiddenNorms: readonly Measured[];
  /** Diagnostic (a). */
  readonly growth: Growth;
  /** Median ‖∂CE/∂h_l‖₂ with CE averaged over the batch of B. */
  readonly gradientNorms: readonly Measured[];
  /** The same for the loss of each sample alone: exactly B × `gradientNorms`. */
  readonly sampleLossGradientNorms: readonly Measured[];
  /** Samples with a non-finite h_l. */
  readonly nonFiniteHidden: readonly number[];
  /** Samples whose gradient at h_l is exactly zero. */
  readonly zeroGradients: readonly number[];
  /** Samples with a non-finite gradient at h_l. */
  readonly nonFiniteGradients: readonly number[];
  /** Diagnostic (c), at h_L. */
  readonly stability: Stability;
  /** Γ; unmeasured where no credits were given. */
  readonly gamma: Alignment | Unmeasured;
  /** Γ of the method's other credits, by name; absent where it has none. */
  readonly otherGammas?: Readonly<Record<string, Alignment>>;
  /** How exact the gradients are; absent where it was not measured. */
  readonly referenceError?: ReferenceError;
}
