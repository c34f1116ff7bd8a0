// The ledger as a table on a terminal, and as the page docs/ledger.md.

import { escape, table } from "../output/_markdown.ts";
import { wrap } from "../output/columns.ts";
import type { LedgerPart, LedgerRow } from "./build_ledger.ts";
import { statuses } from "./status.ts";

/**
 * `12 reproduced (8 under near conditions, 4 by arithmetic), 40 consistent (40 by arithmetic), …, of
 * 114 claims`; `arithmetic` is whatever needs no run.
 */
export function countLine(rows: readonly LedgerRow[]): string {
  const parts = statuses.map((status) => {
    const of = rows.filter((row) => row.status === status);
    const details = [
      [of.filter(({ near }) => near).length, "under near conditions"],
      [of.filter(({ basis }) => basis === "arithmetic").length, "by arithmetic"],
      [of.filter(({ basis }) => basis === "definition").length, "as definitions"],
    ].filter(([n]) => n !== 0).map(([n, what]) => `${n} ${what}`);
    const word = status === "differs" && of.length !== 1 ? "differ" : status;
    return `${of.length} ${word}${details.length === 0 ? "" : ` (${details.join(", ")})`}`;
  });
  return `${parts.join(", ")}, of ${rows.length} ${rows.length === 1 ? "claim" : "claims"}`;
}

/** What was read. */
export interface LedgerSource {
  /** The folder, as it was named. */
  readonly folder: string;
  /** Records of evidence below it. */
  readonly records: number;
}

/** `11 records of evidence read under results`. */
export function sourceLine({ folder, records }: LedgerSource): string {
  return `${records} ${records === 1 ? "record" : "records"} of evidence read under ${folder}`;
}

const width = 100;

/** Every row in a paragraph of its own, then what was read, and the count. */
export function renderLedger(rows: readonly LedgerRow[], source: LedgerSource): string {
  const paragraphs = rows.map((row) => {
    const head = `${row.number} ${row.section}  ${row.claim}`;
    const lines = [
      ...wrap(`${head}: v1 ${row.v1}; v2 ${row.v2}`, width, "    "),
      ...wrap(
        `    ${statusText(row)}${oursText(row) ? `; ours ${oursText(row)}` : ""}`,
        width,
        "      ",
      ),
      ...wrap(`    ${conditionsText(row)}`, width, "      "),
      ...wrap(
        `    ${evidenceText(row) === "" ? "" : `evidence: ${evidenceText(row)}`}`,
        width,
        "      ",
      ),
      ...row.commands.flatMap((command) =>
        wrap(`    ${/^audit/.test(command) ? "the paper's size: " : ""}${command}`, width, "      ")
      ),
    ];
    return lines.filter((line) => line.trim() !== "").join("\n");
  });
  const end = wrap(countLine(rows), width, "  ").join("\n");
  return `${[...paragraphs, sourceLine(source)].join("\n\n")}\n${end}\n`;
}

/** The page of the ledger. */
export function renderLedgerMarkdown(rows: readonly LedgerRow[], source: LedgerSource): string {
  const cells = rows.map((row) =>
    [
      String(row.number),
      row.section,
      row.claim,
      row.v1,
      row.v2,
      oursText(row),
      statusText(row),
      conditionsText(row),
      evidenceText(row),
    ].map(escape).concat(
      row.commands.map((command) => /^audit/.test(command) ? `\`${command}\`` : command).join("; "),
    )
  );
  const head = [
    ...["#", "section", "claim", "v1", "v2", "ours", "status", "why and conditions", "evidence"],
    "measures it at the paper's size",
  ];
  const count = `**${countLine(rows)}**; ${sourceLine(source)}.`;
  return `${introduction}\n\n${count}\n\n${table(head, cells)}\n`;
}

