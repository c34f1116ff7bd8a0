// The audit's own assessment of every condition.

import type { Policy, RunEvidence } from "@fa/protocol";
import { assessMethod, type MethodAssessment } from "@fa/protocol/report";
import { hasDefaultRule } from "../published/unlike_paper.ts";
import { depthOf, lambdaOf } from "./_values.ts";
import type { JudgedCondition } from "./control.ts";

/** A condition under the name that it is listed by. */
export interface NamedCondition extends JudgedCondition {
  /** The method's name where it is the method as it stands; else the label of the condition. */
  readonly name: string;
}

/**
 * Conditions by names that occur once: the first one of a method as it stands (λ = 0, its own labels,
 * all parts of the model, all blocks trained, default options) bears the name of the method, which the
 * paper's rows are looked up by; all others bear their labels.
 */
export function named(conditions: readonly JudgedCondition[]): NamedCondition[] {
  const plain = new Map<string, JudgedCondition>();
  for (const condition of conditions) {
    const { method } = condition.runs[0]!;
    if (!plain.has(method) && condition.runs.every((run) => lambdaOf(run) === 0 && isWhole(run))) {
      plain.set(method, condition);
    }
  }
  return conditions.map((condition) => {
    const { method } = condition.runs[0]!;
    return { ...condition, name: plain.get(method) === condition ? method : oneWord(condition) };
  });
}

/** Whether nothing is changed of the method and its model but λ. */
export function isWhole(run: RunEvidence): boolean {
  const { configuration, initial } = run;
  const { labels = "true", trainedBlocks = depthOf(run), rule } = configuration;
  return labels === "true" && initial.terminalNorm && initial.residual &&
    trainedBlocks === depthOf(run) && (rule === undefined || hasDefaultRule(run));
}

/** Assessments of all conditions, under their names. */
export function assess(
  conditions: readonly NamedCondition[],
  policy: Policy,
): MethodAssessment[] {
  return conditions.map(({ name, runs, baselines }) => ({
    ...assessMethod(runs, baselines, policy),
    method: name,
  }));
}

/** `DFA λ=1e-2`: a label without the commas that part the names of a list. */
function oneWord({ label }: JudgedCondition): string {
  return label.replaceAll(",", "");
}
