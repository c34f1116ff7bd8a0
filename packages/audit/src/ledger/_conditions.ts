// The conditions of the paper's runs, and the commands that measure them.

import { accuracy } from "./picks.ts";
import { type NumberOptions, of, paired, type Pick, type Query } from "./query.ts";
import type { Where } from "./where.ts";

/** Batch size at which ‖g‖ of the main audit is published. */
export const B = 128;
/** The one of the λ sweep, the early epochs, the first fires and 5e-10 (§6: B ≈ 1000). */
export const LARGE_B = 1024;
/**
 * Said of ‖g‖ at {@link LARGE_B}: at B = 1024 it is up to 1024/1000 times less than at B = 1000, so
 * that the interval of the claim reaches further down.
 */
export const atLargeB: NumberOptions = {
  near: [
    "‖g‖ scaled to B = 1024; the paper's B ≈ 1000 is read as 1000 to 1024, the interval widened " +
    "by that",
  ],
  factor: { low: 1000 / LARGE_B, high: 1 },
};
/** Said of deep means without h_L. */
export const deepOurs: NumberOptions = {
  format: "cosine",
  near: ["mean over l = 1..L−1; the paper's layers are not stated"],
};
export const cosines: NumberOptions = { format: "cosine" };
/** An accuracy, and a difference of two in points. */
const accuracies: NumberOptions = { format: "cosine", accuracy: true };
const points: NumberOptions = { format: "points", accuracy: true };

/** The paper's methods, in the order of its table. */
export const methods = ["bp", "ep", "dfa", "cb", "sb"] as const;

/** The main audit: 100 epochs, no penalty. */
export const main = (method: string): Where => ({ method, epochs: 100 });
/** Its frozen-blocks baseline. */
export const frozen = (method: string, epochs = 100): Where => ({ method, epochs, frozen: true });
/** A shorter training without penalty. */
export const plain = (method: string, epochs = 30): Where => ({ method, epochs });
/** With a penalty. */
export const penalised = (
  method: string,
  lambda = 1e-2,
  epochs: number | readonly number[] = 30,
): Where => ({ method, lambda, epochs });
/** The first epochs: of the long schedule, or of one of five. */
export const early = (trained: number): Where => ({ method: "dfa", epochs: [100, 5], trained });

/** Accuracy. */
export const accuracyOf = (where: Where): Query => of(accuracy, where, accuracies);
/** A difference of accuracies in percentage points, paired by seed. */
export const pointsBetween = (first: Where, second: Where): Query =>
  paired([first, second], accuracy, (a, b) => 100 * (a - b), points);
/** A ratio, paired by seed. */
export const ratioBetween = (pick: Pick, first: Where, second: Where): Query =>
  paired([first, second], pick, (a, b) => a / b);
/** A cosine. */
export const cosineOf = (pick: Pick, where: Where): Query => of(pick, where, cosines);

/**
 * A deep cosine as the paper takes it, l = 1..L; where no record has the credit at h_L, the mean over
 * l = 1..L−1, which is a near condition.
 */
export function deepWithTop(
  pick: (name: "deepPaper" | "deepOurs") => Pick,
  where: Where,
  told: readonly string[] = [],
): Query {
  const [paper, ours] = [
    of(pick("deepPaper"), where, { ...cosines, told }),
    of(pick("deepOurs"), where, {
      ...cosines,
      told,
      near: ["mean over l = 1..L−1, the paper's l = 1..L"],
    }),
  ];
  return {
    where: paper.where,
    wheres: paper.wheres,
    answer: (found) => {
      const [exact, other] = [paper.answer(found), ours.answer(found)];
      if (exact.kind !== "number") return other.kind === "none" ? exact : other;
      if (other.kind !== "number" || other.n <= exact.n) return exact;
      return { ...exact, told: [...exact.told, `mean over l = 1..L−1: ${other.text}`] };
    },
  };
}

/** The main audit. */
export const audit: string = "audit --preset paper --data-dir DIR";
/** DFA with the penalty, at the length of the main audit. */
export const auditWithPenalty: string =
  "audit --preset paper --methods dfa --lambda 1e-2 --data-dir DIR";
/** A control, at its own length or at that of the main audit. */
export const control = (name: string, epochs?: number): string =>
  `audit control ${name} --preset paper${
    epochs === undefined ? "" : ` --epochs ${epochs}`
  } --data-dir DIR`;
/** A pitfall. */
export const pitfall = (number: number): string => `audit pitfalls ${number}`;
/** Rows that say something of other rows only. */
export const arithmetic = "arithmetic";
/** Rows that nothing can measure: definitions, and models that this software does not have. */
export const noCommand = "–";
