// Diagnostic (d): are the trained blocks worth more than untrained ones?
import type { Accuracy } from "../evidence/accuracy.ts";
import { unmeasured } from "../evidence/measured.ts";
import { type Diagnostic, judge, kinds } from "./diagnostic.ts";

/**
 * first − second as one correctly rounded quotient of counts. Subtracting the fractions would not
 * do: .36 − .34 is 0.01999…996 in float64, below a threshold of .02 that 3600 − 3400 of 10000 meets.
 *
 * @example
 * ```ts
 * import { accuracyDifference, accuracyOf } from "@fa/protocol";
 *
 * const trained = accuracyOf({ correct: 3600, total: 10000 });
 * const frozen = accuracyOf({ correct: 3400, total: 10000 });
 * if (accuracyDifference(trained, frozen) !== 0.02) throw new Error("two percentage points");
 * if (trained.value - frozen.value === 0.02) throw new Error("the fractions would have done");
 * ```
 */
export function accuracyDifference(
  first: { readonly correct: number; readonly total: number },
  second: { readonly correct: number; readonly total: number },
): number {
  return first.total === second.total
    ? (first.correct - second.correct) / first.total
    : (first.correct * second.total - second.correct * first.total) /
      (first.total * second.total);
}

/**
 * (d) Depth utility: accuracy − frozen-blocks accuracy of the same method and seed fires below the
 * threshold (.02, two percentage points, §4). Without a baseline it is not evaluated, nor where either
 * side left samples without a prediction (NaN logits): those count as wrong in an accuracy, but they
 * are failures of the numerics and say nothing about the worth of depth.
 *
 * @param accuracy final test accuracy of the method.
 * @param frozen final test accuracy of its frozen-blocks baseline with the same seed.
 * @param threshold the smallest silent difference, a fraction.
 *
 * @example
 * ```ts
 * import { accuracyOf, depthUtilityDiagnostic } from "@fa/protocol";
 *
 * const dfa = accuracyOf({ correct: 3080, total: 10000 });
 * const frozen = accuracyOf({ correct: 3490, total: 10000 });
 * if (depthUtilityDiagnostic(dfa, frozen, 0.02).fired !== true) throw new Error("−4.1 points");
 * if (depthUtilityDiagnostic(dfa, undefined, 0.02).fired !== null) throw new Error("no baseline");
 * const diverged = accuracyOf({ correct: 0, total: 10000, withoutPrediction: 10000 });
 * if (depthUtilityDiagnostic(dfa, diverged, 0.02).fired !== null) throw new Error("no predictions");
 * ```
 */
export function depthUtilityDiagnostic(
  accuracy: Accuracy,
  frozen: Accuracy | undefined,
  threshold: number,
): Diagnostic {
  if (!frozen) {
    const missing = unmeasured("there is no frozen-blocks baseline of this method and seed");
    return judge(kinds.depthUtility, missing, threshold, { accuracy: accuracy.value });
  }
  const details = { accuracy: accuracy.value, frozenAccuracy: frozen.value };
  const missing = withoutPrediction(accuracy, "") ?? withoutPrediction(frozen, " of the baseline");
  if (missing) return judge(kinds.depthUtility, unmeasured(missing), threshold, details);
  return judge(
    kinds.depthUtility,
    accuracyDifference(accuracy, frozen),
    threshold,
    details,
    `accuracy ${accuracy.value} against ${frozen.value} with frozen blocks`,
  );
}

function withoutPrediction(found: Accuracy, whose: string): string | undefined {
  const { withoutPrediction: missing, total } = found;
  if (missing === 0) return undefined;
  return `${missing} of ${total} test samples${whose} have no prediction, as a logit is NaN`;
}
