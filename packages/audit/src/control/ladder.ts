// Which blocks is depth utility owed to?

import type { SeedSummary } from "@fa/protocol";
import { displayName } from "../output/_words.ts";
import { choose } from "./_choices.ts";
import { accuracyError, decidedSign } from "./_decided.ts";
import { condition } from "./_plan.ts";
import { accuracy, byMethod, deepGamma, difference, growth, over } from "./_values.ts";
import type { Control, Finding, JudgedCondition } from "./control.ts";

const digits = { decimals: 3 };

/** Depth-utility ladder: only the last k blocks are trained. */
export const ladder: Control = {
  name: "ladder",
  question: "How much accuracy does each trained block bring?",
  summary: "BP and DFA with the last k = 0..L blocks trained: accuracy over k = 0",
  duration: "up to five minutes",
  choices: choose({ methods: ["bp", "dfa"] }),
  plan: (configuration) =>
    configuration.methods.flatMap((method) =>
      Array.from({ length: configuration.depth + 1 }, (_, k) =>
        condition(configuration, {
          method,
          trainedBlocks: k,
          ...(k === 0 && { role: "baseline", probes: "none" }),
          label: `k=${k}`,
          slug: `last-${k}`,
          frozen: false,
        }))
    ),
  judge(conditions) {
    const groups = byMethod(conditions);
    return {
      findings: [...groups.values()].flatMap((group) => steps(group)),
      tables: [{
        title: "The last k blocks trained",
        columns: [
          { title: "accuracy", unit: "fraction" },
          { title: "over k = 0", unit: "fraction" },
          { title: "over k − 1", unit: "fraction" },
          { title: "(a) growth", unit: "1" },
          { title: "deep Γ", unit: "1" },
        ],
        rows: [...groups.values()].flatMap((group) =>
          group.map(({ label, runs }, k) => ({
            label,
            cells: [
              over(runs, "accuracy", accuracy, digits),
              k === 0 ? { text: "–" } : gain(group, k, 0),
              k === 0 ? { text: "–" } : gain(group, k, k - 1),
              over(runs, "growth", growth),
              over(runs, "deep Γ", deepGamma, digits),
            ],
          }))
        ),
      }],
    };
  },
};

/** Accuracy with k blocks over that with `less`, paired by seed. */
function gain(group: readonly JudgedCondition[], k: number, less: number): SeedSummary {
  return difference(group[k]!.runs, group[less]!.runs, "accuracy", accuracy, digits);
}

/**
 * For BP more trained blocks are expected to be better; for DFA the paper's (d) says that all are
 * worse than none.
 */
function steps(group: readonly JudgedCondition[]): Finding[] {
  const { method } = group[0]!.runs[0]!;
  const all = gain(group, group.length - 1, 0);
  const gains = group.slice(1).map((_, k) => `k=${k + 1} ${gain(group, k + 1, k).text}`);
  const { sign, why } = decidedSign(all, accuracyError(group.at(-1)!.runs, group[0]!.runs));
  const expected: Readonly<Record<string, readonly [string, 1 | -1]>> = {
    bp: ["Trained blocks are expected to bring BP accuracy.", 1],
    dfa: ["The paper reports that DFA with all blocks trained is below its frozen blocks.", -1],
  };
  const [expectation, expectedSign] = expected[method] ??
    [`Nothing is reported of the blocks of ${displayName(method)}.`, null];
  return [{
    claims: method === "dfa" ? [4] : [],
    expectation,
    measured: `${displayName(method)} with all blocks trained over none: ${all.text} (${why}); ` +
      `each block over one less: ${gains.join("; ")}.`,
    agrees: sign === null || expectedSign === null ? null : sign === expectedSign,
  }];
}
