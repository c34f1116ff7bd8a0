// Numbers of the paper against numbers of this run.

import { isMeasured, type RunEvidence, type SeedSummary } from "@fa/protocol";
import type { Finding } from "./control.ts";

/** A number as the paper prints it. */
export interface PaperNumber {
  readonly mean: number;
  /** Half a unit of its last digit. */
  readonly half: number;
  /** Its standard deviation, where it gives one. */
  readonly s: number | undefined;
}

/** Reads `0.360±0.002`, `2.2e4`, `-0.022`. */
export function paperNumber(text: string): PaperNumber {
  const found = /^([+-]?(?:\d+(?:\.(\d+))?|\.(\d+)))(?:e([+-]?\d+))?(?:±([\d.e+-]+))?$/.exec(text);
  if (!found) {
    throw new RangeError(`Cannot read a published number as it must be like 2.2e4: ${text}`);
  }
  const [, digits, afterDigits, alone, exponent = "0", s] = found;
  const decimals = afterDigits ?? alone ?? "";
  const scale = Number(`1e${exponent}`);
  return {
    mean: Number(`${digits}e${exponent}`),
    half: 0.5 * Number(`1e-${decimals.length}`) * scale,
    s: s === undefined ? undefined : Number(s),
  };
}

/**
 * Whether a value lies within the rounding interval of a published number, or within two pooled
 * standard deviations of it (of as many as are known).
 */
export function agreesWith(
  { mean: found, sampleStandardDeviation }: SeedSummary,
  text: string,
): boolean | null {
  if (!isMeasured(found)) return null;
  const { mean, half, s } = paperNumber(text);
  const known = [sampleStandardDeviation, s].filter((each) =>
    each !== undefined && isMeasured(each)
  ) as number[];
  const variance = known.reduce((sum, each) => sum + each * each, 0) / Math.max(known.length, 1);
  return Math.abs(found - mean) <= Math.max(half * (1 + 1e-9), 2 * Math.sqrt(variance));
}

/** One published number and what stands against it. */
export interface Comparison {
  /** Numbers of the claims. */
  readonly claims: readonly number[];
  /** What is compared, such as `accuracy of DFA at λ=0`. */
  readonly what: string;
  /** As the paper prints it. */
  readonly paper: string;
  /** Factor between the paper's unit and ours, for gradients at another B. Default 1. */
  readonly scale?: number;
  /** Said beside the published number. */
  readonly note?: string;
  readonly found: SeedSummary;
}

/**
 * Findings of published numbers; a single one where the runs are not those of the paper.
 *
 * @param like a run; its sizes and data must be those of the paper.
 * @param epochs the paper's epochs; undefined where it does not say.
 * @param stopAfter how many of them are trained. Default all.
 */
export function comparisons(
  list: readonly Comparison[],
  like: RunEvidence,
  epochs: number | undefined,
  stopAfter: number | undefined = epochs,
): Finding[] {
  if (list.length === 0) return [];
  const other = otherThanPaper(like, epochs, stopAfter);
  if (other.length > 0) {
    const claims = [...new Set(list.flatMap((each) => each.claims))].sort((a, b) => a - b);
    const said = list.map(({ what, paper }) => `${what} ${paper}`);
    return [{
      claims,
      expectation: `The paper reports: ${said.join("; ")}.`,
      measured: `Not compared number by number, as this run has ${other.join(", ")}.`,
      agrees: null,
    }];
  }
  return list.map(({ claims, what, paper, scale = 1, note, found }) => ({
    claims,
    expectation: `The paper reports ${what} ${paper}${note ? ` (${note})` : ""}.`,
    measured: `${found.text}${splitNote(like)}`,
    agrees: agreesWith(scaled(found, scale), paper),
  }));
}

/** Data and sizes that are not as in the paper, such as `d=64 (paper 256)`. */
export function otherSizesThanPaper(run: RunEvidence): string[] {
  const { width, depth, batch } = run.configuration;
  const other: string[] = [];
  if (!run.dataset.name.startsWith("cifar10")) {
    other.push(`data ${run.dataset.name} (paper CIFAR-10)`);
  }
  const sizes: readonly (readonly [string, unknown, number])[] = [
    ["d", width, 256],
    ["L", depth, 4],
    ["batch", batch, 128],
  ];
  for (const [name, found, paper] of sizes) {
    if (found !== paper) other.push(`${name}=${found ?? "unknown"} (paper ${paper})`);
  }
  return other;
}

/** The same with the epochs, those trained and those of the schedule. */
export function otherThanPaper(
  run: RunEvidence,
  epochs: number | undefined,
  stopAfter: number | undefined = epochs,
): string[] {
  const other = otherSizesThanPaper(run);
  const horizon = run.configuration["epochs"];
  const trained = run.epochs.at(-1)?.epoch ?? 0;
  const schedule = `${trained} epochs of a schedule of ${horizon ?? "unknown"}`;
  if (epochs === undefined) other.push(`${schedule} (the paper's are not stated)`);
  else if (horizon !== epochs || trained !== stopAfter) {
    other.push(`${schedule} (paper ${stopAfter} of ${epochs})`);
  }
  return other;
}

function splitNote({ dataset }: RunEvidence): string {
  return dataset.name === "cifar10-holdout"
    ? `; ${dataset.trainSize} training images and a held-out part of them as test set`
    : "";
}

function scaled(summary: SeedSummary, scale: number): SeedSummary {
  const { mean, sampleStandardDeviation: s } = summary;
  return {
    ...summary,
    mean: isMeasured(mean) ? mean * scale : mean,
    sampleStandardDeviation: isMeasured(s) ? s * scale : s,
  };
}
