// `audit control NAME`: runs a control, and judges it.

import { join } from "node:path";
import { checkDatasetName } from "@fa/data";
import {
  type Json,
  type JsonObject,
  type Policy,
  resolvePolicy,
  type RunEvidence,
} from "@fa/protocol";
import { openBackend } from "@fa/tensor";
import { type Command, Option } from "commander";
import { uniqueRuns } from "../control/_plan.ts";
import type { Condition, Control } from "../control/control.ts";
import { controlRecord } from "../control/control_record.ts";
import { controls, findControl } from "../control/controls.ts";
import { checkpointAs, type FinishedRun, readFinishedRuns } from "../control/finished_runs.ts";
import { importRuns } from "../control/import_runs.ts";
import { renderControl, renderControlMarkdown } from "../control/render_control.ts";
import { openDataset } from "../data/open_dataset.ts";
import { type PortableDataset, rebuildDataset } from "../data/portable_dataset.ts";
import type { AuditFolder } from "../folder/audit_folder.ts";
import { checkpointName } from "../folder/checkpoint_names.ts";
import { readConfiguration } from "../folder/configuration_file.ts";
import { sha256 } from "../folder/sums.ts";
import { writeAtomic } from "../folder/write_atomic.ts";
import { styleFor } from "../output/style.ts";
import { toJson } from "../output/to_json.ts";
import { canonicalJson } from "../plan/canonical_json.ts";
import { type AuditConfiguration, resolveConfiguration } from "../plan/configuration.ts";
import { configurationOf } from "../plan/configuration_of.ts";
import { type ConfigurationRecord, configurationRecord } from "../plan/configuration_record.ts";
import { checkPresetName, defaultPreset } from "../plan/presets.ts";
import { datasetRecord } from "../run/_measure.ts";
import { relabelled } from "../run/_setup.ts";
import type { RunSpec } from "../run/run_spec.ts";
import { version } from "../version.ts";
import {
  auditOptions,
  choicesOf,
  choosesNothing,
  executionOf,
  type ExecutionRequest,
  type RawAuditOptions,
} from "./audit_options.ts";
import { exitCodes, usage, UsageError } from "./errors.ts";
import { interruptible } from "./interruptible.ts";
import type { Io } from "./io.ts";
import { policyOption } from "./policy_option.ts";
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

/** Options of the audit that mean something a little different here. */
const ownDescriptions: Readonly<Record<string, string>> = {
  "--methods": "methods that the control is run for, such as bp,dfa",
  "--seeds": "seeds, such as 42,123",
  "--out":
    "results (default: audit-out/control-<name>-<preset>-<configuration hash>); goes on with " +
    "a control that is there",
  "--json": "print control.json instead of the findings, and nothing else, on stdout",
};

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
    const description = ownDescriptions[option.long!];
    if (decided.includes(option.long!)) continue;
    command.addOption(description ? new Option(option.flags, description) : option);
  }
  command
    .addOption(
      new Option(
        "--from <folder>",
        "measure the runs of a finished audit instead of training; may be given several times",
      ).argParser((folder: string, before: string[] | undefined) => [...before ?? [], folder]),
    )
    .action(async (name: string | undefined, raw: RawControlOptions) => {
      if (name === undefined) refuseOptions(command);
      exit(name === undefined ? list(io) : await controlCommand(name, raw, io));
    });
};

/** Options are of a control: without its name nothing would come of them. */
function refuseOptions(command: Command): void {
  const given = command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === "cli")
    .map(({ long }) => long);
  if (given.length === 0) return;
  throw new UsageError(
    `Cannot run a control as none is named beside ${given.join(", ")}: audit control NAME; ` +
      "audit control alone lists all",
  );
}

/** Prints every control with what it runs, and how long that takes. */
function list(io: Io): number {
  const width = Math.max(...controls.map(({ name }) => name.length));
  io.stdout.write(
    "Controls (audit control NAME; audit control --help lists the options), and what they take:\n" +
      "quick is the preset where none is named, on two cores; paper has the sizes of the paper\n\n",
  );
  for (const control of controls) {
    const { name, summary, duration } = control;
    const { runs } = uniqueRuns(
      control.plan(configurationFor(control, { preset: "paper" }, undefined)),
    );
    const [{ stopAfter } = { stopAfter: 0 }] = runs;
    io.stdout.write(`  ${name.padEnd(width)}  ${summary}\n`);
    io.stdout.write(
      `  ${
        "".padEnd(width)
      }  quick: ${duration}; paper: ${runs.length} runs of ${stopAfter} epochs\n`,
    );
  }
  return exitCodes.done;
}

