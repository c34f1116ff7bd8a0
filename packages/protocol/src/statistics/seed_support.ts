// What k seeds can and cannot support, in words.
import { isMeasured, type Measured } from "../evidence/measured.ts";
import { distinctResamples } from "./bootstrap_interval.ts";
import { formatNumber } from "./format.ts";
import { smallestSignFlipP } from "./sign_flip_test.ts";
import { tIntervalFactor } from "./t_interval.ts";

/** What can be said from k seeds. */
export interface SeedSupport {
  /** k. */
  readonly seeds: number;
  /** Half-width of the 95 % t-interval of a mean, in units of s. */
  readonly tFactor: Measured;
  /** Smallest two-sided p of the exact sign-flip test paired by seed: 2/2ᵏ; 1 for k = 1. */
  readonly smallestP: number;
  /** Whether that test can reach p < .05 at all. */
  readonly canReach05: boolean;
  /** Distinct resamples of a bootstrap: C(2k−1, k). */
  readonly distinctResamples: number;
  /** All of it in sentences; the first says the most. */
  readonly statements: readonly string[];
}

/**
 * What k seeds can and cannot support: the width of the 95 % t-interval of a mean, and whether an
 * exact test paired by seed can reach p < .05 at all: its smallest p is 2/2ᵏ, so not with fewer than
 * 6 seeds, however large and unanimous the differences are.
 *
 * @param seeds k.
 * @throws {RangeError} if k is not a positive integer.
 *
 * @example
 * ```ts
 * import { seedSupport } from "@fa/protocol";
 *
 * const { smallestP, canReach05, statements } = seedSupport(3);
 * if (smallestP !== 0.25 || canReach05) throw new Error("three seeds cannot reach .05");
 * if (!statements[0]!.includes("±2.48 s")) throw new Error(statements[0]);
 * if (!seedSupport(6).canReach05) throw new Error("2/64 is .03125");
 * ```
 */
export function seedSupport(seeds: number): SeedSupport {
  const tFactor = tIntervalFactor(seeds);
  const smallestP = smallestSignFlipP(seeds);
  const resamples = distinctResamples(seeds);
  const canReach05 = smallestP < 0.05;
  return {
    seeds,
    tFactor,
    smallestP,
    canReach05,
    distinctResamples: resamples,
    statements: isMeasured(tFactor) ? statementsOf(seeds, tFactor, smallestP, resamples) : [
      "n=1 seed: there is no spread, so no difference between methods is supported beyond this seed.",
    ],
  };
}

function statementsOf(n: number, tFactor: number, smallestP: number, resamples: number): string[] {
  const p = formatNumber(smallestP);
  const test = smallestP < 0.05
    ? `an exact test paired by seed can reach p = ${p}, if all seeds agree in sign`
    : `no exact test paired by seed can reach p < .05 (its smallest p is ${p})`;
  const statements = [
    `n=${n} seeds: the 95 % t-interval of a mean is ±${tFactor.toFixed(2)} s, and ${test}.`,
  ];
  if (resamples < 1000) {
    statements.push(
      `A bootstrap of n=${n} values has only ${resamples} distinct resamples and cannot leave their range: it describes, it does not infer.`,
    );
  }
  statements.push(
    "Measurements that share a seed (layers, epochs, batches) are averaged per seed first: they do not raise n.",
  );
  return statements;
}