const introduction = `# The ledger: every number of the paper beside ours

Made by \`npx -y deno task audit ledger --markdown > docs/ledger.md\` from the evidence under
[\`results\`](../results); a test fails where this page is older. Do not edit it.

v1 is the paper's draft, v2 what its author corrected later. Ours is compared with v2 where there is
one, else with v1; where the two comparisons come out differently, both are shown.

- **reproduced**: ours lies within the rounding of the printed number, or within two standard
  deviations of it: pooled from both where both have one, else the one there is; the column says
  which.
- **consistent**: not measured under the claim's conditions, but it follows from other printed
  numbers, each taken with its own rounding.
- **differs**: neither; the draft's contradictions with itself are here too.
- **not measured**: nothing was run under the claim's conditions, or no run could: the model is not
  part of this software, the paper's own checkpoint or code would be needed, or the claim is a
  _definition_, such as a threshold, which is counted by itself. A run of another length is told of,
  never compared.

A row is as good as its worst part. In the count, _by arithmetic_ are rows that need no run: what
follows from printed numbers, and what this software computes, such as a clamp factor. _Near_ are
conditions that are not quite the claim's: above all the _held-out split_ of the same dataset, which
trains on 40,000 images instead of 50,000 and tests on 10,000 of the training files; _one seed_ where
the paper has three; and whatever else the column names.

What one seed on the held-out split can show is whether a value is of the paper's size. It cannot
tell a difference of a point: the standard error of an accuracy on 10,000 images, which stands beside
each, is about half a point, the spread between seeds is not known from one, and what 10,000 training
images less cost was not measured. A **differs** by a point or two under near conditions is therefore
not evidence against the paper, nor is a **reproduced** strong evidence for it. The rule takes no
account of that standard error.

One rule of rounding holds for all numbers: half a unit of the last printed digit to either side,
where zeros at the end of an integer (\`200\`) are not digits, zeros after a decimal point (\`.30\`)
are. Thresholds are taken exactly. A ‖g‖ that the paper gives at B ≈ 1000 may be of any B from 1000
to 1024, so that its interval is wider by that.

Values are mean ± sample standard deviation (n − 1) over seeds, but where a row says otherwise. ‖g‖
is scaled to the batch size of the claim. Evidence is named by its path below \`results\`, without
\`evidence.json\`; \`x-{42,123}\` are the two paths of these seeds. The last column measures a row at
the paper's size, which is not always the command that made ours: each record holds its own
configuration. \`DIR\` is the folder with the files of CIFAR-10; \`audit\` stands for
\`npx -y deno task audit\`. Commands write below \`audit-out\` unless \`--out\` names another folder, such
as \`--out results/main\`; \`audit ledger --results audit-out\` reads from there.`;

function statusText({ status, statusV1 }: LedgerRow): string {
  return statusV1 === undefined ? status : `${status} (v1: ${statusV1})`;
}

function named({ parts }: LedgerRow, tell: (part: LedgerPart) => string): string {
  return parts.map((part) => [part.what, tell(part)] as const)
    .filter(([, text]) => text !== "")
    .map(([what, text]) => what === undefined ? text : `${what}: ${text}`)
    .join("; ");
}

function oursText(row: LedgerRow): string {
  return named(row, ({ ours }) => ours ?? "");
}

/** `plain/runs/dfa-{42,123,456}; …`. */
function evidenceText({ parts }: LedgerRow): string {
  const seeds = new Map<string, Set<number>>();
  for (const { path, seed } of parts.flatMap(({ evidence }) => evidence)) {
    const short = path.replace(/\/evidence\.json$/, "");
    const end = `-${seed}`;
    const name = short.endsWith(end) ? `${short.slice(0, -end.length)}-` : `${short} of seed `;
    seeds.set(name, (seeds.get(name) ?? new Set()).add(seed));
  }
  return [...seeds].map(([name, of]) =>
    `${name}${of.size === 1 ? [...of].join() : `{${[...of].join()}}`}`
  ).join("; ");
}

function conditionsText(row: LedgerRow): string {
  const text = named(
    row,
    ({ why, conditions, ours }) => [why, ...(ours === null ? [] : conditions)].join("; "),
  );
  return row.note === undefined ? text : `${text}; ${row.note}`;
}
