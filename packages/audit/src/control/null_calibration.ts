// How much alignment is there without any training of the feedback's partner?

import { isMeasured, type Measured, type PerLayer, type Probes } from "@fa/protocol";
import { type Comparison, comparisons } from "./_paper.ts";
import { choose } from "./_choices.ts";
import { underPenalties } from "./_plan.ts";
import { depthOf, lambdaOf, over, type Pick, probed, probesOf } from "./_values.ts";
import type { Control, Finding, JudgedCondition } from "./control.ts";

const digits = { decimals: 4 };
type Layers = "mean" | "deep" | number;
type Which = "mean" | "sampleStandardDeviation" | "trained";

function pick(which: Which, layers: Layers): Pick {
  const find = (probes: Probes): PerLayer | undefined => probes.null?.[which];
  return probed("Γ under fresh feedback", find, layers);
}

/** s / √draws. */
function standardError(layers: Layers): Pick {
  return (run) => {
    const s: Measured = pick("sampleStandardDeviation", layers)(run);
    return isMeasured(s) ? s / Math.sqrt(probesOf(run)!.null!.draws) : s;
  };
}

/** Null calibration: Γ under fresh draws of B, beside the B of the training. */
export const nullCalibration: Control = {
  name: "null",
  question: "How large is Γ under feedback that the net was not trained with?",
  summary: "Γ under 20 fresh draws of B, DFA with and without penalty, training B beside",
  duration: "up to three minutes",
  choices: choose({ methods: ["dfa"], probes: "final", baselines: false }),
  from: "checkpoints",
  plan: (configuration) =>
    configuration.methods.flatMap((method) =>
      underPenalties(configuration, [0, 1e-2], { method, frozen: false })
    ),
  judge(all) {
    const conditions = all.filter(({ runs }) => runs.some((run) => probesOf(run)?.null));
    return {
      findings: [
        ...all.filter((each) => !conditions.includes(each)).map(without),
        ...conditions.flatMap(found),
        ...published(conditions),
      ],
      tables: conditions.map(({ label, runs }) => ({
        title: `${label}: ${
          [...new Set(runs.map((run) => probesOf(run)?.null?.draws))].join(", ")
        } fresh draws for each seed`,
        columns: [
          { title: "mean over draws", unit: "1" },
          { title: "s over draws", unit: "1" },
          { title: "standard error of the mean", unit: "1" },
          { title: "Γ with the B of the training", unit: "1" },
        ],
        rows: layersOf(depthOf(runs[0]!)).map(([name, layers]) => ({
          label: name,
          cells: [
            over(runs, "mean over draws", pick("mean", layers), digits),
            over(runs, "s over draws", pick("sampleStandardDeviation", layers), digits),
            over(runs, "standard error", standardError(layers), digits),
            over(runs, "Γ with the B of the training", pick("trained", layers), digits),
          ],
        })),
      })),
    };
  },
};

function layersOf(depth: number): (readonly [string, Layers])[] {
  return [
    ...Array.from({ length: depth }, (_, l) => [`layer ${l}`, l] as const),
    ["mean, l = 0..L−1", "mean"],
    ["deep, l = 1..L−1", "deep"],
  ];
}

function without({ label }: JudgedCondition): Finding {
  return {
    claims: [],
    expectation: "Γ under fresh feedback is compared with that under the feedback of the training.",
    measured: `${label}: there is no random feedback to draw afresh, or it was not measured.`,
    agrees: null,
  };
}

/** Fresh feedback must give ≈ 0; the feedback of the training, under a penalty, more than that. */
function found({ label, runs }: JudgedCondition): Finding[] {
  const mean = over(runs, "mean over draws", pick("mean", "deep"), digits);
  const s = over(runs, "s over draws", pick("sampleStandardDeviation", "deep"), digits);
  const trained = over(runs, "Γ", pick("trained", "deep"), digits);
  const distances = runs.map((run) => {
    const [m, d, g] = [
      pick("mean", "deep")(run),
      pick("sampleStandardDeviation", "deep")(run),
      pick("trained", "deep")(run),
    ];
    return isMeasured(m) && isMeasured(d) && isMeasured(g) && d > 0 ? Math.abs(g - m) / d : null;
  });
  const known = distances.every((each) => each !== null);
  const far = distances.filter((each) => each !== null && each > 2).length;
  const { method } = runs[0]!;
  const penalised = lambdaOf(runs[0]!) > 0;
  const paper = method === "dfa" && penalised;
  return [{
    claims: paper ? [112] : [],
    expectation: paper
      ? "The paper reports deep Γ of penalised DFA far outside what fresh feedback gives."
      : `Whether deep Γ lies outside what fresh feedback gives (two s over draws): ${label}.`,
    measured: `${label}: fresh ${mean.text}, s over draws ${s.text}, training B ${trained.text}; ` +
      `further than two s from the mean of the draws in ${far} of ${runs.length} ` +
      `${runs.length === 1 ? "seed" : "seeds"}.`,
    agrees: paper && known && (far === 0 || far === runs.length) ? far > 0 : null,
  }];
}

function published(conditions: readonly JudgedCondition[]): Finding[] {
  const dfa = conditions.filter(({ runs }) => runs[0]!.method === "dfa");
  return dfa.flatMap(({ runs }) => {
    const lambda = lambdaOf(runs[0]!);
    const trained = (layers: Layers) => over(runs, "Γ", pick("trained", layers), digits);
    if (lambda === 0) {
      const what = "headline Γ of DFA with the B of the training";
      const vanilla = { claims: [104], what, paper: ".106", found: trained("mean") };
      const fresh: Comparison = {
        claims: [105],
        what: "headline Γ of DFA under fresh feedback",
        paper: "0.000±.005",
        found: over(runs, "Γ", pick("mean", "mean"), digits),
      };
      return comparisons([vanilla, fresh], runs, 100);
    }
    if (lambda !== 1e-2) return [];
    const list: Comparison[] = [
      {
        claims: [112],
        what: "deep Γ of penalised DFA under fresh feedback",
        paper: ".0022±.0220",
        found: over(runs, "Γ", pick("mean", "deep"), digits),
      },
      {
        claims: [112],
        what: "deep Γ of penalised DFA with the B of the training",
        paper: ".1627",
        found: trained("deep"),
      },
    ];
    return comparisons(list, runs, 30);
  });
}