/** What is to be run and judged. */
interface ControlJob {
  readonly control: Control;
  readonly conditions: readonly Condition[];
  readonly runs: readonly RunSpec[];
  readonly dataset: PortableDataset;
  readonly record: ConfigurationRecord;
  readonly policy: string | Policy;
  readonly execution: ExecutionRequest;
  /** Name of the folder where none is given. */
  readonly folder: string;
  /** Evidence that is there already, by id. */
  readonly evidences?: ReadonlyMap<string, RunEvidence>;
  readonly prepare?: (folder: AuditFolder) => Promise<void>;
  /** What is to be known of the runs themselves. */
  readonly notes?: readonly string[];
}

async function controlCommand(name: string, raw: RawControlOptions, io: Io): Promise<number> {
  const control = usage(() => findControl(name));
  const { from, ...rest } = raw;
  const job = from ? await jobFrom(control, from, rest) : await jobOf(control, rest);
  for (const note of job.notes ?? []) io.stderr.write(`${note}\n`);
  return await interruptible(io, (signal) => runControl(job, io, signal));
}

async function runControl(job: ControlJob, io: Io, signal: AbortSignal): Promise<boolean> {
  const { control, conditions, runs, dataset, record, execution, prepare } = job;
  const out = execution.out ?? join("audit-out", job.folder);
  return await runInFolder({
    ...{ execution, runs, dataset, record, out, io, signal },
    ...(prepare && { prepare }),
    what: "control",
    async conclude(found, folder) {
      const judged = controlRecord({
        control,
        conditions,
        evidences: job.evidences ?? found,
        policy: resolvePolicy(job.policy),
        configuration: record,
        notes: job.notes ?? [],
      });
      const json = toJson(judged);
      await folder.write("control.json", json);
      await folder.write("control.md", renderControlMarkdown(judged));
      const style = styleFor(io.stdout, io.env);
      io.stdout.write(execution.json ? json : renderControl(judged, { out, style }));
    },
  });
}

/** A control with runs of its own. */
async function jobOf(control: Control, raw: RawAuditOptions): Promise<ControlJob> {
  const there = raw.out === undefined || !choosesNothing(raw)
    ? undefined
    : await readConfiguration(raw.out, "fa-control-configuration");
  const policy = await policyOf(raw);
  const configuration = there
    ? configurationIn(raw.out!, control, there)
    : usage(() => configurationFor(control, raw, policy));
  const execution = usage(() => executionOf(raw, configuration));
  await openBackend(configuration.backend); // what cannot be computed makes no folder
  const dataset = await openDataset(configuration.data, execution.dataDir);
  const record: ConfigurationRecord = {
    ...await configurationRecord(configuration, rebuildDataset(dataset)),
    kind: "fa-control-configuration",
    control: control.name,
  };
  return {
    control,
    ...uniqueRuns(control.plan(configuration)),
    dataset,
    record,
    policy: configuration.policy,
    execution,
    folder: `control-${control.name}-${configuration.preset}-${record.hash}`,
  };
}

/** The policy that was asked for; a file is read. */
async function policyOf({ policy }: RawAuditOptions): Promise<string | Policy | undefined> {
  return policy === undefined ? undefined : await policyOption(policy);
}

/**
 * The configuration of a control: what was chosen, then what the control chooses, then the preset.
 */
function configurationFor(
  control: Control,
  raw: RawAuditOptions,
  policy: string | Policy | undefined,
): AuditConfiguration {
  const chosen = { ...choicesOf(raw), ...(policy !== undefined && { policy }) };
  const data = chosen.data === undefined ? undefined : checkDatasetName(chosen.data);
  const preset = chosen.preset === undefined ? defaultPreset(data) : checkPresetName(chosen.preset);
  const own = control.choices(preset);
  const stopAfter = Math.min(own.stopAfter ?? Infinity, chosen.epochs ?? Infinity);
  return resolveConfiguration({
    ...own,
    ...(own.stopAfter !== undefined && { stopAfter }),
    ...chosen,
    preset,
    controls: false,
  });
}

/** The configuration of the control in a folder. */
function configurationIn(
  out: string,
  { name }: Control,
  { control, ...record }: ConfigurationRecord,
): AuditConfiguration {
  if (control !== name) {
    throw new Error(`Cannot go on in ${out} as it holds the control ${control}: ${name}`);
  }
  if (record["from"] !== undefined) {
    throw new Error(`Cannot go on in ${out} without --from as it measures runs of other folders`);
  }
  try {
    return configurationOf(record);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new Error(`Cannot go on in ${out} as its configuration.json cannot be used: ${reason}`, {
      cause,
    });
  }
}

