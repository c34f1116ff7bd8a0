/**
 * Interventions on a model: ρ under perturbation, nudging, Γ under fresh feedback, and the reference
 * gradient in other precisions.
 *
 * @module
 */

export {
  type PlacedModel,
  precisionProbe,
  type PrecisionProbeOptions,
} from "../exact/precision_probe.ts";
export { type NudgingOptions, nudgingProbe } from "./nudging_probe.ts";
export { type NullOptions, nullProbe } from "./null_probe.ts";
export { type PerturbationOptions, perturbationProbe } from "./perturbation_probe.ts";
export type { ProbeOptions } from "./_probed_batches.ts";
