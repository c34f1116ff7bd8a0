// All four diagnostics of one run.
import { finalSnapshot, type RunEvidence } from "../evidence/run_evidence.ts";
import { depthUtilityDiagnostic } from "./depth_utility.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { growthDiagnostic } from "./growth.ts";
import { type Policy, resolvePolicy } from "./policies.ts";
import { referenceDiagnostic } from "./reference.ts";
import { stabilityDiagnostic } from "./stability.ts";

/** Options of {@link diagnose}. */
export interface DiagnoseOptions {
  /** The frozen-blocks baseline of the same method and seed; without it (d) is not evaluated. */
  readonly baseline?: RunEvidence | undefined;
  /** Whose thresholds apply. Default `"default"`. */
  readonly policy?: string | Policy;
}

/**
 * Diagnostics (a)–(d) of one run, in this order: (a)–(c) on the model after the last epoch, (d) on
 * the final accuracies. A pure function of the evidence.
 *
 * @param evidence the run.
 * @throws {RangeError} if the baseline is of another method, seed or test set, or is no baseline.
 *
 * @example
 * ```ts
 * import { diagnose, exampleEvidence } from "@fa/protocol";
 *
 * const run = exampleEvidence({ method: "dfa", seed: 42, hiddenNorms: [9, 9, 900], accuracy: 0.308 });
 * const fired = diagnose(run).filter((d) => d.fired).map((d) => d.id);
 * if (fired.join() !== "a") throw new Error("growth of 100 fires (a), (d) has no baseline");
 * ```
 */
export function diagnose(
  evidence: RunEvidence,
  { baseline, policy = "default" }: DiagnoseOptions = {},
): Diagnostic[] {
  const { thresholds } = resolvePolicy(policy);
  if (baseline) checkBaseline(evidence, baseline);
  const snapshot = finalSnapshot(evidence);
  return [
    growthDiagnostic(snapshot, thresholds.growth),
    referenceDiagnostic(snapshot, thresholds.reference),
    stabilityDiagnostic(snapshot, thresholds.stability),
    depthUtilityDiagnostic(
      evidence.finalAccuracy,
      baseline?.finalAccuracy,
      thresholds.depthUtility,
    ),
  ];
}

function checkBaseline(run: RunEvidence, baseline: RunEvidence): void {
  const pairs: [string, unknown, unknown][] = [
    ["role of the baseline", "baseline", baseline.role],
    ["method", run.method, baseline.method],
    ["seed", run.seed, baseline.seed],
    ["dataset", run.dataset.name, baseline.dataset.name],
    ["number of test samples", run.finalAccuracy.total, baseline.finalAccuracy.total],
  ];
  for (const [what, expected, found] of pairs) {
    if (expected !== found) {
      throw new RangeError(
        `Cannot judge depth utility of ${run.method} with seed ${run.seed} as the ${what} must be ${expected}: ${found}`,
      );
    }
  }
}
