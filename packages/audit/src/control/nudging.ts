// Does a step against the credit lower the loss?

import { displayName } from "../output/_words.ts";
import { isMeasured } from "@fa/protocol";
import { decidedSign } from "./_decided.ts";
import { type Comparison, comparisons } from "./_paper.ts";
import { depthOf, lambdaOf, over, probed } from "./_values.ts";
import { rho } from "./rho.ts";
import type { Control, Finding, JudgedCondition } from "./control.ts";

const change = (layers: "mean" | "deep" | number) =>
  probed("the change by nudging", ({ nudging }) => nudging?.change, layers);

/** Nudging: the change of the loss when one state moves a small step against its credit. */
export const nudging: Control = {
  ...rho,
  name: "nudging",
  question: "Does a small step of a state against its credit lower the loss?",
  summary: "change of mean CE by h_l ← h_l − η·â_l; BP, DFA with and without penalty",
  duration: "up to four minutes",
  judge(conditions) {
    const depth = Math.max(...conditions.map(({ runs }) => depthOf(runs[0]!)));
    return {
      findings: [...conditions.map(lowers), ...published(conditions)],
      tables: [{
        title: "Change of mean CE by a nudge, after the last epoch",
        columns: [
          { title: "deep, l = 1..L−1", unit: "nats" },
          { title: "mean, l = 0..L−1", unit: "nats" },
          ...Array.from({ length: depth }, (_, l) => ({ title: `layer ${l}`, unit: "nats" })),
        ],
        rows: conditions.map(({ label, runs }) => ({
          label,
          cells: [
            over(runs, "change", change("deep")),
            over(runs, "change", change("mean")),
            ...Array.from({ length: depth }, (_, l) => over(runs, "change", change(l))),
          ],
        })),
      }],
    };
  },
};

/** A step against a useful credit lowers the loss. */
function lowers({ label, runs }: JudgedCondition): Finding {
  const found = over(runs, "change", change("deep"));
  const values = found.perSeed.map(({ value }) => value);
  const lower = values.filter((value) => isMeasured(value) && value < 0).length;
  const { method } = runs[0]!;
  const { sign, why } = decidedSign(found);
  return {
    claims: [],
    expectation: `A step against the credit lowers the loss where the credit helps (${label}).`,
    measured:
      `${displayName(method)}: change in nats, deep layers: ${found.text}; lower in ${lower} of ` +
      `${values.length} ${values.length === 1 ? "seed" : "seeds"}; ${why}.`,
    agrees: sign === null ? null : sign < 0,
  };
}

const corrected: Readonly<Record<string, string>> = {
  dfa: "-5.0e-5",
  sb: "-1.93e-3",
  cb: "-4.3e-4",
};

function published(conditions: readonly JudgedCondition[]): Finding[] {
  const list = conditions.flatMap(({ runs, label }): Comparison[] => {
    const paper = corrected[runs[0]!.method];
    if (paper === undefined || lambdaOf(runs[0]!) !== 1e-2) return [];
    return [{
      claims: [],
      what: `change of CE by nudging deep layers, ${label}`,
      paper,
      note: "with penalty [inferred]",
      found: over(runs, "change", change("deep")),
    }];
  });
  const like = conditions.find(({ runs }) => lambdaOf(runs[0]!) === 1e-2);
  return like ? comparisons(list, like.runs, 30) : [];
}
