// What two runs must share before their numbers may be compared.
import type { RunEvidence } from "./run_evidence.ts";

/** A condition of a run, by name. */
export type Condition = readonly [what: string, pick: (run: RunEvidence) => string | number];

/** Data, depth and length of a run. */
export const conditions: readonly Condition[] = [
  ["dataset", (run) => run.dataset.name],
  ["split", (run) => run.dataset.split],
  ["number of training samples", (run) => run.dataset.trainSize],
  ["size of the test set", (run) => run.dataset.testSize],
  ["number of test samples", (run) => run.finalAccuracy.total],
  ["number of blocks", (run) => run.initial.hiddenNorms.length - 1],
  ["number of epochs", (run) => run.epochs.at(-1)?.epoch ?? 0],
];

/** The first condition in which two runs differ; undefined if there is none. */
export function firstDifference(
  a: RunEvidence,
  b: RunEvidence,
  among: readonly Condition[] = conditions,
): { readonly what: string; readonly a: string | number; readonly b: string | number } | undefined {
  for (const [what, pick] of among) {
    if (pick(a) !== pick(b)) return { what, a: pick(a), b: pick(b) };
  }
  return undefined;
}
