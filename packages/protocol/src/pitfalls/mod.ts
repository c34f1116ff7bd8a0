/**
 * Eleven mistakes that public code makes when it measures alignment, each as a program that computes
 * the wrong number and the right one from the same tensors. Not part of `@fa/protocol` itself: an
 * application that audits does not load them.
 *
 * @module
 */

export { absoluteStep } from "./absolute_step.ts";
export { aggregation } from "./aggregation.ts";
export { batchSize } from "./batch_size.ts";
export { creditIndex } from "./credit_index.ts";
export { epsilonClamp } from "./epsilon_clamp.ts";
export { feedbackCountedTwice } from "./feedback_counted_twice.ts";
export { float16Underflow } from "./float16_underflow.ts";
export { freshFeedback } from "./fresh_feedback.ts";
export { layer0Dominance } from "./layer0_dominance.ts";
export { missingAuxiliaries } from "./missing_auxiliaries.ts";
export { normOrder } from "./norm_order.ts";
export type { Pitfall, PitfallCheck, PitfallDemonstration, PitfallValue } from "./pitfall.ts";
export { findPitfall, pitfalls } from "./pitfalls.ts";
