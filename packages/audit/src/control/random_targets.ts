// Does the stream grow where there is nothing to learn?

import {
  formatNumber,
  isMeasured,
  type Measured,
  type RunEvidence,
  unmeasured,
} from "@fa/protocol";
import { displayName } from "../output/_words.ts";
import { otherThanPaper } from "./_paper.ts";
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

/** What counts as growth here, our own cut: tenfold since initialisation, in every seed. */
const tenfold = 10;

function grows({ label, runs }: JudgedCondition): Finding {
  const { method } = runs[0]!;
  const last = epochsOf(runs[0]!).at(-1)!;
  const found = over(runs, "growth since initialisation", growthAfter(last));
  const values = found.perSeed.map(({ value }) => value);
  const grown = values.filter((value) => isMeasured(value) && value >= tenfold).length;
  const known = values.every(isMeasured);
  const expected = method === "dfa"
    ? "The paper's correction reports that under DFA the stream grows on random targets too; it " +
      "gives no bound"
    : `Nothing is reported of ${displayName(method)} on random targets`;
  return {
    claims: [],
    expectation:
      `${expected}. That ‖h_L‖ is at least ${tenfold} times that of the untrained model is our cut.`,
    measured:
      `${label}: after epoch ${last} ‖h_L‖ is ${found.text} times that of the untrained model` +
      `${known ? `; at least tenfold in ${grown} of ${values.length}` : ""}.`,
    agrees: null,
  };
}

/** Three numbers of the paper's correction, without a caption. */
const norms = "1616, 9768 and 14510";

/** Beside them stand ours in both readings; which of them is right the source does not tell. */
function published({ runs }: JudgedCondition): Finding[] {
  const sorted = [...runs].sort((a, b) => a.seed - b.seed);
  const seeds = sorted.map((run) => {
    const norms = epochsOf(run).map((epoch) => formatNumber(normAfter(epoch)(run)));
    return `seed ${run.seed}: ${norms.join(", ")}`;
  });
  const other = otherThanPaper(runs, 3);
  return [{
    claims: [],
    expectation: `The paper's correction prints ‖h_L‖ of DFA on random targets, three epochs: ` +
      `${norms}. These may be epochs 1, 2, 3 of one seed, or three seeds after the last epoch: the ` +
      "source does not tell which.",
    measured: `Not judged. Ours after each epoch, ${seeds.join("; ")}` +
      `${other.length > 0 ? `; this run has ${other.join(", ")}` : ""}.`,
    agrees: null,
  }];
}
