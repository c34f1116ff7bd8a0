// The ledger: every claim of the paper beside what the evidence says of it.

import { auditChecks } from "./checks_audit.ts";
import { type Check, type ClaimChecks, type Part, sayer } from "./claim.ts";
import { controlChecks } from "./checks_controls.ts";
import { type Published, published } from "./published.ts";
import type { Answer } from "./query.ts";
import type { FoundEvidence } from "./results.ts";
import { parseStated, type Stated } from "./stated.ts";
import { combine, compare, follows, type Judged, type Status } from "./status.ts";

/** What was found of one number or word of a claim. */
export interface LedgerPart {
  /** What it is, where a row has several. */
  readonly what?: string;
  /** `v1` or `v2`: with which version ours is compared. */
  readonly version: "v1" | "v2";
  /** As printed. */
  readonly printed: string;
  /** What ours is; null where nothing was measured. */
  readonly ours: string | null;
  /** Its number, its spread and its seeds, where it is one. */
  readonly value?: { readonly mean: number; readonly s: number | null; readonly n: number };
  readonly status: Status;
  /** Why. */
  readonly why: string;
  /** Conditions of the claim, and in what ours are only near. */
  readonly conditions: readonly string[];
}

/** One claim in the ledger. */
export interface LedgerRow extends Published {
  /** Status against v2 where there is one, else against v1. */
  readonly status: Status;
  /** Status against v1, where it is another one. */
  readonly statusV1?: Status;
  /** Each number or word, against v2 where there is one, else v1. */
  readonly parts: readonly LedgerPart[];
  /** What must be known to read it. */
  readonly note?: string;
  /** The command that measures it; `arithmetic` for what only follows from other rows. */
  readonly command: string;
}

/** How each claim is checked, by number. */
export const claimChecks: Readonly<Record<number, ClaimChecks>> = {
  ...auditChecks,
  ...controlChecks,
};

/**
 * Holds all 114 claims against evidence. A measurement decides where there is one under the
 * conditions of the claim; else what follows from other rows does; else the claim is not measured.
 *
 * @param found evidence, from `readResults`.
 */
export function buildLedger(found: readonly FoundEvidence[]): LedgerRow[] {
  return published.map((claim) => {
    const { parts, command, note } = claimChecks[claim.number]!;
    const judged = (pick: (part: Part) => ["v1" | "v2", Check] | undefined): LedgerPart[] =>
      parts.flatMap((part) => {
        const chosen = pick(part);
        return chosen ? [judgePart(part, ...chosen, found)] : [];
      });
    const best = judged((part) =>
      part.v2 ? ["v2", part.v2] : part.v1 ? ["v1", part.v1] : undefined
    );
    const draft = judged((part) => part.v1 && ["v1", part.v1]);
    const status = combine(best.map((part) => part.status));
    const statusV1 = combine(draft.map((part) => part.status));
    const two = draft.length > 0 && best.some(({ version }) => version === "v2");
    return {
      ...claim,
      status,
      ...(two && statusV1 !== status && { statusV1 }),
      parts: best,
      ...(note !== undefined && { note }),
      command,
    };
  });
}

function judgePart(
  { what }: Part,
  version: "v1" | "v2",
  check: Check,
  found: readonly FoundEvidence[],
): LedgerPart {
  const answer: Answer = check.query?.answer(found) ??
    { kind: "none", reason: "nothing to measure" };
  const near = answer.kind === "none" ? [] : answer.near;
  const where = check.query?.where ? [check.query.where] : [];
  const shared = { ...(what !== undefined && { what }), version, printed: check.printed };
  if (answer.kind === "none") {
    const derived = check.follows && derive(check);
    return {
      ...shared,
      ours: null,
      status: derived?.status ?? "not measured",
      why: derived ? derived.why : answer.reason,
      conditions: where,
    };
  }
  const judged = answer.kind === "words"
    ? sameWords(check, answer.text)
    : compare(statedBy(check), answer);
  return {
    ...shared,
    ours: answer.text,
    ...(answer.kind === "number" && {
      value: { mean: answer.mean, s: typeof answer.s === "number" ? answer.s : null, n: answer.n },
    }),
    ...judged,
    conditions: [...where, ...near],
  };
}

function statedBy({ printed, as }: Check): Stated {
  return as ? { text: printed, ...as } : parseStated(printed);
}

function sameWords({ words, printed }: Check, found: string): Judged {
  const expected = words ?? printed;
  const same = found === expected;
  return {
    status: same ? "reproduced" : "differs",
    why: same ? "the same" : `${expected} was expected`,
  };
}

/** What other rows leave of a claim; says which rows. */
function derive(check: Check): Judged {
  const { say, cited } = sayer();
  const from = check.follows!(say);
  const judged = "status" in from ? from : follows(statedBy(check), from);
  const rows = cited.length === 0 ? "" : `from ${cited.join(", ")}: `;
  return { ...judged, why: `${rows}${judged.why}` };
}
