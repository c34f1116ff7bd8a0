// `audit ledger`: every number of the paper beside ours.

import { Option } from "commander";
import { buildLedger, type LedgerRow } from "../ledger/build_ledger.ts";
import { readResults } from "../ledger/results.ts";
import { countLine, renderLedger, renderLedgerMarkdown } from "../ledger/render_ledger.ts";
import { type Status, statuses } from "../ledger/status.ts";
import { toJson } from "../output/to_json.ts";
import { exitCodes, usage } from "./errors.ts";
import type { Io } from "./io.ts";
import type { AddCommand } from "./program.ts";
import { integer } from "./values.ts";

interface RawLedgerOptions {
  readonly results: string;
  readonly only?: string;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** Adds the command. */
export const addLedgerCommand: AddCommand = (program, exit, io) => {
  program.command("ledger")
    .summary("every number of the paper beside ours")
    .description(
      "Lists all 114 numeric claims of the paper: what it states, what the evidence under a folder " +
        "says, and whether that reproduces it, is consistent, differs, or was not measured.",
    )
    .addOption(new Option("--results <folder>", "where evidence lies").default("results"))
    .addOption(
      new Option(
        "--only <which>",
        `a status (${statuses.map(slug).join(", ")}) or numbers: 4,37-39`,
      ),
    )
    .addOption(new Option("--json", "print the record").conflicts("markdown"))
    .addOption(new Option("--markdown", "print docs/ledger.md"))
    .action(async (options: RawLedgerOptions) => exit(await ledgerCommand(options, io)));
};

async function ledgerCommand(
  { results, only, json = false, markdown = false }: RawLedgerOptions,
  { stdout }: Io,
): Promise<number> {
  const chosen = only === undefined ? () => true : usage(() => choice(only));
  const found = await readResults(results);
  const rows = buildLedger(found).filter(chosen);
  const source = { folder: results, records: found.length };
  if (json) {
    const count = countLine(rows);
    stdout.write(toJson({ schemaVersion: 2, kind: "fa-ledger", ...source, count, rows }));
  } else {
    stdout.write(markdown ? renderLedgerMarkdown(rows, source) : renderLedger(rows, source));
  }
  return exitCodes.done;
}

/** `not-measured`: a status as a word of the command line. */
function slug(status: Status): string {
  return status.replace(" ", "-");
}

/** Which rows `--only` names. */
function choice(only: string): (row: LedgerRow) => boolean {
  const status = statuses.find((each) => each === only || slug(each) === only);
  if (status !== undefined) return (row) => row.status === status;
  if (!/^[\d,\s-]+$/.test(only)) {
    throw new RangeError(
      `Cannot use --only as it must be ${statuses.map(slug).join(", ")} or numbers: '${only}'`,
    );
  }
  const numbers = new Set(only.split(",").flatMap(range));
  return ({ number }) => numbers.has(number);
}

function range(text: string): number[] {
  const [from, to, ...more] = text.split("-").map((part) => integer("--only", part));
  const last = to ?? from!;
  if (more.length > 0 || from! < 1 || last > 114 || last < from!) {
    throw new RangeError(`Cannot use --only as claims are numbered 1 to 114: '${text.trim()}'`);
  }
  return Array.from({ length: last - from! + 1 }, (_, i) => from! + i);
}
