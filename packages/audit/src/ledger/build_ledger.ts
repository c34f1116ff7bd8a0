// The ledger: every claim of the paper beside what the evidence says of it.

import { auditChecks } from "./checks_audit.ts";
import { type Check, type ClaimChecks, type Part, sayer } from "./claim.ts";
import { controlChecks } from "./checks_controls.ts";
import { type Interval, times } from "./interval.ts";
import { type Published, published } from "./published.ts";
import type { Answer, Source } from "./query.ts";
import type { FoundEvidence } from "./results.ts";
import { parseStated, type Stated } from "./stated.ts";
import { combine, compare, follows, type Judged, type Status } from "./status.ts";

/** On what a status rests; `arithmetic` is whatever needs no run. */
export type Basis = "runs" | "arithmetic" | "definition" | "nothing";

const bases: readonly Basis[] = ["runs", "arithmetic", "definition", "nothing"];

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
  readonly basis: Basis;
  /** Why. */
  readonly why: string;
  /** Conditions of the claim, and what must be known of ours. */
  readonly conditions: readonly string[];
  /** In what ours are only near. */
  readonly near: readonly string[];
  /** The records that ours come from; their paths are below the folder of results. */
  readonly evidence: readonly Source[];
}

/** One claim in the ledger. */
export interface LedgerRow extends Published {
  /** Status against v2 where there is one, else against v1. */
  readonly status: Status;
  /** Status against v1, where it is another one. */
  readonly statusV1?: Status;
  /** On what the status rests. */
  readonly basis: Basis;
  /** Whether it rests on runs whose conditions are only near those of the claim. */
  readonly near: boolean;
  /** Each number or word, against v2 where there is one, else v1. */
  readonly parts: readonly LedgerPart[];
  /** What must be known to read it. */
  readonly note?: string;
  /**
   * The commands that measure it at the paper's size; `arithmetic` for what only follows from other
   * rows, `–` for what nothing here measures.
   */
  readonly commands: readonly string[];
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
    const { parts, commands, note } = claimChecks[claim.number]!;
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
    const deciding = best.filter((part) => part.status === status);
    const basis = bases.find((each) => deciding.some((part) => part.basis === each))!;
    const two = draft.length > 0 && best.some(({ version }) => version === "v2");
    return {
      ...claim,
      status,
      ...(two && statusV1 !== status && { statusV1 }),
      basis,
      near: basis === "runs" && deciding.some(({ near }) => near.length > 0),
      parts: best,
      ...(note !== undefined && { note }),
      commands,
    };
  });
}

function judgePart(
  { what }: Part,
  version: "v1" | "v2",
  check: Check,
  found: readonly FoundEvidence[],
): LedgerPart {
  const shared = { ...(what !== undefined && { what }), version, printed: check.printed };
  const nothing = { ours: null, near: [], evidence: [] };
  const where = check.query?.where ? [check.query.where] : [];
  if (check.definition !== undefined) {
    const why = check.definition;
    return {
      ...{ ...shared, ...nothing, why },
      ...{ status: "not measured", basis: "definition", conditions: [] },
    };
  }
  const answer: Answer = check.query?.answer(found) ??
    { kind: "none", reason: "nothing to measure" };
  if (answer.kind === "none") {
    const derived = check.follows && derive(check);
    return {
      ...shared,
      ...nothing,
      status: derived?.status ?? "not measured",
      basis: derived ? "arithmetic" : "nothing",
      why: derived ? derived.why : answer.reason,
      conditions: where,
    };
  }
  const { near, told, evidence } = answer;
  const judged = answer.kind === "words"
    ? sameWords(check, answer.text)
    : compare(widened(statedBy(check), answer.factor), answer);
  return {
    ...shared,
    ours: answer.text,
    ...(answer.kind === "number" && {
      value: { mean: answer.mean, s: typeof answer.s === "number" ? answer.s : null, n: answer.n },
    }),
    ...judged,
    basis: evidence.length > 0 ? "runs" : "arithmetic",
    conditions: [...told, ...where, ...near],
    near,
    evidence,
  };
}

/** What is stated, where its conditions leave a factor open: a range, which has no centre. */
function widened(stated: Stated, factor: Interval | undefined): Stated {
  if (!factor) return stated;
  const { text, s } = stated;
  return { text, ...times(stated, factor), ...(s !== undefined && { s }) };
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
