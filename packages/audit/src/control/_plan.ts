// From the conditions of a control to its runs.

import type { AuditConfiguration } from "../plan/configuration.ts";
import { longestFirst, specOf } from "../plan/plan_runs.ts";
import { runKey } from "../plan/_run_key.ts";
import type { RunSpec } from "../run/run_spec.ts";
import { displayName } from "../output/_words.ts";
import type { Condition } from "./control.ts";

/** What a condition changes of the configuration. */
export interface ConditionOptions extends Partial<Omit<RunSpec, "id" | "method" | "seed">> {
  readonly method: string;
  /** What tells it from other conditions of the method, in labels. */
  readonly label?: string;
  /** The same in the ids of its runs: lower-case letters, digits, dots and hyphens. */
  readonly slug?: string;
  /** Whether it has frozen-blocks baselines. Default: as configured. */
  readonly frozen?: boolean;
}

/** A condition of one method: a run for each seed, and its frozen-blocks baseline. */
export function condition(
  configuration: AuditConfiguration,
  { method, label, slug, frozen = configuration.baselines, ...changes }: ConditionOptions,
): Condition {
  const runs = (more: Partial<RunSpec>, name?: string): RunSpec[] =>
    configuration.seeds.map((seed) => ({
      ...specOf(configuration, { method, seed, ...(more.role && { role: more.role }) }),
      ...changes,
      ...more,
      id: [method, slug, name, seed].filter((part) => part !== undefined).join("-"),
    }));
  const none = { role: "baseline", trainedBlocks: 0, probes: "none" } as const;
  return {
    label: [displayName(method), label].filter((part) => part !== undefined).join(", "),
    runs: runs({}),
    baselines: frozen ? runs(none, "frozen") : [],
  };
}

/** A method under each of some penalties: conditions that differ in λ only. */
export function underPenalties(
  configuration: AuditConfiguration,
  lambdas: readonly number[],
  options: ConditionOptions,
): Condition[] {
  return lambdas.map((lambda) => {
    const text = lambdaText(lambda);
    return condition(configuration, {
      ...options,
      lambda,
      label: `λ=${text}`,
      slug: `lambda-${text}`,
    });
  });
}

/** Conditions in which runs that are provably the same are one, and all their runs. */
export function uniqueRuns(conditions: readonly Condition[]): {
  readonly conditions: readonly Condition[];
  /** Every run once, those that take longest first. */
  readonly runs: readonly RunSpec[];
} {
  const known = new Map<string, RunSpec>();
  const once = (spec: RunSpec): RunSpec => {
    const key = runKey(spec);
    const found = known.get(key) ?? spec;
    known.set(key, found);
    return found;
  };
  const unique = conditions.map(({ label, runs, baselines }) => ({
    label,
    runs: runs.map(once),
    baselines: baselines.map(once),
  }));
  return { conditions: unique, runs: longestFirst([...known.values()]) };
}

/** `0`, `1e-4`, `1e-2`: a λ in labels and ids. */
export function lambdaText(lambda: number): string {
  return lambda === 0 ? "0" : lambda.toExponential();
}
