// `audit form DIR`: what a paper should report of every method, filled in from a finished audit.

import { join } from "node:path";
import type { JsonObject } from "@fa/protocol";
import type { AuditReport } from "@fa/protocol/report";
import { Option } from "commander";
import { readIfThere } from "../folder/_read_if_there.ts";
import { writeAtomic } from "../folder/write_atomic.ts";
import { renderForm } from "../output/render_form.ts";
import { commandOf } from "../plan/command_of.ts";
import { configurationOf } from "../plan/configuration_of.ts";
import { exitCodes, usage } from "./errors.ts";
import type { Io } from "./io.ts";
import type { AddCommand } from "./program.ts";
import { names } from "./values.ts";

interface RawFormOptions {
  readonly methods?: string;
  readonly out?: string;
}

/** Adds the command. */
export const addFormCommand: AddCommand = (program, exit, io) => {
  program.command("form <folder>")
    .summary("the reporting form of every method of a finished audit")
    .description(
      "Prints, as Markdown, what a paper should report of every method in the folder of a finished " +
        "audit, filled in from its audit.json: configuration, seeds, accuracy with its interval, " +
        "baseline, diagnostics, alignment with its passport, controls, verdict, modes, command. What " +
        "was not measured says so.",
    )
    .addOption(new Option("--methods <names>", "only these methods, such as dfa,ep"))
    .addOption(new Option("--out <file>", "write it to this file instead of stdout"))
    .action(async (folder: string, options: RawFormOptions) =>
      exit(await formCommand(folder, options, io))
    );
};

async function formCommand(
  folder: string,
  { methods, out }: RawFormOptions,
  io: Io,
): Promise<number> {
  const report = await readReport(folder);
  const chosen = methods === undefined ? report.methods.map((m) => m.method) : names(methods);
  const options = { command: commandFor(report.configuration) };
  const forms = usage(() => chosen.map((method) => renderForm(report, method, options)));
  const text = `# Reporting form\n\nFilled in from \`audit.json\`.\n\n${forms.join("\n")}`;
  if (out === undefined) io.stdout.write(text);
  else await writeAtomic(out, text);
  return exitCodes.done;
}

async function readReport(folder: string): Promise<AuditReport> {
  const path = join(folder, "audit.json");
  const bytes = await readIfThere(path);
  if (!bytes) throw new Error(`Cannot fill in the form as ${path} is missing`);
  let report: AuditReport | null;
  try {
    report = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new Error(`Cannot fill in the form as ${path} must be JSON: ${reason}`, { cause });
  }
  if (report?.kind !== "fa-audit" || report.schemaVersion !== 2) {
    throw new Error(
      `Cannot fill in the form as ${path} must be the record of an audit in version 2: ${
        JSON.stringify([report?.kind, report?.schemaVersion])
      }`,
    );
  }
  return report;
}

function commandFor({ runs: _, groups: __, ...record }: JsonObject): string {
  try {
    return commandOf(configurationOf(record));
  } catch (cause) {
    return `not measured: the record does not say how it was run (${(cause as Error).message})`;
  }
}
