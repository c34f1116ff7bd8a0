// Which runs a claim is about, by the conditions that their evidence records.

import { creditRule } from "@fa/methods";
import type { RunEvidence } from "@fa/protocol";
import { canonicalJson } from "../plan/canonical_json.ts";
import { displayName } from "../output/_words.ts";
import type { FoundEvidence } from "./results.ts";

/** Conditions of a run; all others are those of the paper's main audit. */
export interface Where {
  readonly method: string;
  /** λ of the penalty. Default 0. */
  readonly lambda?: number;
  /** Horizon of the schedule; of several, where the paper names none, the first that was run. */
  readonly epochs: number | readonly number[];
  /** How many of them must have been trained. Default all. */
  readonly trained?: number;
  /** Only what was measured before training is asked for: any of these schedules serves. */
  readonly untrained?: boolean;
  /** Whether blocks stayed at their initial values. Default false. */
  readonly frozen?: boolean;
  /** Whether there is a terminal LayerNorm. Default true. */
  readonly terminalLayerNorm?: boolean;
  /** Only this seed. */
  readonly seed?: number;
}

/** `DFA, λ=0.01, 30 epochs`. */
export function whereText(where: Where): string {
  const { method, lambda = 0, epochs, trained, frozen, terminalLayerNorm = true, seed } = where;
  const horizon = [epochs].flat().join(" or ");
  const length = where.untrained
    ? "before training"
    : trained === undefined
    ? `${horizon} epochs`
    : `epoch ${trained} of a schedule of ${horizon}`;
  return [
    displayName(method),
    ...(frozen ? ["frozen blocks"] : []),
    ...(lambda === 0 ? [] : [`λ=${lambda}`]),
    ...(terminalLayerNorm ? [] : ["no terminal LayerNorm"]),
    length,
    ...(seed === undefined ? [] : [`seed ${seed}`]),
  ].join(", ");
}

/** The runs that fit, each seed once, ascending, and in what their conditions are only near. */
export interface Fitting {
  readonly runs: readonly RunEvidence[];
  /** Where those lie, in the same order. */
  readonly paths: readonly string[];
  readonly near: readonly string[];
}

/** A split of CIFAR-10. */
export type Split = "cifar10" | "cifar10-holdout";

/** The official split first: the held-out one is a near condition. */
export const splits: readonly Split[] = ["cifar10", "cifar10-holdout"];

/**
 * The runs that fit, all of one split, the first that has some; of two runs of one seed the one with
 * probes after its last epoch, else the first by path.
 *
 * @param usable a run for which it is false does not count, as it does not hold what is looked for.
 * @param among the splits to look in.
 */
export function fitting(
  found: readonly FoundEvidence[],
  where: Where,
  usable: (run: RunEvidence) => boolean = () => true,
  among: readonly Split[] = splits,
): Fitting {
  const horizons = [where.epochs].flat();
  for (const name of among) {
    for (const epochs of horizons) {
      const fits = found.filter(({ evidence: run }) =>
        run.dataset.name === name && fitsAt(run, where, epochs) && usable(run)
      );
      if (fits.length === 0) continue;
      const once = eachSeedOnce(fits);
      return {
        runs: once.map(({ evidence }) => evidence),
        paths: once.map(({ path }) => path),
        near: [
          ...(name === "cifar10-holdout" ? [heldOut] : []),
          ...(horizons.length > 1 && !where.untrained
            ? [`a schedule of ${epochs} epochs, as the paper names none`]
            : []),
        ],
      };
    }
  }
  return { runs: [], paths: [], near: [] };
}

const heldOut = "held-out split (40,000 + 10,000 images), not the official one";

/** Schedules in which some run fits but for its length, longest first. */
export function otherHorizons(found: readonly FoundEvidence[], where: Where): number[] {
  const fits = found.map(({ evidence }) => Number(evidence.configuration["epochs"]))
    .filter((epochs) => fitting(found, { ...where, epochs }).runs.length > 0);
  return [...new Set(fits)].sort((a, b) => b - a);
}

function eachSeedOnce(runs: readonly FoundEvidence[]): FoundEvidence[] {
  const bySeed = new Map<number, FoundEvidence>();
  const probed = ({ evidence }: FoundEvidence) => evidence.epochs.at(-1)?.probes !== undefined;
  for (const run of runs) {
    const known = bySeed.get(run.evidence.seed);
    if (!known || (probed(run) && !probed(known))) bySeed.set(run.evidence.seed, run);
  }
  return [...bySeed.values()].sort((a, b) => a.evidence.seed - b.evidence.seed);
}

const sizes: Readonly<Record<string, number>> = { cifar10: 50_000, "cifar10-holdout": 40_000 };

function fitsAt(run: RunEvidence, where: Where, epochs: number): boolean {
  const { lambda = 0, frozen = false, terminalLayerNorm = true, seed, trained = epochs } = where;
  const { configuration: found, dataset, method } = run;
  if (method !== where.method || (seed !== undefined && run.seed !== seed)) return false;
  if (dataset.trainSize !== sizes[dataset.name] || dataset.testSize !== 10_000) return false;
  const done = run.epochs.at(-1)?.epoch ?? 0;
  if (where.trained === undefined ? done !== epochs : done < trained) return false;
  const expected: Readonly<Record<string, unknown>> = {
    model: "resmlp",
    width: 256,
    depth: 4,
    batch: 128,
    learningRate: 1e-3,
    dtype: "float32",
    labels: "true",
    lambda,
    epochs,
  };
  if (Object.entries(expected).some(([name, value]) => found[name] !== value)) return false;
  const trainedBlocks = found["trainedBlocks"] ?? (found["frozenBlocks"] === true ? 0 : 4);
  if (trainedBlocks !== (frozen ? 0 : 4)) return false;
  const { residual, terminalNorm } = run.initial;
  if (!residual || terminalNorm !== terminalLayerNorm) return false;
  return hasDefaultRule(run);
}

/** Whether the rule has the options of the paper; early records tell only those common to all. */
function hasDefaultRule({ method, configuration, creditIndex, creditNormalization }: RunEvidence) {
  const rule = creditRule(method);
  if (!rule) return true;
  const echoed = configuration["rule"];
  return echoed === undefined
    ? creditIndex === rule.creditIndex && creditNormalization === rule.creditNormalization
    : canonicalJson(echoed) === canonicalJson({ ...rule.options });
}
