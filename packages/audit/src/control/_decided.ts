// What the sign of a difference over seeds can and cannot decide.

import {
  formatNumber,
  isMeasured,
  type RunEvidence,
  type SeedSummary,
  signFlipTest,
} from "@fa/protocol";

/** Whether a difference has a sign that can be told from chance. */
export interface Decided {
  /** Its sign; null where it is not decided. */
  readonly sign: 1 | -1 | null;
  /** What it rests on, or why there is nothing, with the figures. */
  readonly why: string;
}

/**
 * The sign of a difference over seeds. It is decided only if there are at least two seeds, all of them
 * have it, and the mean is larger than its standard error: s/√n over the seeds, or that of `sampling`,
 * whichever is larger.
 *
 * @param difference one value for each seed.
 * @param sampling standard error that the mean has by the finite test set, see
 * {@link accuracyError}. Default 0.
 */
export function decidedSign(
  { perSeed, mean, sampleStandardDeviation: s }: SeedSummary,
  sampling = 0,
): Decided {
  const values = perSeed.map(({ value }) => value);
  const n = values.length;
  if (!values.every(isMeasured) || !isMeasured(mean)) return none("not measured in all seeds");
  if (n < 2) return none("one seed decides no sign");
  const known = values as number[];
  const overSeeds = isMeasured(s) ? s / Math.sqrt(n) : 0;
  const error = Math.max(overSeeds, sampling);
  const kind = sampling > overSeeds ? "binomial" : "s/√n";
  const { p, minimumP } = n <= 20 ? signFlipTest(known) : { p: undefined, minimumP: 0 };
  const test = p === undefined
    ? ""
    : `, sign-flip p=${formatNumber(p)} (least with ${n} seeds ${formatNumber(minimumP)})`;
  const why = `standard error ${formatNumber(error)} (${kind})${test}`;
  const sign = mean > 0 ? 1 : -1;
  if (!known.every((value) => value * sign > 0)) return none(`the seeds disagree; ${why}`);
  if (Math.abs(mean) <= error) return none(`within its standard error; ${why}`);
  return { sign, why };
}

function none(why: string): Decided {
  return { sign: null, why };
}

/** √(Σ p(1 − p)/N) / n: the standard error that a mean difference of accuracies has by its test set. */
export function accuracyError(...groups: readonly (readonly RunEvidence[])[]): number {
  const runs = groups.flat();
  const seeds = Math.max(...groups.map(({ length }) => length), 1);
  let variance = 0;
  for (const { finalAccuracy: { value, total } } of runs) variance += value * (1 - value) / total;
  return Math.sqrt(variance) / seeds;
}
