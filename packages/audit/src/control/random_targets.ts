// Does the stream grow where there is nothing to learn?

import { isMeasured, type Measured, type RunEvidence, unmeasured } from "@fa/protocol";
import { displayName } from "../output/_words.ts";
import { type Comparison, comparisons } from "./_paper.ts";
import { condition } from "./_plan.ts";
import { byMethod, over, type Pick } from "./_values.ts";
import { choose } from "./_choices.ts";
import type { Control, Finding, JudgedCondition } from "./control.ts";

/** Random targets: fresh uniform labels for every batch. */
export const randomTargets: Control = {
  name: "random-targets",
  question: "Does the stream grow where there is nothing to learn?",
  summary: "DFA and BP on fresh random labels for every batch, beside their own labels",
  duration: "half a minute",
  choices: choose({ methods: ["dfa", "bp"], epochs: 3, baselines: false }),
  plan: (configuration) =>
    configuration.methods.flatMap((method) =>
      (["random", "true"] as const).map((labels) =>
        condition(configuration, {
          method,
          labels,
          label: labels === "random" ? "random labels" : "true labels",
          slug: labels === "random" ? "random" : "true",
          frozen: false,
        })
      )
    ),
  judge(conditions) {
    const random = conditions.filter(({ runs }) => labelsOf(runs[0]!) === "random");
    const dfa = byMethod(random).get("dfa")?.[0];
    return {
      findings: [...random.map(grows), ...(dfa ? published(dfa) : [])],
      tables: [{
        title: "Epoch by epoch",
        columns: [
          { title: "‖h_L‖", unit: "1" },
          { title: "(a) growth", unit: "1" },
          { title: "‖h_L‖ over that of the untrained model", unit: "1" },
          { title: "accuracy on true labels", unit: "fraction" },
          { title: "training CE", unit: "nats" },
        ],
        rows: conditions.flatMap(({ label, runs }) =>
          epochsOf(runs[0]!).map((epoch) => ({
            label: `${label}, epoch ${epoch}`,
            cells: [
              over(runs, "‖h_L‖", normAfter(epoch)),
              over(runs, "growth", (run) => rowOf(run, epoch)?.snapshot.growth.max ?? none(epoch)),
              over(runs, "growth since initialisation", growthAfter(epoch)),
              over(runs, "accuracy", (run) => rowOf(run, epoch)?.accuracy ?? none(epoch), {
                decimals: 3,
              }),
              over(runs, "training CE", (run) => rowOf(run, epoch)?.trainLoss ?? none(epoch)),
            ],
          }))
        ),
      }],
    };
  },
};

function labelsOf({ configuration }: RunEvidence): unknown {
  return configuration["labels"];
}

function epochsOf({ epochs }: RunEvidence): number[] {
  return epochs.map(({ epoch }) => epoch);
}

function rowOf({ epochs }: RunEvidence, epoch: number) {
  return epochs.find((row) => row.epoch === epoch);
}

function none(epoch: number): Measured {
  return unmeasured(`epoch ${epoch} was not measured`);
}

function normAfter(epoch: number): Pick {
  return (run) => rowOf(run, epoch)?.snapshot.hiddenNorms.at(-1) ?? none(epoch);
}

function growthAfter(epoch: number): Pick {
  return (run) => {
    const [before, after] = [run.initial.hiddenNorms.at(-1)!, normAfter(epoch)(run)];
    if (!isMeasured(before)) return before;
    return isMeasured(after) ? after / before : after;
  };
}

/** What counts as growth here: tenfold since initialisation, in every seed. */
const tenfold = 10;

function grows({ label, runs }: JudgedCondition): Finding {
  const { method } = runs[0]!;
  const last = epochsOf(runs[0]!).at(-1)!;
  const found = over(runs, "growth since initialisation", growthAfter(last));
  const values = found.perSeed.map(({ value }) => value);
  const grown = values.filter((value) => isMeasured(value) && value >= tenfold).length;
  const known = values.every(isMeasured);
  const all = known && (grown === values.length || grown === 0);
  const expected = method === "dfa"
    ? "The paper reports that under DFA the stream grows on random targets too"
    : `Nothing is reported of ${displayName(method)} on random targets`;
  return {
    claims: [],
    expectation:
      `${expected}; growth is ‖h_L‖ at least ${tenfold} times that of the untrained model.`,
    measured:
      `${label}: after epoch ${last} ‖h_L‖ is ${found.text} times that of the untrained model.`,
    agrees: method === "dfa" && all ? grown > 0 : null,
  };
}

/** The three numbers rise as epochs of a cosine schedule of three do; they may also be seeds. */
const norms = ["1616", "9768", "14510"];

function published({ runs }: JudgedCondition): Finding[] {
  const list = norms.map((paper, e): Comparison => ({
    claims: [],
    what: `‖h_L‖ after epoch ${e + 1}`,
    paper,
    note: "three numbers without a caption, read as epochs 1, 2, 3 [inferred]",
    found: over(runs, "‖h_L‖", normAfter(e + 1)),
  }));
  return comparisons(list, runs[0]!, 3);
}
