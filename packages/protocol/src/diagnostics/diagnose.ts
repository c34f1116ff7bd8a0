// All four diagnostics of one run.
import { type Condition, conditions, firstDifference } from "../evidence/_conditions.ts";
import { isMeasured, type Measured } from "../evidence/measured.ts";
import { finalSnapshot, type RunEvidence } from "../evidence/run_evidence.ts";
import { depthUtilityDiagnostic } from "./depth_utility.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { growthDiagnostic } from "./growth.ts";
import { type Policy, resolvePolicy } from "./policies.ts";
import { referenceDiagnostic } from "./reference.ts";
import { stabilityDiagnostic } from "./stability.ts";

/** Options of {@link diagnose}. */
export interface DiagnoseOptions {
  /**
   * The frozen-blocks baseline of the same method and seed under the same conditions; without it
   * (d) is not evaluated.
   */
  readonly baseline?: RunEvidence | undefined;
  /** Whose thresholds apply. Default `"default"`. */
  readonly policy?: string | Policy;
}

/**
 * Diagnostics (a)–(d) of one run, in this order: (a)–(c) on the model after the last epoch, (d) on
 * the final accuracies. A pure function of the evidence.
 *
 * @param evidence the run.
 * @throws {RangeError} if the baseline differs from the run in method, seed, data, number of blocks or
 * epochs, or batch size, or if its record does not show that its blocks were frozen: every
 * `parameterGrowth`, of at least one matrix in each block, must be exactly 1. Also if the run itself
 * is a baseline.
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

const paired: readonly Condition[] = [
  ["method", (run) => run.method],
  ["seed", (run) => run.seed],
  ...conditions,
  ["batch size", (run) => finalSnapshot(run).batchSize],
];

function checkBaseline(run: RunEvidence, baseline: RunEvidence): void {
  const refuse = (rule: string) =>
    new RangeError(
      `Cannot judge depth utility of ${run.method} with seed ${run.seed} as ${rule}`,
    );
  if (run.role === "baseline") throw refuse("a run must not be a baseline itself");
  if (baseline.role !== "baseline") {
    throw refuse(`the role of the baseline must be baseline: ${baseline.role}`);
  }
  const found = firstDifference(run, baseline, paired);
  if (found) throw refuse(`the ${found.what} of the baseline must be ${found.a}: ${found.b}`);
  for (const { epoch, parameterGrowth } of baseline.epochs) {
    parameterGrowth.forEach((block, l) => {
      const trained = whatGrew(block);
      if (!trained) return;
      throw refuse(
        `the blocks of the baseline must be frozen, so that the growth of ${trained.name} in block ${l} is 1 after epoch ${epoch}: ${trained.found}`,
      );
    });
  }
}

/** The first matrix that is not shown to have kept its norm; undefined if all are. */
function whatGrew(
  block: Readonly<Record<string, Measured>>,
): { readonly name: string; readonly found: string } | undefined {
  const growths = Object.entries(block);
  if (growths.length === 0) return { name: "every matrix", found: "there is none" };
  const grown = growths.find(([, growth]) => growth !== 1);
  if (!grown) return undefined;
  const [name, growth] = grown;
  return { name, found: isMeasured(growth) ? String(growth) : growth.reason };
}
