// What the checks of claims are written with.

import type { Check, ClaimChecks, Part } from "./claim.ts";
import { type Interval, minus, over } from "./interval.ts";
import type { Query } from "./query.ts";
import type { Judged } from "./status.ts";

/** Both versions, asked the same. */
export const both = (v1: string, v2: string, query: Query): Part => ({
  v1: { printed: v1, query },
  v2: { printed: v2, query },
});

/** Both versions in words, asked the same. */
export const words = (v1: string, v2: string, query: Query): Part => ({
  v1: { printed: v1, words: v1, query },
  v2: { printed: v2, words: v2, query },
});

/** The draft alone. */
export const draft = (
  printed: string,
  query: Query,
  more: Omit<Check, "printed" | "query"> = {},
): Part => ({ v1: { printed, query, ...more } });

/** A row; of several commands each measures a part of it. */
export const row = (
  command: string | readonly string[],
  ...parts: readonly Part[]
): ClaimChecks => ({ commands: [command].flat(), parts });

/** A row that chooses a name or a number and so cannot be measured; the reason says why. */
export const definition = (printed: string, reason: string): ClaimChecks =>
  row("–", { v1: { printed, definition: reason } });

/** A difference of two printed fractions, in percentage points. */
export const inPoints = (x: Interval, y: Interval): Interval => {
  const { low, high } = minus(x, y);
  return { low: 100 * low, high: 100 * high };
};

/** A ratio of two printed fractions, in per cent. */
export const inPercent = (x: Interval, y: Interval): Interval => {
  const { low, high } = over(x, y);
  return { low: 100 * low, high: 100 * high };
};

/** A statement that other rows carry, or not; `why` says what they give, whatever that is. */
export const statement = (holds: boolean, why: string): Judged => ({
  status: holds ? "consistent" : "differs",
  why,
});
