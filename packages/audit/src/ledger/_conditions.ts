// The conditions of the paper's runs, and the commands that measure them.

import { type NumberOptions, of, paired, type Pick, type Query } from "./query.ts";
import type { Where } from "./where.ts";

/** Batch size at which ‖g‖ of the main audit is published. */
export const B = 128;
/** The one of the λ sweep, the early epochs, the first fires and 5e-10 (§6: B ≈ 1000). */
export const LARGE_B = 1024;
/** Said of ‖g‖ at {@link LARGE_B}. */
export const atLargeB: NumberOptions = { near: ["‖g‖ scaled to B = 1024, the paper's B ≈ 1000"] };
/** Said of deep means without h_L. */
export const deepOurs: NumberOptions = {
  format: "cosine",
  near: ["mean over l = 1..L−1; the paper's layers are not stated"],
};
export const cosines: NumberOptions = { format: "cosine" };
export const points: NumberOptions = { format: "points" };

/** The paper's methods, in the order of its table. */
export const methods = ["bp", "ep", "dfa", "cb", "sb"] as const;

/** The main audit: 100 epochs, no penalty. */
export const main = (method: string): Where => ({ method, epochs: 100 });
/** Its frozen-blocks baseline. */
export const frozen = (method: string, epochs = 100): Where => ({ method, epochs, frozen: true });
/** A shorter training without penalty. */
export const plain = (method: string, epochs = 30): Where => ({ method, epochs });
/** With a penalty. */
export const penalised = (method: string, lambda = 1e-2, epochs = 30): Where => ({
  method,
  lambda,
  epochs,
});
/** The first epochs: of the long schedule, or of one of five. */
export const early = (trained: number): Where => ({ method: "dfa", epochs: [100, 5], trained });

/** A difference in percentage points, paired by seed. */
export const pointsBetween = (pick: Pick, first: Where, second: Where): Query =>
  paired([first, second], pick, (a, b) => 100 * (a - b), points);
/** A ratio, paired by seed. */
export const ratioBetween = (pick: Pick, first: Where, second: Where): Query =>
  paired([first, second], pick, (a, b) => a / b);
/** An accuracy or a cosine. */
export const cosineOf = (pick: Pick, where: Where): Query => of(pick, where, cosines);

/**
 * A deep cosine as the paper takes it, l = 1..L; where no record has the credit at h_L, the mean over
 * l = 1..L−1, which is a near condition.
 */
export function deepWithTop(
  pick: (name: "deepPaper" | "deepOurs") => Pick,
  where: Where,
): Query {
  const [paper, ours] = [
    of(pick("deepPaper"), where, cosines),
    of(pick("deepOurs"), where, {
      format: "cosine",
      near: ["mean over l = 1..L−1, the paper's l = 1..L"],
    }),
  ];
  return {
    where: paper.where,
    answer: (found) => {
      const answer = paper.answer(found);
      const other = answer.kind === "none" ? ours.answer(found) : answer;
      return other.kind === "none" ? answer : other;
    },
  };
}

const data = "--preset paper --data-dir DIR";
/** The main audit. */
export const audit: string = `audit ${data}`;
/** A control. */
export const control = (name: string): string => `audit control ${name} ${data}`;
/** A pitfall. */
export const pitfall = (number: number): string => `audit pitfalls ${number}`;
/** Rows that say something of other rows only. */
export const arithmetic = "arithmetic";
/** Rows about models that this software does not have. */
export const noModel = "–";
