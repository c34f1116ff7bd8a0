// Is it the terminal LayerNorm that lets the gradient vanish?

import { ablation, type Fires, firesOf } from "./_ablation.ts";
import { type Comparison, comparisons } from "./_paper.ts";
import { accuracy, gradientNorm, hiddenNorm, over } from "./_values.ts";
import type { Control, Finding, JudgedCondition } from "./control.ts";

/** BP and DFA with and without the terminal LayerNorm. */
export const terminalLn: Control = ablation({
  name: "terminal-ln",
  question: "Does the gradient vanish without a terminal LayerNorm, too?",
  summary: "BP and DFA with and without the terminal LayerNorm: norms, (a), (b)",
  field: "terminalLayerNorm",
  withIt: "terminal LN",
  without: "no terminal LN",
  findings(without, policy) {
    return without.flatMap((condition): Finding[] => {
      const { method } = condition.runs[0]!;
      const b = firesOf(condition, "b", policy);
      const gradient = over(condition.runs, "‖g_L‖", gradientNorm);
      return [
        {
          claims: [65],
          expectation: "The paper reports that without a terminal LayerNorm (b) never fires.",
          measured: `${condition.label}: first epoch with (b), by seed: ${b.text}; ‖g_L‖ ` +
            `${gradient.text}. (b) is measured here, but its mechanism, division by ‖h_L‖ in the ` +
            `terminal LayerNorm, is absent: a silent (b) says nothing of the stream.`,
          agrees: b.inNone,
        },
        ...(method === "dfa"
          ? [growth(firesOf(condition, "a", policy)), ...published(condition)]
          : []),
      ];
    });
  },
});

function growth({ inAll, inNone, text }: Fires): Finding {
  return {
    claims: [64],
    expectation:
      "The paper reports that without a terminal LayerNorm (a) still fires on DFA (StudentNet, " +
      "CNN; for the ResidualMLP its correction has 18, 14, 25 by seed, epochs or growth, not said " +
      "which).",
    measured: `First epoch with (a), by seed: ${text}.`,
    agrees: inAll ? true : inNone ? false : null,
  };
}

function published({ runs }: JudgedCondition): Finding[] {
  const list: Comparison[] = [
    {
      claims: [],
      what: "accuracy of DFA without terminal LN",
      paper: ".327",
      found: over(runs, "accuracy", accuracy, { decimals: 3 }),
    },
    { claims: [], what: "‖h_L‖", paper: "1.2e7", found: over(runs, "‖h_L‖", hiddenNorm) },
    { claims: [], what: "‖g_L‖", paper: "7e-4", found: over(runs, "‖g_L‖", gradientNorm) },
  ];
  return comparisons(list, runs, undefined);
}
