// The ledger as a table on a terminal, and as the page docs/ledger.md.

import { escape, table } from "../output/_markdown.ts";
import { wrap } from "../output/columns.ts";
import type { LedgerPart, LedgerRow } from "./build_ledger.ts";
import { type Status, statuses } from "./status.ts";

/** `12 reproduced, 40 consistent, 9 differ, 53 not measured, of 114 claims`. */
export function countLine(rows: readonly LedgerRow[]): string {
  const count = (status: Status) => rows.filter((row) => row.status === status).length;
  const parts = statuses.map((status) => {
    const n = count(status);
    return `${n} ${status === "differs" && n !== 1 ? "differ" : status}`;
  });
  return `${parts.join(", ")}, of ${rows.length} ${rows.length === 1 ? "claim" : "claims"}`;
}

const width = 100;

/** Every row in a paragraph of its own, then the count. At most 100 columns wide. */
export function renderLedger(rows: readonly LedgerRow[]): string {
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
      ...wrap(`    ${row.command}`, width, "      "),
    ];
    return lines.filter((line) => line.trim() !== "").join("\n");
  });
  return `${paragraphs.join("\n\n")}\n\n${countLine(rows)}\n`;
}

/** The page of the ledger. */
export function renderLedgerMarkdown(rows: readonly LedgerRow[]): string {
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
    ].map(escape).concat(/^[a-z]+$|^–$/.test(row.command) ? row.command : `\`${row.command}\``)
  );
  return `${introduction}\n\n**${countLine(rows)}.**\n\n${
    table(
      ["#", "section", "claim", "v1", "v2", "ours", "status", "why and conditions", "command"],
      cells,
    )
  }\n`;
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
  numbers, each taken with its own rounding; or it is a definition that this software shares.
- **differs**: neither; the draft's contradictions with itself are here too.
- **not measured**: nothing was run under the claim's conditions. A run of another length is told of,
  never compared.

Values are mean ± sample standard deviation (n − 1) over seeds. ‖g‖ is scaled to the batch size of the
claim. \`DIR\` is the folder with the files of CIFAR-10; \`audit\` stands for
\`npx -y deno task audit\`.`;

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

function conditionsText(row: LedgerRow): string {
  const text = named(
    row,
    ({ why, conditions, ours }) => [why, ...(ours === null ? [] : conditions)].join("; "),
  );
  return row.note === undefined ? text : `${text}; ${row.note}`;
}
