// Numbers of the paper against numbers of this run.

import { isMeasured, type RunEvidence, type SeedSummary } from "@fa/protocol";
import { LARGE_B } from "../ledger/_conditions.ts";
import { parseStated } from "../ledger/stated.ts";
import { compare } from "../ledger/status.ts";
import { unlikePaper } from "../published/unlike_paper.ts";
import type { Finding } from "./control.ts";

/** What is said beside gradients that are published at {@link LARGE_B}. */
export const gradientNote: string = `at B≈1000 [inferred]; ours times 128/${LARGE_B}`;

/** Factor from ‖g‖ at B=128 to ‖g‖ where the paper has it at B≈1000, as CE is a mean over B. */
export const gradientScale: number = 128 / LARGE_B;

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
  /** Epochs of the paper's runs, all of them trained, where they are not those of the others. */
  readonly epochs?: number;
  readonly found: SeedSummary;
}

/**
 * Findings of published numbers, by the rule of the ledger; those whose runs are not the paper's are
 * one finding, which says what is other.
 *
 * @param runs those that are compared; their data, sizes and options must be those of the paper.
 * @param epochs the paper's epochs; undefined where it does not say.
 * @param stopAfter how many of them are trained. Default all.
 */
export function comparisons(
  list: readonly Comparison[],
  runs: readonly RunEvidence[],
  epochs: number | undefined,
  stopAfter: number | undefined = epochs,
): Finding[] {
  const horizons = [...new Set(list.map((each) => each.epochs))];
  return horizons.flatMap((own): Finding[] => {
    const group = list.filter((each) => each.epochs === own);
    const other = own === undefined
      ? otherThanPaper(runs, epochs, stopAfter)
      : otherThanPaper(runs, own);
    return other.length > 0 ? [notCompared(group, other)] : group.map(judged);
  });
}

function notCompared(list: readonly Comparison[], other: readonly string[]): Finding {
  const said = list.map(({ what, paper }) => `${what} ${paper}`);
  return {
    claims: [...new Set(list.flatMap((each) => each.claims))].sort((a, b) => a - b),
    expectation: `The paper reports: ${said.join("; ")}.`,
    measured: `Not compared number by number, as this run has ${other.join(", ")}.`,
    agrees: null,
  };
}

function judged(
  { claims, what, paper, scale = 1, note, found }: Comparison,
): Finding {
  const { mean, sampleStandardDeviation: s, n } = found;
  const status = isMeasured(mean)
    ? compare(parseStated(paper), { mean: mean * scale, s: isMeasured(s) ? s * scale : s, n })
    : undefined;
  return {
    claims,
    expectation: `The paper reports ${what} ${paper}${note ? ` (${note})` : ""}.`,
    // What a single seed lacks, the reason says.
    measured: `${found.text.replace(" (no standard deviation)", "")}${
      status ? `: ${status.why}` : ""
    }`,
    agrees: status ? status.status === "reproduced" : null,
  };
}

/** In what runs are not the paper's, with the epochs: those trained and those of the schedule. */
export function otherThanPaper(
  runs: readonly RunEvidence[],
  epochs: number | undefined,
  stopAfter: number | undefined = epochs,
): string[] {
  return [
    ...new Set(runs.flatMap((run) => [
      ...unlikePaper(run),
      ...otherEpochs(run, epochs, stopAfter),
    ])),
  ];
}

function otherEpochs(
  { configuration, epochs: rows }: RunEvidence,
  epochs: number | undefined,
  stopAfter: number | undefined,
): string[] {
  const horizon = configuration["epochs"];
  const trained = rows.at(-1)?.epoch ?? 0;
  const schedule = `${trained} epochs of a schedule of ${horizon ?? "unknown"}`;
  if (epochs === undefined) return [`${schedule} (the paper's are not stated)`];
  return horizon === epochs && trained === stopAfter
    ? []
    : [`${schedule} (paper ${stopAfter} of ${epochs})`];
}

/** What is to be known of the data of a run; nothing where they are the official split. */
export function splitNotes({ dataset }: RunEvidence): string[] {
  return dataset.name.startsWith("cifar10-holdout")
    ? [
      `The data are ${dataset.trainSize} training images of CIFAR-10, with a held-out part of them ` +
      "as test set; the paper's are the official split.",
    ]
    : [];
}
