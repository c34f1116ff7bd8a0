// What every audit must show about itself before its verdicts count.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Policy } from "../diagnostics/policies.ts";
import { letters } from "../diagnostics/verdict.ts";
import { firstDifference } from "../evidence/_conditions.ts";
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
  /** DFA without the penalty, which the penalised one is compared with. */
  readonly plainDfa?: RunGroup | undefined;
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
  /**
   * Whether the opposite was seen where only the condition of the control was missing: a control that
   * would have been met without it shows nothing. Null where this is not judged.
   */
  readonly discriminates: boolean | null;
  /** Why. */
  readonly reason: string;
}

/**
 * Judges the self-controls of every audit (§5): DFA with λ = 1e-2 must leave (a) and (b) silent, and
 * BP on permuted labels must not read trustworthy. A control that did not run, was not trained, or
 * was not assessable has shown nothing, nor has one whose record does not show its condition
 * (`configuration.lambda` = .01; a dataset named `…+permuted-labels`, or `configuration.labels` =
 * `"permuted"`, its baselines included): `met` is null then, not true.
 *
 * That the penalised DFA is silent says something only where (a) or (b) fires on DFA with λ = 0 under
 * otherwise the same conditions and with the same seeds; `discriminates` and `reason` say whether.
 *
 * @param runs the control runs.
 * @param policy name of a policy, or a policy. Default `"default"`.
 * @throws {RangeError} if the runs are of another method or do not belong together.
 *
 * @example
 * ```ts
 * import { exampleEvidence } from "@fa/protocol";
 * import { judgeSelfControls } from "@fa/protocol/report";
 *
 * const quiet = exampleEvidence({ role: "control", lambda: 0.01, hiddenNorms: [9, 90, 900] });
 * const plain = exampleEvidence({ hiddenNorms: [9, 90, 9000] });
 * const [penalty, permuted] = judgeSelfControls({
 *   penalisedDfa: { runs: [quiet], baselines: [] },
 *   plainDfa: { runs: [plain], baselines: [] },
 * });
 * if (!penalty.met || !penalty.discriminates) throw new Error(penalty.reason);
 * if (permuted.met !== null) throw new Error("a control that did not run shows nothing");
 * ```
 */
export function judgeSelfControls(
  { penalisedDfa, permutedBp, plainDfa }: SelfControlRuns,
  policy: string | Policy = "default",
): [SelfControl, SelfControl] {
  return [
    judgePenalty(penalisedDfa, plainDfa, policy),
    judgePermuted(permutedBp, policy),
  ];
}

const notRun = {
  observed: "did not run",
  met: null,
  discriminates: null,
  reason: "the control did not run",
} as const;

function judgePenalty(
  group: RunGroup | undefined,
  plain: RunGroup | undefined,
  policy: string | Policy,
): SelfControl {
  const control = {
    id: "dfa-penalty-silent",
    expectation: "DFA with λ=1e-2 leaves (a) and (b) silent",
    discriminates: null,
  } as const;
  if (!group || group.runs.length === 0) return { ...control, ...notRun };
  const pair = normDiagnostics(assess(group, "dfa", policy));
  const observed = pair.map(words).join("; ");
  const unshown = untrained(group) ??
    (group.runs.every((run) => run.configuration.lambda === 0.01)
      ? undefined
      : "its record does not show the penalty: configuration.lambda must be 0.01");
  if (unshown) return { ...control, observed, met: null, reason: unshown };
  if (pair.some((d) => d.fired)) {
    return { ...control, observed, met: false, reason: "a healthy stream was reported as broken" };
  }
  if (pair.some((d) => !d.evaluated)) {
    return { ...control, observed, met: null, reason: "(a) or (b) was not evaluated" };
  }
  return { ...control, observed, met: true, ...withoutPenalty(group, plain, policy) };
}

/** What (a) and (b) say of DFA without the penalty, where they are silent with it. */
function withoutPenalty(
  penalised: RunGroup,
  plain: RunGroup | undefined,
  policy: string | Policy,
): Pick<SelfControl, "discriminates" | "reason"> {
  const silent = "(a) and (b) are silent";
  const beside = penalised.runs.map((control) =>
    plain?.runs.find((run) =>
      run.seed === control.seed && run.configuration.lambda === 0 &&
      firstDifference(run, control) === undefined
    )
  );
  const runs = beside.filter((run) => run !== undefined);
  if (runs.length < beside.length) {
    const reason = `${silent}, but DFA without the penalty was not run beside it`;
    return { discriminates: false, reason };
  }
  const pair = normDiagnostics(assess({ runs, baselines: [] }, "dfa", policy));
  const fired = pair.filter((d) => d.fired).map((d) => d.id);
  if (fired.length > 0) {
    const reason = `${silent}, while ${letters(fired)} fired on DFA without the penalty`;
    return { discriminates: true, reason };
  }
  const open = pair.filter((d) => !d.evaluated).map((d) => d.id);
  const without = open.length > 0
    ? `${letters(open)} could not be evaluated on DFA without the penalty`
    : `${silent} on DFA without the penalty too`;
  const reason = `${silent}, but ${without}, so the control shows nothing here`;
  return { discriminates: false, reason };
}

function judgePermuted(group: RunGroup | undefined, policy: string | Policy): SelfControl {
  const control = {
    id: "bp-permuted-not-trustworthy",
    expectation: "BP on permuted labels does not read trustworthy",
    discriminates: null,
  } as const;
  if (!group || group.runs.length === 0) return { ...control, ...notRun };
  const { verdict, reason } = assess(group, "bp", policy).verdict;
  const observed = `${verdict}: ${reason}`;
  const unshown = untrained(group) ??
    ([...group.runs, ...group.baselines].every(isPermuted)
      ? undefined
      : "its record does not show that the labels were permuted: the name of the dataset must end in +permuted-labels, or configuration.labels be permuted");
  if (unshown) return { ...control, observed, met: null, reason: unshown };
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

function assess(group: RunGroup, method: string, policy: string | Policy): MethodAssessment {
  const found = assessMethod(group.runs, group.baselines, policy);
  if (found.method !== method) {
    throw new RangeError(
      `Cannot judge a self-control as its runs must be of method ${method}: ${found.method}`,
    );
  }
  return found;
}

/** (a) and (b). */
function normDiagnostics({ diagnostics }: MethodAssessment): Diagnostic[] {
  return diagnostics.filter(({ id }) => id === "a" || id === "b");
}

function untrained({ runs }: RunGroup): string | undefined {
  return runs.every((run) => run.epochs.length > 0) ? undefined : "the control was not trained";
}

function isPermuted({ dataset, configuration }: RunEvidence): boolean {
  return dataset.name.endsWith("+permuted-labels") || configuration.labels === "permuted";
}
