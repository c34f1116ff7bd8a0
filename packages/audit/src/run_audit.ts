// The whole audit as one function: plan, grid, judgement.

import { type AuditReport, buildAudit, type RunEvidence } from "@fa/protocol";
import { openDataset } from "./data/open_dataset.ts";
import { type PortableDataset, rebuildDataset } from "./data/portable_dataset.ts";
import type { RunPlace } from "./folder/run_files.ts";
import { openWorker } from "./grid/open_worker.ts";
import { runGrid } from "./grid/run_grid.ts";
import { machine } from "./machine.ts";
import { auditInput } from "./plan/audit_input.ts";
import type { AuditConfiguration } from "./plan/configuration.ts";
import { configurationRecord } from "./plan/configuration_record.ts";
import { type AuditPlan, planRuns } from "./plan/plan_runs.ts";
import { shareCores } from "./plan/share_cores.ts";
import type { Progress, RunSpec } from "./run/run_spec.ts";

/** How to execute an audit; nothing here changes its results. */
export interface RunAuditOptions {
  /** The dataset, from {@link openDataset}. Needed for all but the synthetic data. */
  readonly dataset?: PortableDataset;
  /** Number of workers; no more are started than there are runs. Default: number of cores. */
  readonly workers?: number;
  /**
   * Threads of each run. Default: the cores left over where there are fewer runs than cores and
   * `workers` is not given, otherwise 1; the last runs get those of workers that have nothing left to
   * do.
   */
  readonly threads?: number;
  /** Whether training is watched, see `SelfChecks` of `@fa/methods`. Default true. */
  readonly selfChecks?: boolean;
  /** Evidence of runs that were finished before, by id; they are not run again. */
  readonly finished?: ReadonlyMap<string, RunEvidence>;
  /** Where a run keeps its files, and goes on from; without it nothing is written. */
  readonly place?: (spec: RunSpec) => RunPlace;
  /** Stops the audit when it is aborted; finished runs have been handed to `onDone`. */
  readonly signal?: AbortSignal;
  /** Hears that a run has started. */
  readonly onStart?: (spec: RunSpec) => void;
  /** Hears how far a run is. */
  readonly onProgress?: (progress: Progress) => void;
  /** Hears that a run is finished, and its files are written. */
  readonly onDone?: (spec: RunSpec, evidence: RunEvidence) => void;
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
  const portable = options.dataset ?? await openDataset(configuration.data);
  const dataset = rebuildDataset(portable);
  const { onStart, onProgress, onDone, place, signal, finished = new Map() } = options;
  const left = plan.runs.filter(({ id }) => !finished.has(id));
  const { evidences: found, stopped } = await runGrid({
    runs: left,
    dataset: portable,
    ...shareCores({
      runs: left.length,
      backend: configuration.backend,
      cores: machine().cores,
      workers: options.workers,
      threads: options.threads,
    }),
    open: openWorker,
    selfChecks: options.selfChecks ?? true,
    signal,
    ...(place && { place }),
    ...(onStart && { onStart }),
    ...(onProgress && { onProgress }),
    ...(onDone && { onDone }),
  });
  const evidences = new Map([...finished, ...found]);
  if (stopped) return { plan, evidences, report: undefined };
  const record = await configurationRecord(configuration, dataset);
  return {
    plan,
    evidences,
    report: buildAudit(auditInput(configuration, plan, evidences, record)),
  };
}
