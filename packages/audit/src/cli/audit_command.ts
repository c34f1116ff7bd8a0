// The audit: parse, prepare, run, write, print.

import { join } from "node:path";
import type { JsonObject, RunEvidence } from "@fa/protocol";
import { openBackend } from "@fa/tensor";
import { openDataset } from "../data/open_dataset.ts";
import { type PortableDataset, rebuildDataset } from "../data/portable_dataset.ts";
import { AuditFolder } from "../folder/audit_folder.ts";
import { readConfiguration } from "../folder/configuration_file.ts";
import type { FoundRun } from "../folder/find_run.ts";
import { renderMarkdown } from "../output/render_markdown.ts";
import { renderTable } from "../output/render_table.ts";
import { styleFor } from "../output/style.ts";
import { toJson } from "../output/to_json.ts";
import type { AuditConfiguration } from "../plan/configuration.ts";
import { configurationOf } from "../plan/configuration_of.ts";
import { type ConfigurationRecord, configurationRecord } from "../plan/configuration_record.ts";
import { type AuditPlan, planRuns } from "../plan/plan_runs.ts";
import { type PresetName, presets } from "../plan/presets.ts";
import { checkCheckpoint } from "../run/check_checkpoint.ts";
import {
  type AuditRequest,
  choosesNothing,
  type RawAuditOptions,
  readAuditOptions,
} from "./audit_options.ts";
import { exitCodes, stoppedBy, usage } from "./errors.ts";
import type { Io, StopSignal } from "./io.ts";
import { runInFolder } from "./run_in_folder.ts";

/** Runs the audit that the options ask for, or goes on with it; returns the exit code. */
export async function auditCommand(raw: RawAuditOptions, io: Io): Promise<number> {
  const record = raw.out ? await readConfiguration(raw.out) : undefined;
  const request = requestOf(raw, record);
  const controller = new AbortController();
  let stopped: StopSignal = "SIGINT";
  const release = io.onInterrupt((signal) => {
    stopped = signal;
    controller.abort();
  });
  try {
    const finished = await audit(request, io, controller.signal);
    return finished ? exitCodes.done : stoppedBy[stopped];
  } finally {
    release();
  }
}

/**
 * What the command line asks for. Where the folder has an audit, that one's preset is the default; it
 * is also what is echoed, as the same audit may start from several.
 */
function requestOf(raw: RawAuditOptions, record: ConfigurationRecord | undefined): AuditRequest {
  const there = record && choosesNothing(raw) ? configurationIn(raw.out!, record) : undefined;
  const preset = record && presetOf(record);
  const request = usage(() => readAuditOptions({ ...(preset && { preset }), ...raw }, there));
  return preset ? { ...request, configuration: { ...request.configuration, preset } } : request;
}

function presetOf({ preset }: JsonObject): PresetName | undefined {
  return Object.keys(presets).find((name): name is PresetName => name === preset);
}

/** The configuration of the audit in a folder. */
function configurationIn(out: string, record: ConfigurationRecord): AuditConfiguration {
  try {
    return configurationOf(record);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new Error(`Cannot go on in ${out} as its configuration.json cannot be used: ${reason}`, {
      cause,
    });
  }
}

/** Whether the audit was finished, rather than stopped. */
async function audit(request: AuditRequest, io: Io, signal: AbortSignal): Promise<boolean> {
  const { configuration, quiet } = request;
  await openBackend(configuration.backend); // what cannot be computed makes no folder
  const dataset = await openDataset(configuration.data, request.dataDir);
  const record = await configurationRecord(configuration, rebuildDataset(dataset));
  const out = request.out ?? join("audit-out", `${configuration.preset}-${record.hash}`);
  const folder = await AuditFolder.open(out, record, {
    onWaiting: () => {
      if (quiet) return;
      io.stderr.write(
        `waiting to see whether another audit, begun before, still writes to ${out}\n`,
      );
    },
  });
  const closed = io.onExit(() => folder.close());
  try {
    const plan = planRuns(configuration);
    const found = await findRuns(folder, plan, dataset, io);
    const context = { request, plan, dataset, folder, found, io, signal };
    const { report, evidences } = await runInFolder(context);
    if (!report) return false;
    const json = toJson(report);
    await folder.write("audit.json", json);
    await folder.write("audit.md", renderMarkdown(report, inOrder(plan, evidences)));
    io.stdout.write(
      request.json ? json : renderTable(report, { out, style: styleFor(io.stdout, io.env) }),
    );
    return true;
  } finally {
    folder.close();
    closed();
  }
}

/** What earlier starts have left of each run; says what was damaged. */
async function findRuns(
  folder: AuditFolder,
  { runs }: AuditPlan,
  portable: PortableDataset,
  io: Io,
): Promise<Map<string, FoundRun>> {
  const dataset = rebuildDataset(portable);
  const found = new Map<string, FoundRun>();
  for (const spec of runs) {
    const run = await folder.find(
      spec,
      (bytes, epoch, name) => checkCheckpoint(bytes, { spec, dataset, epoch, name }),
    );
    if (run.state === "open" && run.damage !== undefined) io.stderr.write(`${run.damage}\n`);
    found.set(spec.id, run);
  }
  return found;
}

/** The evidence in the order of the plan, not in that of the finish. */
function inOrder(
  { runs }: AuditPlan,
  evidences: ReadonlyMap<string, RunEvidence>,
): Map<string, RunEvidence> {
  return new Map(runs.map(({ id }) => [id, evidences.get(id)!]));
}
