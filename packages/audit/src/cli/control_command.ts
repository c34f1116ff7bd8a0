// `audit control NAME`: runs a control, and judges it.

import { join } from "node:path";
import { resolvePolicy } from "@fa/protocol";
import { openBackend } from "@fa/tensor";
import { Option } from "commander";
import { controlRecord } from "../control/control_record.ts";
import type { Control } from "../control/control.ts";
import { controls, findControl } from "../control/controls.ts";
import { uniqueRuns } from "../control/_plan.ts";
import { renderControl, renderControlMarkdown } from "../control/render_control.ts";
import { openDataset } from "../data/open_dataset.ts";
import { rebuildDataset } from "../data/portable_dataset.ts";
import { styleFor } from "../output/style.ts";
import { toJson } from "../output/to_json.ts";
import { type AuditConfiguration, resolveConfiguration } from "../plan/configuration.ts";
import { type ConfigurationRecord, configurationRecord } from "../plan/configuration_record.ts";
import { checkPresetName, defaultPreset } from "../plan/presets.ts";
import { checkDatasetName } from "@fa/data";
import { auditOptions, choicesOf, executionOf, type RawAuditOptions } from "./audit_options.ts";
import { exitCodes, usage } from "./errors.ts";
import { interruptible } from "./interruptible.ts";
import type { Io } from "./io.ts";
import type { AddCommand } from "./program.ts";
import { runInFolder } from "./run_in_folder.ts";

/** Options of the audit that a control decides itself. */
const decided = [
  "--lambda",
  "--train-last-blocks",
  "--no-terminal-ln",
  "--no-residual",
  "--random-targets",
  "--no-controls",
  "--probes",
];

interface RawControlOptions extends RawAuditOptions {
  readonly from?: readonly string[];
}

/** Adds the command. */
export const addControlCommand: AddCommand = (program, exit, io) => {
  const command = program.command("control [name]")
    .summary("run a control of the protocol, and judge it")
    .description(
      "Runs one of the protocol's controls: trains its conditions over several seeds, and says " +
        "what differs from the paper, what agrees, and what could not be shown. Without a name: " +
        "lists all controls.",
    );
  for (const option of auditOptions) {
    if (!decided.includes(option.long!)) command.addOption(option);
  }
  command
    .addOption(
      new Option(
        "--from <folder>",
        "measure the runs of a finished audit instead of training; may be given several times",
      ).argParser((folder: string, before: string[] | undefined) => [...before ?? [], folder]),
    )
    .action(async (name: string | undefined, raw: RawControlOptions) =>
      exit(name === undefined ? list(io) : await controlCommand(name, raw, io))
    );
};

/** Prints every control with a line. */
function list(io: Io): number {
  const width = Math.max(...controls.map(({ name }) => name.length));
  io.stdout.write("Controls (audit control NAME; --help lists the options)\n\n");
  for (const { name, summary } of controls) {
    io.stdout.write(`  ${name.padEnd(width)}  ${summary}\n`);
  }
  return exitCodes.done;
}

async function controlCommand(name: string, raw: RawControlOptions, io: Io): Promise<number> {
  const control = usage(() => findControl(name));
  const configuration = usage(() => configurationFor(control, raw));
  const execution = usage(() => executionOf(raw, configuration));
  return await interruptible(io, async (signal) => {
    await openBackend(configuration.backend);
    const dataset = await openDataset(configuration.data, execution.dataDir);
    const record: ConfigurationRecord = {
      ...await configurationRecord(configuration, rebuildDataset(dataset)),
      kind: "fa-control-configuration",
      control: control.name,
    };
    const folder = `control-${control.name}-${configuration.preset}-${record.hash}`;
    const out = execution.out ?? join("audit-out", folder);
    const { conditions, runs } = uniqueRuns(control.plan(configuration));
    return await runInFolder({
      execution,
      runs,
      dataset,
      record,
      out,
      io,
      signal,
      async conclude(evidences, folder) {
        const found = controlRecord({
          control,
          conditions,
          evidences,
          policy: resolvePolicy(configuration.policy),
          configuration: record,
        });
        const json = toJson(found);
        await folder.write("control.json", json);
        await folder.write("control.md", renderControlMarkdown(found));
        const style = styleFor(io.stdout, io.env);
        io.stdout.write(execution.json ? json : renderControl(found, { out, style }));
      },
    });
  });
}

/** The configuration of a control: what was chosen, then what the control chooses, then the preset. */
function configurationFor(control: Control, raw: RawAuditOptions): AuditConfiguration {
  const chosen = choicesOf(raw);
  const data = chosen.data === undefined ? undefined : checkDatasetName(chosen.data);
  const preset = chosen.preset === undefined ? defaultPreset(data) : checkPresetName(chosen.preset);
  return resolveConfiguration({
    ...control.choices(preset),
    ...chosen,
    preset,
    controls: false,
  });
}
