// Is it the residual stream that grows?

import { ablation, firesOf } from "./_ablation.ts";
import { type Comparison, comparisons } from "./_paper.ts";
import { gradientNorm, hiddenNorm, over } from "./_values.ts";
import type { Control, Finding, JudgedCondition } from "./control.ts";

/** BP and DFA with and without the skip. */
export const residual: Control = ablation({
  name: "residual",
  question: "Does the stream grow without the residual add, too?",
  summary: "BP and DFA with and without the residual add: norms, (a), (b)",
  field: "residual",
  withIt: "residual",
  without: "no residual",
  findings(without, policy) {
    return without.filter(({ runs }) => runs[0]!.method === "dfa").flatMap((condition) => {
      const [a, b] = [firesOf(condition, "a", policy), firesOf(condition, "b", policy)];
      const finding: Finding = {
        claims: [],
        expectation: "The paper's correction reports that DFA without the residual add grows " +
          "(‖h_L‖ 8e7) and loses its gradient (‖g_L‖ 2e-10): (a) and (b) fire.",
        measured: `First epoch by seed, (a): ${a.text}; (b): ${b.text}. Without the add h_{l+1} ` +
          `is F_l(h_l), and w2 starts at standard deviation 0.5.`,
        agrees: a.inAll && b.inAll ? true : a.inNone && b.inNone ? false : null,
      };
      return [finding, ...published(condition)];
    });
  },
});

function published({ runs }: JudgedCondition): Finding[] {
  const list: Comparison[] = [
    {
      claims: [],
      what: "‖h_L‖ of DFA without residual add",
      paper: "8e7",
      found: over(runs, "‖h_L‖", hiddenNorm),
    },
    {
      claims: [],
      what: "‖g_L‖",
      paper: "2e-10",
      found: over(runs, "‖g_L‖", gradientNorm),
    },
  ];
  return comparisons(list, runs, undefined);
}
