// What does the penalty cost where it is not needed?

import type { SeedSummary } from "@fa/protocol";
import { choose } from "./_choices.ts";
import { accuracyError, decidedSign } from "./_decided.ts";
import { type Comparison, comparisons } from "./_paper.ts";
import { underPenalties } from "./_plan.ts";
import { accuracy, byMethod, difference, over, overFrozen } from "./_values.ts";
import type { Cell, Control, Finding, JudgedCondition } from "./control.ts";

const lambdas = [0, 1e-2];
const digits = { decimals: 3 };

/** 2×2: BP and DFA, without and with the penalty. */
export const capacityCost: Control = {
  name: "capacity-cost",
  question: "Does the penalty help a method that diverges and cost one that does not?",
  summary: "BP and DFA with λ = 0 and 1e-2: accuracies, differences paired by seed",
  duration: "up to four minutes",
  choices: choose({ methods: ["bp", "dfa"] }),
  plan: (configuration) =>
    configuration.methods.flatMap((method) => underPenalties(configuration, lambdas, { method })),
  judge(conditions) {
    const groups = byMethod(conditions);
    const costs = new Map([...groups].map(([method, group]) => [method, costOf(group)]));
    const bp = costs.get("bp");
    const dfa = costs.get("dfa");
    return {
      findings: [
        ...(bp && dfa ? [crossover(groups.get("bp")!, groups.get("dfa")!)] : []),
        ...published(groups, costs),
      ],
      tables: [{
        title: "Accuracies",
        columns: [
          { title: "accuracy", unit: "fraction" },
          { title: "frozen blocks", unit: "fraction" },
          { title: "over frozen blocks", unit: "fraction" },
          { title: "over the same method at λ=0", unit: "fraction" },
        ],
        rows: conditions.map((condition): { label: string; cells: Cell[] } => ({
          label: condition.label,
          cells: [
            over(condition.runs, "accuracy", accuracy, digits),
            over(condition.baselines, "accuracy", accuracy, digits),
            overFrozen(condition),
            ...(condition === groups.get(condition.runs[0]!.method)![0]
              ? [{ text: "–" }]
              : [costs.get(condition.runs[0]!.method)!]),
          ],
        })),
      }],
    };
  },
};

/** Accuracy with the penalty over that without, paired by seed. */
function costOf([without, penalised]: readonly JudgedCondition[]): SeedSummary {
  return difference(penalised!.runs, without!.runs, "change of accuracy", accuracy, digits);
}

function crossover(
  bp: readonly JudgedCondition[],
  dfa: readonly JudgedCondition[],
): Finding {
  const [ofBp, ofDfa] = [bp, dfa].map((group) => {
    const cost = costOf(group);
    return { cost, ...decidedSign(cost, accuracyError(...group.map(({ runs }) => runs))) };
  });
  return {
    claims: [96, 97],
    expectation: "The paper reports that λ=1e-2 costs BP accuracy and brings DFA accuracy.",
    measured: `BP changes by ${ofBp!.cost.text} (${ofBp!.why}), ` +
      `DFA by ${ofDfa!.cost.text} (${ofDfa!.why}).`,
    agrees: ofBp!.sign === null || ofDfa!.sign === null ? null : ofBp!.sign < 0 && ofDfa!.sign > 0,
  };
}

function published(
  groups: ReadonlyMap<string, readonly JudgedCondition[]>,
  costs: ReadonlyMap<string, SeedSummary>,
): Finding[] {
  const bp = groups.get("bp");
  const dfa = groups.get("dfa");
  if (!bp || !dfa) return [];
  const of = ({ runs }: JudgedCondition) => over(runs, "accuracy", accuracy, digits);
  const list: Comparison[] = [
    { claims: [92], what: "accuracy of BP", paper: ".585±.001", found: of(bp[0]!) },
    { claims: [93], what: "accuracy of BP with λ=1e-2", paper: ".532±.007", found: of(bp[1]!) },
    { claims: [94], what: "accuracy of DFA", paper: ".301±.006", found: of(dfa[0]!) },
    {
      claims: [71, 95],
      what: "accuracy of DFA with λ=1e-2",
      paper: ".360±.002",
      found: of(dfa[1]!),
    },
    { claims: [96], what: "change of BP by the penalty", paper: "-.053", found: costs.get("bp")! },
    {
      claims: [72, 97],
      what: "change of DFA by the penalty",
      paper: ".059",
      found: costs.get("dfa")!,
    },
    {
      claims: [73],
      what: "penalised DFA over frozen blocks",
      paper: ".011",
      found: overFrozen(dfa[1]!),
    },
    {
      claims: [98],
      what: "penalised BP over frozen blocks",
      paper: ".183",
      note: "over the frozen blocks of DFA [inferred from .532 − .349]",
      found: difference(bp[1]!.runs, dfa[1]!.baselines, "accuracy", accuracy, digits),
    },
    {
      claims: [99],
      what: "penalised BP over penalised DFA",
      paper: ".172",
      found: difference(bp[1]!.runs, dfa[1]!.runs, "accuracy", accuracy, digits),
    },
  ];
  return comparisons(list, [...bp, ...dfa].flatMap(({ runs }) => runs), 30);
}