/** A control that measures runs of finished audits. */
async function jobFrom(
  control: Control,
  from: readonly string[],
  { policy: named = "default", ...raw }: RawAuditOptions,
): Promise<ControlJob> {
  const policy = await policyOf({ policy: named }) ?? named;
  usage(() => {
    resolvePolicy(policy);
    if (!control.from) {
      const others = controls.filter((each) => each.from).map(({ name }) => name).join(", ");
      throw new UsageError(
        `Cannot run control ${control.name} with --from as it trains runs of its own; ` +
          `controls that measure finished runs: ${others}`,
      );
    }
    if (!choosesNothing(raw)) {
      throw new UsageError(
        `Cannot run control ${control.name} with --from and options that choose what is run: ` +
          "that was chosen by the audit",
      );
    }
  });
  const audits = await Promise.all(from.map((folder) => readFinishedRuns(folder)));
  const { data } = audits[0]!;
  for (const [i, audit] of audits.entries()) {
    if (canonicalJson(audit.data) === canonicalJson(data)) continue;
    throw new Error(
      `Cannot measure ${from[0]} and ${from[i]} together as their data must be the same: ` +
        `${canonicalJson(data)} and ${canonicalJson(audit.data)}`,
    );
  }
  const probing = control.from === "checkpoints";
  const imported = importRuns(
    audits.flatMap(({ runs }) => runs),
    probing ? "final" : "none",
  );
  // Probing has no use for baselines.
  const conditions = imported.conditions.map((each) => probing ? { ...each, baselines: [] } : each);
  const all = conditions.flatMap(({ runs, baselines }) => [...runs, ...baselines]);
  const like = all[0]!;
  const execution = usage(() =>
    executionOf(raw, {
      data: probing ? data : { ...data, name: "synthetic" }, // evidence needs no images
      backend: like.backend,
      stopAfter: Math.max(...all.map(({ stopAfter }) => stopAfter)),
    })
  );
  const unfinished = audits.flatMap(({ unfinished }, i) =>
    unfinished.map((id) => join("runs", id)).map((run) =>
      from.length > 1 ? `${run} of folder ${i + 1}` : run
    )
  );
  const notes = unfinished.length === 0
    ? []
    : [`Left out, as they are not finished: ${unfinished.join(", ")}.`];
  const sourceOf = (id: string): FinishedRun => imported.sources.get(id)!;
  const shared = {
    control: control.name,
    software: { name: "@fa/audit", version },
    policy: policy as Json,
    data: { ...data } as JsonObject,
    from: all.map(({ id }): Json => ({
      run: id,
      was: sourceOf(id).id,
      files: { ...sourceOf(id).sums },
    })),
    ...(unfinished.length > 0 && { unfinished }),
  };
  const record: ConfigurationRecord = {
    schemaVersion: 1,
    kind: "fa-control-configuration",
    hash: (await sha256(new TextEncoder().encode(canonicalJson(shared)))).slice(0, 8),
    ...shared,
  };
  const job = { control, conditions, record, policy, execution, notes };
  const folder = `control-${control.name}-from-${record.hash}`;
  if (!probing) {
    const evidences = new Map(all.map(({ id }) => [id, sourceOf(id).evidence]));
    const dataset = { kind: "synthetic", options: {} } as const;
    return { ...job, folder, runs: [], dataset, evidences };
  }
  const dataset = await openDataset(data, execution.dataDir);
  return {
    ...job,
    folder,
    runs: all,
    dataset,
    prepare: (folder) => takeCheckpoints(folder, all, sourceOf, dataset),
  };
}

/** Puts the last checkpoint of every run where the grid goes on from it. */
async function takeCheckpoints(
  folder: AuditFolder,
  runs: readonly RunSpec[],
  sourceOf: (id: string) => FinishedRun,
  portable: PortableDataset,
): Promise<void> {
  const dataset = rebuildDataset(portable);
  for (const spec of runs) {
    const place = join(folder.path, "runs", spec.id, checkpointName(spec.stopAfter));
    folder.beat();
    const about = datasetRecord(relabelled(dataset, spec));
    const { bytes } = await checkpointAs(sourceOf(spec.id), spec, about);
    await writeAtomic(place, bytes);
  }
}
