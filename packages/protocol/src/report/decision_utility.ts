// Which claims would each way of evaluating walk back?
import { type DiagnosticId, type Policy, resolvePolicy } from "../diagnostics/policies.ts";
import { letters, verdict, type VerdictWord } from "../diagnostics/verdict.ts";
import type { MethodAssessment } from "./assess_method.ts";
import { methodLabel } from "./_method_label.ts";
import { paperExpectations } from "./paper_expectations.ts";

/** Name of an evaluation strategy (§4). */
export type StrategyName = "S0" | "S1" | "S1+a" | "S1+b" | "S1+c" | "S1+d" | "full";

/** What one strategy decides. */
export interface StrategyOutcome {
  /** Its name. */
  readonly strategy: StrategyName;
  /** What it looks at, in words. */
  readonly looksAt: string;
  /** The diagnostics that it decides by: none, one, or those that the policy walks back by. */
  readonly diagnostics: readonly DiagnosticId[];
  /** Methods whose claim it walks back. */
  readonly walkedBack: readonly string[];
  /** Methods that it leaves standing. */
  readonly standing: readonly string[];
  /** Methods on which it cannot decide. */
  readonly notAssessable: readonly string[];
  /** Of the audited methods, those that the paper's row walks back. */
  readonly paper: readonly string[];
  /** Methods that it decides on, but not as the paper's row does. */
  readonly differs: readonly string[];
}

/** The table of strategies (§4), and what is to be known when reading it. */
export interface DecisionUtility {
  /** S0, S1, S1+(a) … S1+(d), full. */
  readonly strategies: readonly StrategyOutcome[];
  /** Diagnostics that alone walk back all that the full protocol walks back. */
  readonly sufficient: readonly DiagnosticId[];
  /** Contradictions and conditions, in words. */
  readonly notes: readonly string[];
}

const ids: readonly DiagnosticId[] = ["a", "b", "c", "d"];

/**
 * Which methods each way of evaluating would walk back (§4): S0 looks at accuracy, S1 at accuracy and
 * Γ; then S1 with one diagnostic each, not cumulative; then the full policy. S0 and S1 have no rule by
 * which a claim could be withdrawn, so they walk back nothing, whatever they see.
 *
 * Beside each row stands what the paper's row walks back (`paperExpectations`). Its rows contradict
 * each other on EP, whose accuracy lies below the frozen-blocks accuracy; a note says so where (d)
 * fires on EP here.
 *
 * @param methods assessed by this policy.
 * @param policy name of a policy, or a policy. Default `"default"`.
 * @throws {RangeError} if the policy is unknown.
 *
 * @example
 * ```ts
 * import { exampleEvidence } from "@fa/protocol";
 * import { assessMethod, decisionUtility } from "@fa/protocol/report";
 *
 * const dfa = assessMethod([exampleEvidence({ hiddenNorms: [9, 9, 9000] })], []);
 * const { strategies } = decisionUtility([dfa]);
 * const walkedBack = strategies.filter((s) => s.walkedBack.length > 0).map((s) => s.strategy);
 * if (walkedBack.join() !== "S1+a,full") throw new Error("growth alone shows");
 * ```
 */
export function decisionUtility(
  methods: readonly MethodAssessment[],
  policy: string | Policy = "default",
): DecisionUtility {
  const judgedBy = resolvePolicy(policy);
  const row = (
    strategy: StrategyName,
    looksAt: string,
    diagnostics: readonly DiagnosticId[],
    decide: (method: MethodAssessment) => VerdictWord,
    paper: (fired: readonly DiagnosticId[], verdict: VerdictWord) => boolean,
  ): StrategyOutcome => {
    const named = (word: VerdictWord) =>
      methods.filter((method) => decide(method) === word).map(({ method }) => method);
    const walkedBack = named("walk-back");
    const inPaper = methods.map(({ method }) => method)
      .filter((method) => Object.hasOwn(paperExpectations, method));
    const expected = inPaper.filter((method) => {
      const { fired, verdict } = paperExpectations[method]!;
      return paper(fired, verdict);
    });
    const notAssessable = named("not-assessable");
    return {
      strategy,
      looksAt,
      diagnostics,
      walkedBack,
      standing: named("trustworthy"),
      notAssessable,
      paper: expected,
      differs: inPaper.filter((method) =>
        !notAssessable.includes(method) && walkedBack.includes(method) !== expected.includes(method)
      ),
    };
  };
  const strategies = [
    row("S0", "accuracy", [], () => "trustworthy", () => false),
    row("S1", "accuracy and Γ", [], () => "trustworthy", () => false),
    ...ids.map((id) =>
      row(
        `S1+${id}`,
        `accuracy, Γ and (${id})`,
        [id],
        (method) => byOne(method, id),
        (fired) => fired.includes(id),
      )
    ),
    row(
      "full",
      `policy ${judgedBy.name}`,
      judgedBy.walkBack,
      ({ diagnostics }) => verdict(diagnostics, judgedBy).verdict,
      (_, word) => word === "walk-back",
    ),
  ];
  const full = strategies.at(-1)!.walkedBack;
  const sufficient = full.length === 0 ? [] : ids.filter((id) => {
    const { walkedBack } = strategies.find((s) => s.strategy === `S1+${id}`)!;
    return full.every((method) => walkedBack.includes(method));
  });
  return { strategies, sufficient, notes: notesOn(methods, strategies, sufficient, full) };
}

/** What one diagnostic alone decides: unmeasurable is never a pass and never a fail. */
function byOne({ diagnostics }: MethodAssessment, id: DiagnosticId): VerdictWord {
  const { fired } = diagnostics.find((diagnostic) => diagnostic.id === id)!;
  return fired === null ? "not-assessable" : fired ? "walk-back" : "trustworthy";
}

function notesOn(
  methods: readonly MethodAssessment[],
  strategies: readonly StrategyOutcome[],
  sufficient: readonly DiagnosticId[],
  full: readonly string[],
): string[] {
  const notes = ["S0 and S1 have no rule by which to withdraw a claim, so they walk back nothing."];
  if (full.length > 0) {
    notes.push(
      sufficient.length > 0
        ? `Alone sufficient for all that the full protocol walks back: ${letters(sufficient)}.`
        : "No single diagnostic walks back all that the full protocol does.",
    );
  }
  const ep = methods.find(({ method }) => method === "ep");
  const byDepth = strategies.find(({ strategy }) => strategy === "S1+d")!;
  if (ep && byDepth.walkedBack.includes("ep")) {
    const sharers = methods.filter((other) => other !== ep && sameBaseline(other, ep));
    const shared = sharers.length > 0
      ? `, the very accuracies that ${
        sharers.map(({ method }) => methodLabel(method)).join(", ")
      } are compared with`
      : ", a baseline of its own";
    notes.push(
      `(d) fires on EP here: ${ep.accuracy.text} against ${ep.frozenAccuracy.text} with frozen blocks${shared}. The paper leaves EP standing under S1+(d), yet gives it .316 beside the .349 of its frozen blocks, which is 3.3 points below: the two statements contradict each other.`,
    );
  }
  return notes;
}

/** Whether two methods have the same frozen-blocks accuracy in every seed. */
function sameBaseline(a: MethodAssessment, b: MethodAssessment): boolean {
  const text = ({ frozenAccuracy }: MethodAssessment) => JSON.stringify(frozenAccuracy.perSeed);
  return typeof a.frozenAccuracy.mean === "number" && text(a) === text(b);
}
