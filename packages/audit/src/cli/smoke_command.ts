// `audit smoke DIR`: measures the checkpoints of a finished audit again.

import { join } from "node:path";
import type { AuditReport } from "@fa/protocol/report";
import { Option } from "commander";
import { checkDataFolder, openDataset } from "../data/open_dataset.ts";
import { rebuildDataset } from "../data/portable_dataset.ts";
import { readIfThere } from "../folder/_read_if_there.ts";
import { readConfiguration } from "../folder/configuration_file.ts";
import { differences } from "../folder/differences.ts";
import { displayName } from "../output/_words.ts";
import type { AuditConfiguration } from "../plan/configuration.ts";
import { configurationOf } from "../plan/configuration_of.ts";
import { type ConfigurationRecord, configurationRecord } from "../plan/configuration_record.ts";
import { planRuns } from "../plan/plan_runs.ts";
import { smokeAudit } from "../smoke/smoke_audit.ts";
import { exitCodes, usage } from "./errors.ts";
import type { Io } from "./io.ts";
import type { AddCommand } from "./program.ts";

/** Adds the command. */
export const addSmokeCommand: AddCommand = (program, exit, io) => {
  program.command("smoke <folder>")
    .summary("measure the checkpoints of a finished audit again, and compare")
    .description(
      "Loads the last checkpoint of every run in the folder of a finished audit, measures it again, " +
        "compares every number with the recorded evidence, and the verdicts and self-controls that " +
        "follow with those in audit.json. Exit code 1 if anything differs.",
    )
    .addOption(new Option("--data-dir <folder>", "folder with the files of CIFAR-10"))
    .action(async (folder: string, { dataDir }: { dataDir?: string }) =>
      exit(await smokeCommand(folder, dataDir, io))
    );
};

async function smokeCommand(out: string, dataDir: string | undefined, io: Io): Promise<number> {
  const record = await readConfiguration(out);
  if (!record) throw new Error(`Cannot check ${out} as it has no configuration.json`);
  const configuration = configurationIn(out, record);
  const { data, backend, dtype } = configuration;
  usage(() => checkDataFolder(data.name, dataDir));
  const report = await reportIn(out);
  const dataset = rebuildDataset(await openDataset(data, dataDir));
  const lines = differences(record, await configurationRecord(configuration, dataset));
  if (lines.length > 0) io.stdout.write(`not quite the same today: ${lines.join("; ")}\n\n`);

  const controls = report.selfControls.map(({ id }) => id);
  const names = [...planRuns(configuration).runs.map(({ id }) => id), ...controls, "verdict"];
  const width = Math.max(...names.map((name) => name.length));
  let checked = 0;
  let differ = 0;
  const row = (...[name, result, found]: [string, string, string]) =>
    io.stdout.write(`${`${name.padEnd(width)}  ${result.padEnd(9)}${found}`.trimEnd()}\n`);
  let kind = "";
  for await (const check of smokeAudit({ out, record, configuration, dataset, report })) {
    if (check.kind !== kind) row(`${kind === "" ? "" : "\n"}${check.kind}`, "", "");
    kind = check.kind;
    checked++;
    if (!check.same) differ++;
    const name = kind === "verdict" ? displayName(check.name) : check.name;
    row(name, check.same ? "same" : "DIFFERS", check.found);
  }
  io.stdout.write(`\nMeasured on backend ${backend}, ${dtype}, and compared bit for bit.\n`);
  io.stdout.write(`${checked} checked, ${differ} differ\n`);
  return differ > 0 ? exitCodes.failure : exitCodes.done;
}

function configurationIn(out: string, record: ConfigurationRecord): AuditConfiguration {
  try {
    return configurationOf(record);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new Error(`Cannot check ${out} as its configuration.json cannot be used: ${reason}`, {
      cause,
    });
  }
}

async function reportIn(out: string): Promise<AuditReport> {
  const path = join(out, "audit.json");
  const bytes = await readIfThere(path);
  if (!bytes) {
    throw new Error(
      `Cannot check ${out} as its audit is not finished: audit.json is missing; start it again ` +
        `with --out ${out}`,
    );
  }
  let report: AuditReport | null;
  try {
    report = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new Error(`Cannot use ${path} as it is no JSON: ${reason}`, { cause });
  }
  const refuse = (more: string): never => {
    throw new Error(`Cannot use ${path} as it is not the record of an audit${more}`);
  };
  if (report?.kind !== "fa-audit") return refuse("");
  if (!areNamed(report.methods, "method")) return refuse(": every method must be named");
  if (!areNamed(report.selfControls, "id")) return refuse(": every self-control must be named");
  return report;
}

/** Whether it is a list of records, each with a name in this field. */
function areNamed(list: unknown, field: string): boolean {
  return Array.isArray(list) && list.every((each) => typeof each?.[field] === "string");
}
