// The exact test of paired differences: what if every sign were a coin?
import { largestMagnitude, scaleToOne } from "../evidence/_power_of_two.ts";

/** Outcome of {@link signFlipTest}. */
export interface SignFlipTest {
  /** Number of differences, one for each seed. */
  readonly n: number;
  /** Two-sided p: the share of the 2ⁿ sign patterns whose |Σ ±dᵢ| is at least |Σ dᵢ|. */
  readonly p: number;
  /** 2/2ⁿ (1 for n = 1): the smallest p that n differences could reach, whatever their size. */
  readonly minimumP: number;
  /** Sign patterns that were counted, of 2ⁿ; ties with what was observed are among them. */
  readonly atLeastAsExtreme: number;
}

const most = 20; // 2²⁰ patterns

/**
 * Exact two-sided sign-flip permutation test of differences paired by seed, by enumeration of all 2ⁿ
 * sign patterns. It supposes that under the null hypothesis each difference is as likely as its
 * negative. With 3 seeds no p below .25 exists, with 5 none below .0625; 6 can reach .03125.
 *
 * Ties count as at least as extreme, and sums within 2⁻⁴⁰ Σ|dᵢ| of each other tie: .1 + .2 is .3 here.
 *
 * @param differences one for each seed, such as those of `pairedDifferences`; measurements that share
 * a seed must be averaged first (`averagePerSeed`).
 * @throws {RangeError} if there are none, more than 20, or one is not finite.
 *
 * @example
 * ```ts
 * import { signFlipTest } from "@fa/protocol";
 *
 * const { p, minimumP } = signFlipTest([-0.041, -0.052, -0.030]);
 * if (p !== 0.25 || minimumP !== 0.25) throw new Error("three seeds cannot do better");
 * ```
 */
export function signFlipTest(differences: readonly number[]): SignFlipTest {
  const n = differences.length;
  if (n < 1 || n > most) {
    throw new RangeError(`Cannot flip all signs as there must be 1 to ${most} differences: ${n}`);
  }
  const wrong = differences.find((difference) => !Number.isFinite(difference));
  if (wrong !== undefined) {
    throw new RangeError(`Cannot flip signs as every difference must be finite: ${wrong}`);
  }
  // In units of the largest, so that no sum overflows and no tie is lost among subnormals.
  const unit = scaleToOne(largestMagnitude(differences));
  const scaled = differences.map((difference) => difference * unit);
  let size = 0;
  for (const difference of scaled) size += Math.abs(difference);
  const sum = (pattern: number): number => {
    let total = 0;
    for (let i = 0; i < n; i++) {
      total += (pattern >>> i) & 1 ? -scaled[i]! : scaled[i]!;
    }
    return Math.abs(total);
  };
  const observed = sum(0) - 2 ** -40 * size;
  // The pattern and its opposite have the same |sum|: the last sign can stay, and each counts twice.
  const half = 1 << (n - 1);
  let extreme = 0;
  for (let pattern = 0; pattern < half; pattern++) if (sum(pattern) >= observed) extreme += 2;
  return { n, p: extreme / (2 * half), minimumP: smallestSignFlipP(n), atLeastAsExtreme: extreme };
}

/** 2/2ⁿ, which is 1 for n = 1. */
export function smallestSignFlipP(n: number): number {
  let p = 1;
  for (let i = 1; i < n; i++) p /= 2;
  return p;
}
