// How a claim is checked: what is stated, what is measured, and what follows from other claims.

import type { Interval } from "./interval.ts";
import { published } from "./published.ts";
import type { Query } from "./query.ts";
import { parseStated, type Stated } from "./stated.ts";
import type { Judged } from "./status.ts";

/** Reads a number that stands in a row; remembers which rows it was asked for. */
export type Say = (row: number, printed: string) => Stated;

/** What other rows say of a claim: an interval that it must meet, or a verdict with its reason. */
export type Follows = (say: Say) => Interval | Judged;

/** One number or word of a claim, in one version. */
export interface Check {
  /** As printed in the row. */
  readonly printed: string;
  /** How it reads as words rather than as a number; the words that the evidence must give. */
  readonly words?: string;
  /** How it reads where its rounding is not that of its digits. */
  readonly as?: Interval;
  /** Asks the evidence. */
  readonly query?: Query;
  /** What follows from other rows. */
  readonly follows?: Follows;
  /** Why it is a definition, which nothing can measure. */
  readonly definition?: string;
}

/** A part of a claim: a row may hold several numbers. */
export interface Part {
  /** What it is, where a row has several. */
  readonly what?: string;
  readonly v1?: Check;
  readonly v2?: Check;
}

/** How one claim is checked. */
export interface ClaimChecks {
  /** The commands that measure it at the paper's size, `arithmetic`, or `–`. */
  readonly commands: readonly string[];
  readonly parts: readonly Part[];
  /** What must be known to read it. */
  readonly note?: string;
}

/**
 * A {@link Say} and the list of what it was asked for. What is not printed in the row is refused:
 * nothing is derived from a number that nobody stated.
 *
 * @throws {RangeError} if the row does not print it.
 */
export function sayer(): { readonly say: Say; readonly cited: string[] } {
  const cited: string[] = [];
  return {
    cited,
    say: (row, printed) => {
      const { v1, v2 } = published[row - 1]!;
      if (![v1, v2].some((text) => text.includes(printed))) {
        throw new RangeError(`Cannot derive from row ${row} as it does not print this: ${printed}`);
      }
      const text = `row ${row} (${printed})`;
      if (!cited.includes(text)) cited.push(text);
      return parseStated(printed);
    },
  };
}
