// What controls read from the evidence of a run, and how they summarise it over seeds.

import {
  finalSnapshot,
  type FormatOptions,
  isMeasured,
  mean,
  type Measured,
  measured,
  pairedDifferences,
  type PerLayer,
  type Policy,
  type Probes,
  type RunEvidence,
  type SeedSummary,
  type Snapshot,
  summarizeSeeds,
  unmeasured,
  type Verdict,
} from "@fa/protocol";
import { assessMethod } from "@fa/protocol/report";
import type { JudgedCondition } from "./control.ts";

/** Reads one number from the evidence of a run. */
export type Pick = (run: RunEvidence) => Measured;

/** A quantity over the seeds of a condition. */
export function over(
  runs: readonly RunEvidence[],
  what: string,
  pick: Pick,
  options: FormatOptions = {},
): SeedSummary {
  if (runs.length === 0) return none(what);
  const sorted = [...runs].sort((a, b) => a.seed - b.seed);
  return summarizeSeeds(sorted.map((run) => ({ seed: run.seed, value: pick(run) })), what, options);
}

/** What there is to say of runs that there are none of. */
function none(what: string): SeedSummary {
  const missing = unmeasured(`${what}: there are no such runs`);
  const mean = { mean: missing, sampleStandardDeviation: missing };
  return { n: 0, ...mean, text: "no runs", perSeed: [] };
}

/** Differences of a quantity between two conditions, paired by seed. */
export function difference(
  first: readonly RunEvidence[],
  second: readonly RunEvidence[],
  what: string,
  pick: Pick,
  options: FormatOptions = {},
): SeedSummary {
  const [a, b] = [first, second].map((runs) => over(runs, what, pick).perSeed);
  const partner = new Map(b!.map(({ seed, value }) => [seed, value]));
  return summarizeSeeds(
    a!.map(({ seed, value }) => ({ seed, value: minus(seed, value, partner.get(seed), what) })),
    what,
    options,
  );
}

function minus(seed: number, a: Measured, b: Measured | undefined, what: string): Measured {
  if (b === undefined) return unmeasured(`${what} of seed ${seed} has nothing to be paired with`);
  if (!isMeasured(a)) return a;
  if (!isMeasured(b)) return b;
  return pairedDifferences([{ seed, value: a }], [{ seed, value: b }])[0]!.value;
}

/** Mean of values that are all measured. */
export function meanOf(values: readonly Measured[], what: string): Measured {
  const missing = values.find((value) => !isMeasured(value));
  if (missing !== undefined) return missing;
  if (values.length === 0) return unmeasured(`there is no ${what}`);
  return measured(mean(values as number[]), what);
}

/** Test accuracy after the last epoch. */
export const accuracy: Pick = (run) => run.finalAccuracy.value;
/** Median ‖h_L‖ after the last epoch. */
export const hiddenNorm: Pick = (run) => finalSnapshot(run).hiddenNorms.at(-1)!;
/** Median ‖g_L‖ after the last epoch, CE averaged over the evaluation batch. */
export const gradientNorm: Pick = (run) => finalSnapshot(run).gradientNorms.at(-1)!;
/** (a): the largest growth from layer to layer. */
export const growth: Pick = (run) => finalSnapshot(run).growth.max;
/** Γ, mean over l = 1..L−1. */
export const deepGamma: Pick = (run) => gammaOf(finalSnapshot(run), "deepOurs");
/** Γ, mean over l = 1..L with the credit that is offered at h_L. */
export const deepPaperGamma: Pick = (run) => gammaOf(finalSnapshot(run), "deepPaper");

/** An aggregation of Γ. */
export function gammaOf(
  { gamma }: Snapshot,
  name: "headline" | "deepOurs" | "deepPaper",
): Measured {
  if ("valid" in gamma) return gamma;
  return gamma[name] ?? unmeasured(`this record has no ${name} Γ`);
}

/** Γ_l of a snapshot. */
export function gammaAt({ gamma }: Snapshot, l: number): Measured {
  if ("valid" in gamma) return gamma;
  return gamma.perLayer[l]?.value ?? unmeasured(`there is no block ${l}`);
}

/** L. */
export function depthOf(run: RunEvidence): number {
  return run.initial.hiddenNorms.length - 1;
}

/** Probes after the last epoch. */
export function probesOf(run: RunEvidence): Probes | undefined {
  return run.epochs.at(-1)?.probes;
}

/** A mean over layers of one probe after the last epoch. */
export function probed(
  name: string,
  find: (probes: Probes) => PerLayer | undefined,
  which: "mean" | "deep" | number,
): Pick {
  return (run) => {
    const found = find(probesOf(run) ?? {});
    if (!found) return unmeasured(`${name} was not measured`);
    return typeof which === "number"
      ? found.perLayer[which] ?? unmeasured(`there is no block ${which}`)
      : found[which];
  };
}

/** ρ of the method's credit, mean over l = 1..L−1. */
export const deepRho: Pick = probed("ρ", (probes) => probes.perturbation?.rho, "deep");

/** The verdict on a condition. */
export function verdictOf({ runs, baselines }: JudgedCondition, policy: Policy): Verdict {
  return assessMethod(runs, baselines, policy).verdict;
}

/** `walk-back: (a), (b) fired`. */
export function verdictCell(condition: JudgedCondition, policy: Policy): { text: string } {
  const { verdict, reason } = verdictOf(condition, policy);
  return { text: `${verdict}: ${reason}` };
}

/** λ of a run. */
export function lambdaOf({ configuration }: RunEvidence): number {
  return Number(configuration["lambda"] ?? 0);
}

/** Accuracy over that of frozen blocks, paired by seed. */
export function overFrozen({ runs, baselines }: JudgedCondition): SeedSummary {
  return difference(runs, baselines, "accuracy over frozen blocks", accuracy, { decimals: 3 });
}

/** Conditions by the method of their runs, in the order in which methods first appear. */
export function byMethod(
  conditions: readonly JudgedCondition[],
): Map<string, readonly JudgedCondition[]> {
  const groups = new Map<string, JudgedCondition[]>();
  for (const condition of conditions) {
    const { method } = condition.runs[0]!;
    groups.set(method, [...groups.get(method) ?? [], condition]);
  }
  return groups;
}
