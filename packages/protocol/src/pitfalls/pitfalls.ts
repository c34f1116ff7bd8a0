// All pitfalls, and how to find one.
import { unknownName } from "@fa/tensor";
import { absoluteStep } from "./absolute_step.ts";
import { aggregation } from "./aggregation.ts";
import { batchSize } from "./batch_size.ts";
import { creditIndex } from "./credit_index.ts";
import { epsilonClamp } from "./epsilon_clamp.ts";
import { feedbackCountedTwice } from "./feedback_counted_twice.ts";
import { float16Underflow } from "./float16_underflow.ts";
import { freshFeedback } from "./fresh_feedback.ts";
import { layer0Dominance } from "./layer0_dominance.ts";
import { missingAuxiliaries } from "./missing_auxiliaries.ts";
import { normOrder } from "./norm_order.ts";
import type { Pitfall } from "./pitfall.ts";

/**
 * The eleven pitfalls of measuring alignment, in the order of their numbers.
 *
 * @example
 * ```ts
 * import { pitfalls } from "@fa/protocol/pitfalls";
 *
 * const numbers = pitfalls.map(({ number }) => number);
 * if (numbers.join() !== "1,2,3,4,5,6,7,8,9,10,11") throw new Error(numbers.join());
 * ```
 */
export const pitfalls: readonly Pitfall[] = [
  normOrder,
  epsilonClamp,
  float16Underflow,
  freshFeedback,
  aggregation,
  layer0Dominance,
  missingAuxiliaries,
  batchSize,
  absoluteStep,
  feedbackCountedTwice,
  creditIndex,
];

/**
 * The pitfall of a number or a name.
 *
 * @param which such as `2`, `"2"` or `"epsilon-clamp"`.
 * @throws {RangeError} if there is none; a number is answered with the range, a name with the nearest.
 *
 * @example
 * ```ts
 * import { findPitfall } from "@fa/protocol/pitfalls";
 *
 * if (findPitfall(2) !== findPitfall("epsilon-clamp")) throw new Error("two ways to say it");
 * ```
 */
export function findPitfall(which: number | string): Pitfall {
  const text = String(which).trim();
  if (/^[+-]?\d+(\.\d*)?$/.test(text)) {
    const found = pitfalls.find(({ number }) => number === Number(text));
    if (found) return found;
    throw new RangeError(
      `Cannot find pitfall ${text} as they are numbered from 1 to ${pitfalls.length}`,
    );
  }
  const found = pitfalls.find(({ name }) => name === text);
  if (found) return found;
  throw unknownName("pitfall", text, pitfalls.map(({ name }) => name));
}
