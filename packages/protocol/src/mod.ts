/**
 * The diagnostics that audit credit assignment: evidence from a model, four diagnostics, a verdict
 * of three words, and the record from which reports are rendered.
 *
 * ```
 * collectEvidence(model, batches) → RunEvidence (JSON) → diagnose → verdict → buildAudit (JSON)
 * ```
 *
 * Evidence is the only input of the diagnostics: everything after `collectEvidence` is a pure
 * function of records that `parseEvidence` can read back from a file, whoever wrote it.
 *
 * @module
 */

export { type Accuracy, accuracy, accuracyOf } from "./evidence/accuracy.ts";
export type { AuditableModel } from "./evidence/auditable_model.ts";
export type { Batch } from "./evidence/batch.ts";
export {
  collectEvidence,
  type CollectOptions,
  type CreditContext,
  type MeasuredCredits,
} from "./evidence/collect_evidence.ts";
export { perNormClampCosine, productClampCosine } from "./evidence/clamped_cosine.ts";
export { cosine } from "./evidence/cosine.ts";
export { type Definition, evidenceDefinitions, type Quantity } from "./evidence/definitions.ts";
export { exampleEvidence, type ExampleOptions } from "./evidence/example_evidence.ts";
export { type ForwardTrace, forwardWithHidden } from "./evidence/forward_with_hidden.ts";
export {
  isMeasured,
  type Measured,
  measured,
  type Unmeasured,
  unmeasured,
} from "./evidence/measured.ts";
export { hashTensors } from "./evidence/hash_tensors.ts";
export { l2Norm } from "./evidence/norm.ts";
export { parseEvidence } from "./evidence/parse_evidence.ts";
export { largestReferenceError } from "./evidence/_regime.ts";
export { relativeError } from "./evidence/relative_error.ts";
export {
  type CreditNormalization,
  type DatasetRecord,
  type EpochEvidence,
  finalSnapshot,
  type Json,
  type JsonObject,
  type Role,
  type RunEvidence,
} from "./evidence/run_evidence.ts";
export type {
  Alignment,
  CreditIndex,
  Growth,
  LayerAlignment,
  NaiveAlignment,
  Passport,
  ReferenceError,
  Regime,
  Snapshot,
  Stability,
} from "./evidence/snapshot.ts";

export { cosineToDigits, type DigitsOptions, dotToDigits, normToDigits } from "./exact/digits.ts";

export type {
  FormatPrecision,
  NudgingProbe,
  NullProbe,
  PerLayer,
  PerturbationProbe,
  PrecisionProbe,
  Probes,
} from "./probes/probes.ts";

export { accuracyDifference, depthUtilityDiagnostic } from "./diagnostics/depth_utility.ts";
export { type FirstFire, firstFire } from "./diagnostics/first_fire.ts";
export {
  type ThresholdGap,
  thresholdGap,
  type ThresholdGapOptions,
} from "./diagnostics/threshold_gap.ts";
export { diagnose, type DiagnoseOptions } from "./diagnostics/diagnose.ts";
export type { Diagnostic, DiagnosticKind, Direction } from "./diagnostics/diagnostic.ts";
export { growthDiagnostic } from "./diagnostics/growth.ts";
export {
  type DiagnosticId,
  type DiagnosticName,
  policies,
  type Policy,
  type PolicyName,
  resolvePolicy,
  type Thresholds,
} from "./diagnostics/policies.ts";
export { parsePolicy } from "./diagnostics/parse_policy.ts";
export { referenceBatchSize, referenceDiagnostic } from "./diagnostics/reference.ts";
export { stabilityDiagnostic } from "./diagnostics/stability.ts";
export { type Verdict, verdict, type VerdictWord } from "./diagnostics/verdict.ts";

export { averagePerSeed, type PerSeedAverages } from "./statistics/average_per_seed.ts";
export {
  type BootstrapInterval,
  bootstrapInterval,
  type BootstrapOptions,
} from "./statistics/bootstrap_interval.ts";
export {
  formatMeanStd,
  formatNumber,
  type FormatOptions,
  formatSpread,
} from "./statistics/format.ts";
export { mean } from "./statistics/mean.ts";
export { median } from "./statistics/median.ts";
export { pairedDifferences, type SeedValue } from "./statistics/paired_differences.ts";
export { sampleStandardDeviation } from "./statistics/sample_standard_deviation.ts";
export {
  type SeedMeasurement,
  type SeedSummary,
  summarizeSeeds,
} from "./statistics/summarize_seeds.ts";
export { type SeedSupport, seedSupport } from "./statistics/seed_support.ts";
export { type SignFlipTest, signFlipTest } from "./statistics/sign_flip_test.ts";
export { type TInterval, tInterval, tIntervalFactor } from "./statistics/t_interval.ts";
