// What every audit must show about itself before its verdicts count.
import type { Policy } from "../diagnostics/policies.ts";
import type { RunEvidence } from "../evidence/run_evidence.ts";
import { assessMethod, type MethodAssessment } from "./assess_method.ts";
import { words } from "./modes.ts";

/** Runs of one condition and their frozen-blocks baselines. */
export interface RunGroup {
  /** One run for each seed. */
  readonly runs: readonly RunEvidence[];
  /** One baseline for each seed; empty where there is none. */
  readonly baselines: readonly RunEvidence[];
}

/** The runs that the self-controls need; one that is absent did not run. */
export interface SelfControlRuns {
  /** DFA with the penalty λ = 1e-2. */
  readonly penalisedDfa?: RunGroup | undefined;
  /** BP on permuted labels. */
  readonly permutedBp?: RunGroup | undefined;
}

/** Whether the audit passed one of its own tests. */
export interface SelfControl {
  /** Which. */
  readonly id: "dfa-penalty-silent" | "bp-permuted-not-trustworthy";
  /** What must be seen. */
  readonly expectation: string;
  /** What was seen. */
  readonly observed: string;
  /** Whether the expectation was met; null if the control could not show it. */
  readonly met: boolean | null;
  /** Why. */
  readonly reason: string;
}

/**
 * Judges the self-controls of every audit (§5): DFA with λ = 1e-2 must leave (a) and (b) silent, and
 * BP on permuted labels must not read trustworthy. A control that did not run, or that was not
 * assessable, has shown nothing: `met` is null then, not true.
 *
 * @param runs the control runs.
 * @param policy name of a policy, or a policy. Default `"default"`.
 * @throws {RangeError} if the runs are of another method or do not belong together.
 *
 * @example
 * ```ts
 * import { exampleEvidence, judgeSelfControls } from "@fa/protocol";
 *
 * const quiet = exampleEvidence({ role: "control", hiddenNorms: [9, 90, 900], accuracy: 0.36 });
 * const [penalty, permuted] = judgeSelfControls({ penalisedDfa: { runs: [quiet], baselines: [] } });
 * if (penalty!.met !== true) throw new Error(penalty!.reason);
 * if (permuted!.met !== null) throw new Error("a control that did not run shows nothing");
 * ```
 */
export function judgeSelfControls(
  { penalisedDfa, permutedBp }: SelfControlRuns,
  policy: string | Policy = "default",
): [SelfControl, SelfControl] {
  const assess = (group: RunGroup | undefined, method: string) => {
    if (!group || group.runs.length === 0) return undefined;
    const found = assessMethod(group.runs, group.baselines, policy);
    if (found.method !== method) {
      throw new RangeError(
        `Cannot judge a self-control as its runs must be of method ${method}: ${found.method}`,
      );
    }
    return found;
  };
  return [judgePenalty(assess(penalisedDfa, "dfa")), judgePermuted(assess(permutedBp, "bp"))];
}

const notRun = { observed: "did not run", met: null, reason: "the control did not run" } as const;

function judgePenalty(found: MethodAssessment | undefined): SelfControl {
  const control = {
    id: "dfa-penalty-silent",
    expectation: "DFA with λ=1e-2 leaves (a) and (b) silent",
  } as const;
  if (!found) return { ...control, ...notRun };
  const pair = found.diagnostics.filter(({ id }) => id === "a" || id === "b");
  const observed = pair.map(words).join("; ");
  if (pair.some((d) => d.fired)) {
    return { ...control, observed, met: false, reason: "a healthy stream was reported as broken" };
  }
  if (pair.some((d) => !d.evaluated)) {
    return { ...control, observed, met: null, reason: "(a) or (b) was not evaluated" };
  }
  return { ...control, observed, met: true, reason: "(a) and (b) are silent" };
}

function judgePermuted(found: MethodAssessment | undefined): SelfControl {
  const control = {
    id: "bp-permuted-not-trustworthy",
    expectation: "BP on permuted labels does not read trustworthy",
  } as const;
  if (!found) return { ...control, ...notRun };
  const { verdict, reason } = found.verdict;
  const observed = `${verdict}: ${reason}`;
  if (verdict === "trustworthy") {
    return { ...control, observed, met: false, reason: "labels without meaning read trustworthy" };
  }
  if (verdict === "not-assessable") {
    return {
      ...control,
      observed,
      met: null,
      reason: "it did not read trustworthy, but only because it could not be assessed",
    };
  }
  return { ...control, observed, met: true, reason: "its claim was walked back" };
}
