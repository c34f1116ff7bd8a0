// The audit: parse, prepare, run, write, print.

import { join } from "node:path";
import type { JsonObject, Policy } from "@fa/protocol";
import { buildAudit } from "@fa/protocol/report";
import { openBackend } from "@fa/tensor";
import { openDataset } from "../data/open_dataset.ts";
import { rebuildDataset } from "../data/portable_dataset.ts";
import { readConfiguration } from "../folder/configuration_file.ts";
import { renderMarkdown } from "../output/render_markdown.ts";
import { renderTable } from "../output/render_table.ts";
import { styleFor } from "../output/style.ts";
import { toJson } from "../output/to_json.ts";
import { auditInput } from "../plan/audit_input.ts";
import type { AuditConfiguration } from "../plan/configuration.ts";
import { configurationOf } from "../plan/configuration_of.ts";
import { type ConfigurationRecord, configurationRecord } from "../plan/configuration_record.ts";
import { planRuns } from "../plan/plan_runs.ts";
import { type PresetName, presets } from "../plan/presets.ts";
import {
  type AuditRequest,
  choosesNothing,
  type RawAuditOptions,
  readAuditOptions,
} from "./audit_options.ts";
import { usage } from "./errors.ts";
import { interruptible } from "./interruptible.ts";
import type { Io } from "./io.ts";
import { policyOption } from "./policy_option.ts";
import { runInFolder } from "./run_in_folder.ts";

/** Runs the audit that the options ask for, or goes on with it; returns the exit code. */
export async function auditCommand(raw: RawAuditOptions, io: Io): Promise<number> {
  const policy = raw.policy === undefined ? undefined : await policyOption(raw.policy);
  const record = raw.out ? await readConfiguration(raw.out) : undefined;
  const request = requestOf(raw, record, policy);
  return await interruptible(io, (signal) => audit(request, io, signal));
}

/**
 * What the command line asks for. Where the folder has an audit, that one's preset is the default; it
 * is also what is echoed, as the same audit may start from several.
 */
function requestOf(
  raw: RawAuditOptions,
  record: ConfigurationRecord | undefined,
  policy: string | Policy | undefined,
): AuditRequest {
  const there = record && choosesNothing(raw) ? configurationIn(raw.out!, record) : undefined;
  const preset = record && presetOf(record);
  const request = usage(() =>
    readAuditOptions({ ...(preset && { preset }), ...raw }, there, policy)
  );
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
  const { configuration } = request;
  await openBackend(configuration.backend); // what cannot be computed makes no folder
  const dataset = await openDataset(configuration.data, request.dataDir);
  const record = await configurationRecord(configuration, rebuildDataset(dataset));
  const out = request.out ?? join("audit-out", `${configuration.preset}-${record.hash}`);
  const plan = planRuns(configuration);
  return await runInFolder({
    execution: request,
    runs: plan.runs,
    dataset,
    record,
    out,
    io,
    signal,
    async conclude(evidences, folder) {
      const report = buildAudit(auditInput(configuration, plan, evidences, record));
      const json = toJson(report);
      await folder.write("audit.json", json);
      await folder.write("audit.md", renderMarkdown(report, evidences));
      io.stdout.write(
        request.json ? json : renderTable(report, { out, style: styleFor(io.stdout, io.env) }),
      );
    },
  });
}
