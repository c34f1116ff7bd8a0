// Does a credit predict how the loss changes?

import { isMeasured, type PerLayer, type Probes, type RunEvidence } from "@fa/protocol";
import { isWhole } from "./_assess.ts";
import { choose } from "./_choices.ts";
import { type Comparison, comparisons } from "./_paper.ts";
import { condition, underPenalties } from "./_plan.ts";
import { depthOf, lambdaOf, over, probed } from "./_values.ts";
import type { Control, Finding, JudgedCondition } from "./control.ts";

const digits = { decimals: 4 };
type Which = "rho" | "positive" | "negative";

function pick(which: Which, layers: "mean" | "deep" | number) {
  const find = ({ perturbation }: Probes): PerLayer | undefined => perturbation?.[which];
  return probed("ρ", find, layers);
}

/** ρ with its positive and its negative control. */
export const rho: Control = {
  name: "rho",
  question: "Does the credit predict how the loss changes when a state is perturbed?",
  summary: "ρ of DFA with and without penalty, of BP's gradient and of a random vector",
  duration: "up to three minutes",
  choices: choose({ methods: ["dfa"], probes: "final", baselines: false }),
  from: "checkpoints",
  plan: (configuration) => [
    condition(configuration, { method: "bp", frozen: false }),
    ...configuration.methods.filter((method) => method !== "bp").flatMap((method) =>
      underPenalties(configuration, [0, 1e-2], { method, frozen: false })
    ),
  ],
  judge(conditions) {
    const depth = Math.max(...conditions.map(({ runs }) => depthOf(runs[0]!)));
    return {
      findings: [...controls(conditions), ...published(conditions)],
      tables: [{
        title: "ρ after the last epoch",
        columns: [
          { title: "mean, l = 0..L−1", unit: "1" },
          { title: "deep, l = 1..L−1", unit: "1" },
          ...Array.from({ length: depth }, (_, l) => ({ title: `ρ_${l}`, unit: "1" })),
          { title: "positive control (true gradient), deep", unit: "1" },
          { title: "negative control (random vector), deep", unit: "1" },
        ],
        rows: conditions.map(({ label, runs }) => ({
          label,
          cells: [
            over(runs, "ρ", pick("rho", "mean"), digits),
            over(runs, "ρ", pick("rho", "deep"), digits),
            ...Array.from({ length: depth }, (_, l) => over(runs, "ρ", pick("rho", l), digits)),
            over(runs, "ρ", pick("positive", "deep"), digits),
            over(runs, "ρ", pick("negative", "deep"), digits),
          ],
        })),
      }],
    };
  },
};

/**
 * What the positive control must reach, and the negative one must not: a control of the probe
 * itself.
 */
const high = 0.9;
const low = 0.1;

/** The probe must find a credit that is the gradient, and must not find one that is random. */
function controls(conditions: readonly JudgedCondition[]): Finding[] {
  const bp = conditions.find(({ runs }) => runs[0]!.method === "bp");
  const findings: Finding[] = [];
  if (bp) {
    const positive = over(bp.runs, "ρ", pick("rho", "mean"), digits);
    const values = positive.perSeed.map(({ value }) => value);
    findings.push({
      claims: [75],
      expectation:
        `Positive control: the gradient of a BP net predicts the change (at least ${high}).`,
      measured: `ρ of BP's gradient, mean over layers: ${positive.text}.`,
      agrees: values.every(isMeasured) ? values.every((value) => value as number >= high) : null,
    });
  }
  const all = conditions.flatMap(({ runs }) => runs);
  const values = all.map((run) => pick("negative", "deep")(run));
  const sizes = values.filter(isMeasured).map(Math.abs);
  findings.push({
    claims: [76],
    expectation: `Negative control: a random vector predicts nothing (size at most ${low}).`,
    measured: sizes.length < values.length
      ? `Not measured in ${values.length - sizes.length} of ${values.length} runs.`
      : `Largest deep ρ of a random vector in ${values.length} runs: ${
        Math.max(...sizes).toFixed(4)
      }.`,
    agrees: sizes.length === values.length ? Math.max(...sizes) <= low : null,
  });
  return findings;
}

function published(conditions: readonly JudgedCondition[]): Finding[] {
  const dfa = (test: (lambda: number) => boolean) =>
    conditions.find(({ runs: [run] }) => isMethod(run!, "dfa") && test(lambdaOf(run!)))?.runs;
  const bp = conditions.find(({ runs: [run] }) => isMethod(run!, "bp") && lambdaOf(run!) === 0)
    ?.runs;
  const penalised = dfa((lambda) => lambda === 1e-2);
  const list: Comparison[] = [];
  if (bp) {
    const found = over(bp, "ρ", pick("rho", "mean"), digits);
    list.push({
      claims: [75],
      what: "ρ of BP's gradient, mean of 4 layers",
      paper: ".9965",
      found,
    });
  }
  if (penalised) {
    const found = over(penalised, "ρ", pick("rho", "deep"), digits);
    list.push({
      ...{ claims: [78], what: "ρ of DFA with λ=1e-2", paper: ".080±.012", found },
      note: "which layers is not said; deep ones here",
    });
  }
  return list.length === 0 ? [] : comparisons(list, [...bp ?? [], ...penalised ?? []], 30);
}

/** A run of a method with nothing changed but λ. */
function isMethod(run: RunEvidence, name: string): boolean {
  return run.method === name && isWhole(run);
}
