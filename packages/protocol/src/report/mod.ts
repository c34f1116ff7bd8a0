/**
 * The record of a whole audit: methods over their seeds, failure modes, self-controls, what each way
 * of evaluating walks back, where verdicts flip.
 *
 * @module
 */

export type { AggregatedDiagnostic, SeedDiagnostic } from "./_aggregate.ts";
export { assessMethod, type MethodAssessment, type SeedAssessment } from "./assess_method.ts";
export { type AuditInput, type AuditReport, buildAudit } from "./build_audit.ts";
export {
  judgeSelfControls,
  type RunGroup,
  type SelfControl,
  type SelfControlRuns,
} from "./judge_self_controls.ts";
export type { GammaSummary, SampleCounts, SeedGamma } from "./alignment_summary.ts";
export {
  type DecisionUtility,
  decisionUtility,
  type StrategyName,
  type StrategyOutcome,
} from "./decision_utility.ts";
export type { DiagnosticFirstFires, MethodFirstFires } from "./first_fires.ts";
export { failureModes, type Mode, type NullComparison, type SeedCredits } from "./modes.ts";
export type {
  FormatSummary,
  NudgingSummary,
  NullSummary,
  PerLayerSummary,
  PerturbationSummary,
  PrecisionSummary,
  ProbeSummaries,
} from "./summarize_probes.ts";
export {
  type DiagnosticRobustness,
  type EmptyInterval,
  type MethodMargin,
  type ThresholdChange,
  type ThresholdMove,
  type ThresholdRange,
  thresholdRobustness,
} from "./threshold_robustness.ts";
export { type PaperExpectation, paperExpectations } from "./paper_expectations.ts";
