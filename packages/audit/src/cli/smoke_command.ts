// `audit smoke DIR`: measures the checkpoints of a finished audit again.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AuditReport } from "@fa/protocol";
import { Option } from "commander";
import { checkDataFolder, openDataset } from "../data/open_dataset.ts";
import { rebuildDataset } from "../data/portable_dataset.ts";
import { readConfiguration } from "../folder/configuration_file.ts";
import { differences } from "../folder/differences.ts";
import { displayName } from "../output/_words.ts";
import { configurationOf } from "../plan/configuration_of.ts";
import { configurationRecord } from "../plan/configuration_record.ts";
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
        "compares every number with the recorded evidence, and the verdicts that follow with those " +
        "in audit.json. Exit code 1 if anything differs.",
    )
    .addOption(new Option("--data-dir <folder>", "folder with the files of CIFAR-10"))
    .action(async (folder: string, { dataDir }: { dataDir?: string }) =>
      exit(await smokeCommand(folder, dataDir, io))
    );
};

async function smokeCommand(out: string, dataDir: string | undefined, io: Io): Promise<number> {
  const record = await readConfiguration(out);
  if (!record) throw new Error(`Cannot check ${out} as it has no configuration.json`);
  const configuration = configurationOf(record);
  const { data, backend, dtype } = configuration;
  usage(() => checkDataFolder(data.name, dataDir));
  const report = await reportIn(out);
  const dataset = rebuildDataset(await openDataset(data, dataDir));
  const lines = differences(record, await configurationRecord(configuration, dataset));
  if (lines.length > 0) io.stdout.write(`not quite the same today: ${lines.join("; ")}\n\n`);

  const names = [...planRuns(configuration).runs.map(({ id }) => id), "verdict", "run"];
  const width = Math.max(...names.map((name) => name.length)) + 2;
  let checked = 0;
  let differ = 0;
  const row = (...[name, result, found]: [string, string, string]) =>
    io.stdout.write(`${`${name.padEnd(width)}${result.padEnd(9)}${found}`.trimEnd()}\n`);
  let kind = "";
  for await (const check of smokeAudit({ out, record, configuration, dataset, report })) {
    if (check.kind !== kind) row(`${kind === "" ? "" : "\n"}${check.kind}`, "", "");
    kind = check.kind;
    checked++;
    if (!check.same) differ++;
    const name = kind === "run" ? check.name : displayName(check.name);
    row(name, check.same ? "same" : "DIFFERS", check.found);
  }
  io.stdout.write(`\nMeasured on backend ${backend}, ${dtype}, and compared bit for bit.\n`);
  io.stdout.write(`${checked} checked, ${differ} differ\n`);
  return differ > 0 ? exitCodes.failure : exitCodes.done;
}

async function reportIn(out: string): Promise<AuditReport> {
  const path = join(out, "audit.json");
  try {
    const report: AuditReport = JSON.parse(await readFile(path, "utf8"));
    if (report.kind === "fa-audit" && Array.isArray(report.methods)) return report;
  } catch (cause) {
    if ((cause as { code?: string }).code === "ENOENT") {
      throw new Error(
        `Cannot check ${out} as its audit is not finished: audit.json is missing; start it again ` +
          `with --out ${out}`,
        { cause },
      );
    }
    throw new Error(`Cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
  throw new Error(`Cannot use ${path} as it is not the record of an audit`);
}
