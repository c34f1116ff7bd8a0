// Which claims would each way of evaluating walk back?

import {
  decisionUtility as utility,
  paperExpectations,
  type StrategyOutcome,
} from "@fa/protocol/report";
import { assess, named } from "./_assess.ts";
import type { Control, Finding } from "./control.ts";
import { ofAudit } from "./thresholds.ts";

/** Decision utility of a finished audit. */
export const decisionUtility: Control = {
  ...ofAudit,
  name: "decision-utility",
  question: "Which claims would each way of evaluating walk back?",
  summary: "S0 (accuracy), S1 (+Γ), S1 with each diagnostic, full: what each walks back",
  duration: "seconds with --from, else the quick audit",
  judge(conditions, policy) {
    const { strategies, sufficient, notes } = utility(assess(named(conditions), policy), policy);
    return {
      findings: [
        ...strategies.filter(({ diagnostics }) => diagnostics.length > 0).map(strategy),
        {
          claims: [60],
          expectation:
            "The paper reports that (a), (b) and (d) are each sufficient to walk back what " +
            "the full policy does.",
          measured: strategies.at(-1)!.walkedBack.length === 0
            ? "The full policy walks back nothing, so that nothing can be sufficient."
            : `Sufficient here: ${
              sufficient.length === 0 ? "none" : sufficient.map((id) => `(${id})`).join(", ")
            }.`,
          agrees: strategies.at(-1)!.walkedBack.length === 0 || open(strategies)
            ? null
            : (["a", "b", "d"] as const).every((id) => sufficient.includes(id)),
        },
      ],
      notes: [...notes, byConstruction],
      tables: [{
        title: "Strategies",
        columns: [
          { title: "looks at", unit: "words" },
          { title: "walks back", unit: "words" },
          { title: "leaves standing", unit: "words" },
          { title: "cannot decide", unit: "words" },
          { title: "the paper's row walks back", unit: "words" },
        ],
        rows: strategies.map((each) => ({
          label: each.strategy,
          cells: [
            { text: each.looksAt },
            ...[each.walkedBack, each.standing, each.notAssessable, each.paper].map((methods) => ({
              text: list(methods),
            })),
          ],
        })),
      }],
    };
  },
};

/** Claims 53 and 54 are no findings: nothing that is measured could make them differ. */
const byConstruction =
  "That S0 and S1 walk back nothing is the paper's row too (claims 53 and 54). It follows from their " +
  "definition, whatever is measured, and is no agreement.";

/** Whether (a), (b), (d) or the full policy cannot decide on some method. */
function open(strategies: readonly StrategyOutcome[]): boolean {
  return strategies.some(({ strategy, notAssessable }) =>
    ["S1+a", "S1+b", "S1+d", "full"].includes(strategy) && notAssessable.length > 0
  );
}

/** Rows of the claims by strategy. */
const claims: Readonly<Record<string, number>> = {
  "S1+a": 55,
  "S1+b": 56,
  "S1+c": 57,
  "S1+d": 58,
  "full": 59,
};

function strategy(
  { strategy, paper, differs, walkedBack, standing, notAssessable }: StrategyOutcome,
): Finding {
  const inPaper = (method: string) => Object.hasOwn(paperExpectations, method);
  const known = [...walkedBack, ...standing].some(inPaper) && !notAssessable.some(inPaper);
  const other = differs.filter((method) => !notAssessable.includes(method));
  return {
    claims: [claims[strategy]!],
    expectation: `The paper's ${strategy} walks back, of the methods here: ${list(paper)}.`,
    measured: `Walked back: ${list(walkedBack)}; standing: ${list(standing)}` +
      `${notAssessable.length > 0 ? `; cannot decide: ${list(notAssessable)}` : ""}` +
      `${other.length > 0 ? `; other than in the paper: ${list(other)}` : ""}.`,
    agrees: known ? other.length === 0 : null,
  };
}

function list(methods: readonly string[]): string {
  return methods.length === 0 ? "none" : methods.join(", ");
}
