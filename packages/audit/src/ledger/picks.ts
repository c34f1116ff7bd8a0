// Numbers that claims are about, read from the evidence of one run.

import {
  isMeasured,
  mean,
  type Measured,
  type PerLayer,
  type RunEvidence,
  type Snapshot,
} from "@fa/protocol";
import type { Pick } from "./query.ts";

/** Test accuracy after the last epoch. */
export const accuracy: Pick = (run) => run.finalAccuracy.value;

/** The model after the last epoch. */
const last = (run: RunEvidence): Snapshot | undefined => run.epochs.at(-1)?.snapshot;

/** The model after one epoch. */
const after = (epoch: number) => (run: RunEvidence): Snapshot | undefined =>
  run.epochs.find((each) => each.epoch === epoch)?.snapshot;

/** (a). */
export const growth: Pick = (run) => last(run)?.growth.max;

/** (c). */
export const stability: Pick = (run) => last(run)?.stability.value;

/** Median ‖h_L‖ at the end. */
export const hiddenNorm: Pick = (run) => last(run)?.hiddenNorms.at(-1);

/** The same before training. */
export const initialHiddenNorm: Pick = (run) => run.initial.hiddenNorms.at(-1);

/** Median ‖g_L‖ with CE averaged over a batch of `B`, at the end or after one epoch. */
export const gradientNorm = (B: number, epoch?: number): Pick => (run) =>
  scaledNorm((epoch === undefined ? last : after(epoch))(run), B);

/** The same before training. */
export const initialGradientNorm = (B: number): Pick => (run) => scaledNorm(run.initial, B);

/** CE is averaged, so that ‖g‖ goes as 1/B. */
function scaledNorm(snapshot: Snapshot | undefined, B: number): Measured | undefined {
  const norm = snapshot?.gradientNorms.at(-1);
  return norm === undefined || !isMeasured(norm) ? norm : norm * snapshot!.batchSize / B;
}

/** A named mean of Γ, at the end or after one epoch. */
export const gamma =
  (name: "headline" | "deepOurs" | "deepPaper", epoch?: number): Pick => (run) => {
    const found = (epoch === undefined ? last : after(epoch))(run)?.gamma;
    return found === undefined || "valid" in found ? found : found[name];
  };

/** Γ_l at the end. */
export const gammaAt = (l: number): Pick => (run) => {
  const found = last(run)?.gamma;
  return found === undefined || "valid" in found ? found : found.perLayer[l]?.value;
};

/** Mean of a quantity over several epochs: what shares a seed is averaged first. */
export const averaged = (picks: readonly Pick[]): Pick => (run) => {
  const values = picks.map((pick) => pick(run));
  const without = values.find((value) => value === undefined || !isMeasured(value));
  return values.includes(undefined) ? undefined : without ?? mean(values as number[]);
};

/** Mean growth of the matrices of all blocks, relative to their initial norms. */
export const parameterGrowth = (of: "each" | "product"): Pick => (run) => {
  const blocks = run.epochs.at(-1)?.parameterGrowth;
  if (!blocks) return undefined;
  const values = blocks.flatMap((block) => Object.values(block));
  const without = values.find((value) => !isMeasured(value));
  if (without !== undefined || values.length === 0) return without;
  if (of === "each") return mean(values as number[]);
  return mean(
    blocks.map((block) =>
      (Object.values(block) as number[]).reduce((product, value) => product * value, 1)
    ),
  );
};

/** A mean over layers of ρ, after the last epoch or one before. */
export const rho = (
  of: "rho" | "positive" | "negative",
  which: "mean" | "deep",
  epoch?: number,
): Pick =>
(run) => {
  const probes = epoch === undefined
    ? run.epochs.at(-1)?.probes
    : run.epochs.find((each) => each.epoch === epoch)?.probes;
  return probes?.perturbation?.[of][which];
};

/** Standard deviation of a correlation that is zero: 1/√(M·samples) for a layer, less by √L. */
export const rhoSampling: Pick = (run) => {
  const probe = run.epochs.at(-1)?.probes?.perturbation;
  return probe && 1 / Math.sqrt(probe.draws * probe.samples * probe.negative.perLayer.length);
};

/** Γ under fresh feedback: its mean, its spread, or Γ with the feedback of training. */
export const nulls = (
  of: "mean" | "sampleStandardDeviation" | "trained",
  which: "mean" | "deep",
): Pick =>
(run) => {
  const found: PerLayer | undefined = run.epochs.at(-1)?.probes?.null?.[of];
  return found?.[which];
};

/** The first epoch at which a quantity lies beyond a threshold; unmeasured if it never does. */
export const firstEpoch = (
  pick: (snapshot: Snapshot) => Measured | undefined,
  beyond: (value: number) => boolean,
): Pick =>
(run) => {
  for (const { epoch, snapshot } of run.epochs) {
    const value = pick(snapshot);
    if (value !== undefined && isMeasured(value) && beyond(value)) return epoch;
  }
  return { valid: false, reason: "it never fired" };
};

/** (a) first fires. */
export const firstGrowth: Pick = firstEpoch(({ growth }) => growth.max, (value) => value > 50);

/** (b) first fires, with CE averaged over a batch of `B`. */
export const firstReference = (B: number): Pick =>
  firstEpoch((snapshot) => scaledNorm(snapshot, B), (value) => value < 1e-7);
