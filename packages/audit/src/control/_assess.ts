// The audit's own assessment of every condition.

import type { Policy } from "@fa/protocol";
import { assessMethod, type MethodAssessment } from "@fa/protocol/report";
import { lambdaOf } from "./_values.ts";
import type { JudgedCondition } from "./control.ts";

/** A condition under the name that it is listed by. */
export interface NamedCondition extends JudgedCondition {
  /** The method's name where it is the method as it stands; else the label of the condition. */
  readonly name: string;
}

/**
 * Conditions by names that occur once: the first one of a method with true labels and the smallest
 * λ bears the name of the method, which the paper's rows are looked up by; others bear their
 * labels.
 */
export function named(conditions: readonly JudgedCondition[]): NamedCondition[] {
  const plain = new Map<string, JudgedCondition>();
  for (const condition of conditions) {
    const [run] = condition.runs;
    if ((run!.configuration["labels"] ?? "true") !== "true") continue;
    const known = plain.get(run!.method)?.runs[0];
    if (!known || lambdaOf(run!) < lambdaOf(known)) plain.set(run!.method, condition);
  }
  return conditions.map((condition) => {
    const { method } = condition.runs[0]!;
    return { ...condition, name: plain.get(method) === condition ? method : oneWord(condition) };
  });
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
