// The whole audit as one function: plan, grid, judgement.

import type { RunEvidence } from "@fa/protocol";
import { type AuditReport, buildAudit } from "@fa/protocol/report";
import { openDataset } from "./data/open_dataset.ts";
import { type PortableDataset, rebuildDataset } from "./data/portable_dataset.ts";
import { auditInput } from "./plan/audit_input.ts";
import type { AuditConfiguration } from "./plan/configuration.ts";
import { configurationRecord } from "./plan/configuration_record.ts";
import { type AuditPlan, planRuns } from "./plan/plan_runs.ts";
import { runPlan, type RunPlanOptions } from "./run_plan.ts";

/** How to execute an audit; nothing here changes its results. */
export interface RunAuditOptions extends RunPlanOptions {
  /** The dataset, from {@link openDataset}. Needed for all but the synthetic data. */
  readonly dataset?: PortableDataset;
}

/** What came of an audit. */
export interface AuditResult {
  /** The plan that was run. */
  readonly plan: AuditPlan;
  /** Evidence of the finished runs by id. */
  readonly evidences: ReadonlyMap<string, RunEvidence>;
  /** The record; undefined if the audit was stopped before all runs were finished. */
  readonly report: AuditReport | undefined;
}

/**
 * Runs an audit: all runs of its plan on worker threads, then the judgement. With one configuration
 * and one dataset the record is the same to the last bit, however many workers and threads there are
 * and however often it was interrupted; with backends `"wasm"` and `"js"` also whichever runtime and
 * machine they run in.
 *
 * @param configuration what to run, from `resolveConfiguration`.
 * @param options how to run it.
 * @throws {Error} if a run fails; the message names it.
 *
 * @example
 * ```ts
 * import { resolveConfiguration, runAudit } from "@fa/audit";
 *
 * const configuration = resolveConfiguration({
 *   preset: "tiny", methods: ["bp"], epochs: 1, width: 4, depth: 2, limit: 1280,
 * });
 * const { report } = await runAudit(configuration, { workers: 2 });
 * if (report!.methods[0]!.method !== "bp") throw new Error("BP was audited");
 * ```
 */
export async function runAudit(
  configuration: AuditConfiguration,
  options: RunAuditOptions = {},
): Promise<AuditResult> {
  const plan = planRuns(configuration);
  const { dataset, ...how } = options;
  const portable = dataset ?? await openDataset(configuration.data);
  const { evidences, stopped } = await runPlan(plan.runs, portable, how);
  if (stopped) return { plan, evidences, report: undefined };
  const record = await configurationRecord(configuration, rebuildDataset(portable));
  return {
    plan,
    evidences,
    report: buildAudit(auditInput(configuration, plan, evidences, record)),
  };
}
