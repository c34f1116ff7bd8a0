// Diagnostic (c): does every batch see the same gradient?
import type { Snapshot } from "../evidence/snapshot.ts";
import { asJson, type Diagnostic, judge, kinds } from "./diagnostic.ts";

/**
 * (c) Stability: the mean pairwise cosine of the batches' directions at h_L fires above the
 * threshold (.30, §4). A high value means that all batches share one gradient direction. Under the
 * default policy it is a note on the sub-mode, not a reason to walk back.
 *
 * @param snapshot the measured model.
 * @param threshold the largest silent cosine.
 *
 * @example
 * ```ts
 * import { type Snapshot, stabilityDiagnostic } from "@fa/protocol";
 *
 * const stability = { value: 0.992, batches: 10, pairs: 45, excludedSamples: 0 };
 * const found = stabilityDiagnostic({ stability } as unknown as Snapshot, 0.3);
 * if (found.fired !== true) throw new Error(found.reason);
 * ```
 */
export function stabilityDiagnostic({ stability }: Snapshot, threshold: number): Diagnostic {
  const { batches, pairs, excludedSamples } = stability;
  const note = excludedSamples > 0 ? `${excludedSamples} samples without a direction left out` : "";
  return judge(kinds.stability, stability.value, threshold, {
    cosine: asJson(stability.value),
    batches,
    pairs,
    excludedSamples,
  }, note);
}
