// What is found by intervening on one model: perturbing, nudging, fresh feedback, other precisions.
import type { Measured } from "../evidence/measured.ts";

/** Values of one quantity for every block, and their named means (§5). */
export interface PerLayer {
  /** One value for each block l = 0..L−1. */
  readonly perLayer: readonly Measured[];
  /** Mean over l = 0..L−1. */
  readonly mean: Measured;
  /** Mean over the deep layers l = 1..L−1. */
  readonly deep: Measured;
}

/** ρ: does a credit predict how the loss changes? With a positive and a negative control (§5). */
export interface PerturbationProbe {
  /** M: perturbations of every sample. */
  readonly draws: number;
  /** Samples that were perturbed. */
  readonly samples: number;
  /** ε: relative to ‖h_{l,b}‖, or the same for all. */
  readonly step: { readonly kind: "relative" | "absolute"; readonly value: number };
  /** Element type in which losses and products were computed. */
  readonly dtype: string;
  /** ρ_l of the method's credit. */
  readonly rho: PerLayer;
  /** Positive control: ρ_l of the true gradient. */
  readonly positive: PerLayer;
  /** Negative control: ρ_l of a random vector. */
  readonly negative: PerLayer;
}

/** Change of the mean loss when h_l moves a small step against the credit, one layer at a time (§5). */
export interface NudgingProbe {
  /** η of h_l ← h_l − η·â_l. */
  readonly eta: number;
  /** Samples. */
  readonly samples: number;
  /** Change of mean CE, negative where the credit helps. */
  readonly change: PerLayer;
}

/** Γ under fresh feedback: what alignment is worth that no training has shaped (§5). */
export interface NullProbe {
  /** Number of fresh draws. */
  readonly draws: number;
  /** Samples that Γ was measured on; absent in records that were written without it. */
  readonly samples?: number;
  /** What was drawn afresh, in words, such as `feedback.0 … feedback.3`. */
  readonly fresh: string;
  /** Mean of Γ over the draws. */
  readonly mean: PerLayer;
  /** Sample standard deviation (n − 1) of Γ over the draws. */
  readonly sampleStandardDeviation: PerLayer;
  /** Γ with the feedback that the run was trained with. */
  readonly trained: PerLayer;
}

/** The reference gradient in one working precision against float64 from the same weights. */
export interface FormatPrecision {
  /** Median over samples of ‖g_working − g_f64‖ / ‖g_f64‖, l = 0..L. */
  readonly relativeError: readonly Measured[];
  /** Median over samples of ‖g_working‖, CE averaged over the batch, l = 0..L. */
  readonly gradientNorms: readonly Measured[];
  /** Samples whose working gradient is exactly zero, l = 0..L. */
  readonly zeroGradients: readonly number[];
  /** Samples whose working gradient is not finite, l = 0..L. */
  readonly nonFiniteGradients: readonly number[];
}

/** How exact the reference gradient is in each working precision. */
export interface PrecisionProbe {
  /** B: samples in each batch. */
  readonly batchSize: number;
  /** Samples. */
  readonly samples: number;
  /** By working precision: `float32`, and `float16` and `bfloat16`, which are emulated. */
  readonly formats: Readonly<Record<string, FormatPrecision>>;
}

/** Probes of one model at one moment; one that is absent was not measured. */
export interface Probes {
  /** ρ. */
  readonly perturbation?: PerturbationProbe;
  /** Nudging. */
  readonly nudging?: NudgingProbe;
  /** Null calibration; absent for methods without random feedback. */
  readonly null?: NullProbe;
  /** Precision of the reference. */
  readonly precision?: PrecisionProbe;
}
