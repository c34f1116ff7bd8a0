// The rule by which a claim is called reproduced.

import { isMeasured, type Measured } from "@fa/protocol";
import { type Interval, intervalText, overlap } from "./interval.ts";
import type { Stated } from "./stated.ts";

/** What can be said of a claim. */
export type Status = "reproduced" | "consistent" | "differs" | "not measured";

/** All of them, in the order of the count line. */
export const statuses: readonly Status[] = ["reproduced", "consistent", "differs", "not measured"];

/** A status and what it rests on. */
export interface Judged {
  readonly status: Status;
  /** Why, in words. */
  readonly why: string;
}

/** A measurement of ours over seeds. */
export interface Ours {
  readonly mean: number;
  /** Sample standard deviation (n − 1) over seeds, where there are several. */
  readonly s: Measured;
  /** Seeds. */
  readonly n: number;
}

/**
 * `reproduced` if ours lies within the rounding interval of what is stated, or within two pooled
 * standard deviations of the stated number, of a range its nearer end; else `differs`. Pooled are
 * the spread of both where both have one: √(((n − 1)s² + (m − 1)t²) / (n + m − 2)), with m = 3 seeds
 * of the paper; where only one has a spread, it is that one. Where neither has, rounding decides.
 */
export function compare(stated: Stated, { mean, s, n }: Ours, paperSeeds = 3): Judged {
  const within = `within rounding ${intervalText(stated)}`;
  if (overlap({ low: mean, high: mean }, stated)) return { status: "reproduced", why: within };
  const nearest = stated.centre ?? (mean < stated.low ? stated.low : stated.high);
  const pooled = pool(isMeasured(s) ? { s, n } : undefined, stated.s, paperSeeds);
  if (!pooled) {
    return { status: "differs", why: `outside of rounding ${intervalText(stated)}, no s` };
  }
  const distance = Math.abs(mean - nearest) / pooled.s;
  const close = distance <= 2 + 1e-12; // .306 − .290 is 2 × .008 but for rounding of doubles
  const digits = close ? distance.toFixed(1) : atLeastTwo(distance);
  return { status: close ? "reproduced" : "differs", why: `${digits} s away (s ${pooled.of})` };
}

/** 2.04 is not 2.0: more than two must not be printed as two. */
function atLeastTwo(distance: number): string {
  if (!Number.isFinite(distance)) return "infinitely many";
  if (distance >= 100) return distance.toPrecision(2).replace("e+", "e");
  for (let digits = 1; digits <= 15; digits++) {
    const text = distance.toFixed(digits);
    if (Number(text) > 2) return text;
  }
  return String(distance);
}

function pool(
  ours: { readonly s: number; readonly n: number } | undefined,
  theirs: number | undefined,
  m: number,
): { readonly s: number; readonly of: string } | undefined {
  if (ours && theirs !== undefined) {
    const { s, n } = ours;
    const free = Math.max(n + m - 2, 1);
    return { s: Math.sqrt(((n - 1) * s * s + (m - 1) * theirs * theirs) / free), of: "pooled" };
  }
  if (ours) return { s: ours.s, of: "of ours" };
  return theirs === undefined ? undefined : { s: theirs, of: "of the paper" };
}

/**
 * Whether a stated number follows from other stated numbers: `consistent` if the interval that they
 * leave it meets its own rounding interval, else `differs`.
 */
export function follows(stated: Interval, derived: Interval): Judged {
  const same = overlap(stated, derived);
  const why = `${intervalText(derived)} ${same ? "meets" : "misses"} ${intervalText(stated)}`;
  return { status: same ? "consistent" : "differs", why };
}

/** The status of a row with several parts: one that differs decides, then one that is missing. */
export function combine(parts: readonly Status[]): Status {
  for (const status of ["differs", "not measured", "consistent"] as const) {
    if (parts.includes(status)) return status;
  }
  return "reproduced";
}
