// One diagnostic over the seeds.
import { accuracyDifference } from "../diagnostics/depth_utility.ts";
import {
  beside,
  type Diagnostic,
  fires,
  judge,
  notEvaluated,
  outcome,
} from "../diagnostics/diagnostic.ts";
import { referenceBatchSize } from "../diagnostics/reference.ts";
import type { Accuracy } from "../evidence/accuracy.ts";
import { isMeasured, type Measured, measured, unmeasured } from "../evidence/measured.ts";
import { formatNumber } from "../statistics/format.ts";
import { mean } from "../statistics/mean.ts";
import { median } from "../statistics/median.ts";
import { seedWords } from "../statistics/summarize_seeds.ts";

/** What one seed contributes to an aggregated diagnostic. */
export interface SeedDiagnostic {
  /** The seed. */
  readonly seed: number;
  /** Its value. */
  readonly value: Measured;
  /** Whether it fired; null if not evaluated. */
  readonly fired: boolean | null;
  /** Why. */
  readonly reason: string;
}

/** A diagnostic over seeds: judged on the aggregated value, with every seed beside it. */
export interface AggregatedDiagnostic extends Diagnostic {
  /** How the seeds became one value. */
  readonly aggregation: "median over seeds" | "mean of seed-paired differences";
  /** Every seed, ascending. */
  readonly perSeed: readonly SeedDiagnostic[];
  /** n: number of seeds. */
  readonly seeds: number;
  /** k: seeds in which it fired. */
  readonly firedSeeds: number;
  /** Seeds in which it was evaluated. */
  readonly evaluatedSeeds: number;
  /** Whether it fired in some seeds and stayed silent in others. */
  readonly split: boolean;
}

/** A diagnostic of one seed. */
export interface OfSeed<T> {
  readonly seed: number;
  readonly value: T;
}

/**
 * Median over seeds (§4), for (a)–(c). A seed that was not evaluated could have had any value:
 * the median fires if it does so wherever that value lies, but it is silent only if every seed was
 * evaluated, because the unmeasured is never a pass.
 */
export function aggregateMedian(seeds: readonly OfSeed<Diagnostic>[]): AggregatedDiagnostic {
  const { id, name, direction, unit, threshold } = seeds[0]!.value;
  const kind = { id, name, direction, unit };
  const ranges = seeds.map(({ value }) => rangeOf(value));
  const low = median(ranges.map(([from]) => from));
  const high = median(ranges.map(([, to]) => to));
  const batchSizes = [...new Set(seeds.map(({ value }) => value.details.batchSize))];
  const measuredAt = batchSizes.filter((size) => typeof size === "number");
  const details = {
    seeds: seeds.map(({ seed }) => seed),
    ...(measuredAt.length > 0 && { measuredAtBatchSizes: measuredAt }),
  };
  const bound = direction === "above" ? low : high; // the end that is farther from firing
  const what = `the median ${name} over seeds`;
  let found: Diagnostic;
  if (fires(bound, threshold, direction)) {
    const limit = low === high ? "" : direction === "above" ? "at least" : "at most";
    const value = measured(bound, what);
    const text = isMeasured(value) ? beside(threshold, value) : "overflow";
    const reason = `${limit && `${limit} `}${text} is ${direction} ${formatNumber(threshold)}`;
    const known = limit ? { ...details, bound: limit } : details;
    found = outcome(kind, value, threshold, known, true, reason);
  } else if (seeds.some(({ value }) => !value.evaluated)) {
    const reason = notEvaluatedFor(seeds);
    found = notEvaluated(kind, unmeasured(`${what}: ${reason}`), threshold, details, reason);
  } else if (fires(direction === "above" ? high : low, threshold, direction)) {
    const reason = `${what} is known only to be at least ${formatNumber(low)}`;
    found = notEvaluated(kind, unmeasured(reason), threshold, details, reason);
  } else {
    found = judge(kind, measured(bound, what), threshold, details);
  }
  return overSeeds(found, "median over seeds", seeds);
}

/** For which seeds it was not evaluated, and why not for the first of them. */
function notEvaluatedFor(seeds: readonly OfSeed<Diagnostic>[]): string {
  const unknown = seeds.filter(({ value }) => !value.evaluated);
  return `not evaluated for ${seedWords(unknown.map(({ seed }) => seed))}: ${
    unknown[0]!.value.reason
  }`;
}

/** Where the true value of one seed can lie. */
function rangeOf({ value, evaluated, details }: Diagnostic): [from: number, to: number] {
  if (!evaluated) return [-Infinity, Infinity];
  if (!isMeasured(value)) return [Infinity, Infinity]; // overflow is the only unmeasured outcome
  return details.lowerBound === true ? [value, Infinity] : [value, value];
}

/** Accuracies of one seed. */
export interface AccuracyPair {
  readonly accuracy: Accuracy;
  readonly frozen: Accuracy | undefined;
}

/** Mean of the seed-paired differences (§4), for (d): evaluated only if it is for every seed. */
export function aggregateDepthUtility(
  seeds: readonly OfSeed<Diagnostic>[],
  pairs: readonly AccuracyPair[],
): AggregatedDiagnostic {
  const { id, name, direction, unit, threshold } = seeds[0]!.value;
  const kind = { id, name, direction, unit };
  const details = { seeds: seeds.map(({ seed }) => seed) };
  const value: Measured = seeds.some(({ value }) => !value.evaluated)
    ? unmeasured(notEvaluatedFor(seeds))
    : meanDifference(pairs);
  return overSeeds(
    judge(kind, value, threshold, details),
    "mean of seed-paired differences",
    seeds,
  );
}

/** One quotient of counts where all test sets have the same size, so that .02 is .02. */
function meanDifference(pairs: readonly AccuracyPair[]): number {
  const total = pairs[0]!.accuracy.total;
  const complete = pairs as readonly { accuracy: Accuracy; frozen: Accuracy }[];
  if (complete.every(({ accuracy: a, frozen: f }) => a.total === total && f.total === total)) {
    let difference = 0;
    for (const { accuracy, frozen } of complete) difference += accuracy.correct - frozen.correct;
    return difference / (pairs.length * total);
  }
  return mean(complete.map(({ accuracy, frozen }) => accuracyDifference(accuracy, frozen)));
}

function overSeeds(
  found: Diagnostic,
  aggregation: AggregatedDiagnostic["aggregation"],
  seeds: readonly OfSeed<Diagnostic>[],
): AggregatedDiagnostic {
  const fired = seeds.filter(({ value }) => value.fired === true).length;
  const evaluated = seeds.filter(({ value }) => value.evaluated).length;
  const split = fired > 0 && fired < evaluated;
  const parts = [
    found.reason,
    `fired in ${fired} of ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"}`,
  ];
  if (split) parts.push("the seeds disagree");
  if (evaluated < seeds.length) parts.push(`evaluated in ${evaluated}`);
  const sizes = found.details.measuredAtBatchSizes;
  if (Array.isArray(sizes) && sizes.join() !== String(referenceBatchSize)) {
    parts.push(`measured at B=${sizes.join(", ")}, scaled to B=${referenceBatchSize}`);
  }
  return {
    ...found,
    reason: parts.join("; "),
    aggregation,
    perSeed: seeds.map(({ seed, value }) => ({
      seed,
      value: value.value,
      fired: value.fired,
      reason: value.reason,
    })),
    seeds: seeds.length,
    firedSeeds: fired,
    evaluatedSeeds: evaluated,
    split,
  };
}
