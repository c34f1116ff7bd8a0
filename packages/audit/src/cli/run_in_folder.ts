// Runs what is left of an audit in its folder, and shows how far it is.

import type { RunEvidence } from "@fa/protocol";
import { openBackend } from "@fa/tensor";
import { type PortableDataset, rebuildDataset } from "../data/portable_dataset.ts";
import type { AuditFolder } from "../folder/audit_folder.ts";
import type { FoundRun } from "../folder/find_run.ts";
import { lastKeep, RunFacts } from "../folder/run_facts.ts";
import { machine } from "../machine.ts";
import { expectedSeconds } from "../plan/expected_seconds.ts";
import { packedSeconds } from "../plan/packed_seconds.ts";
import type { AuditPlan } from "../plan/plan_runs.ts";
import { type CoreShare, shareCores } from "../plan/share_cores.ts";
import { aboutDuration } from "../progress/duration.ts";
import { ProgressBoard } from "../progress/progress_board.ts";
import { createReporter, reporterMode } from "../progress/reporter.ts";
import type { RunSpec } from "../run/run_spec.ts";
import { secondsPerStep } from "../run/seconds_per_step.ts";
import { type AuditResult, runAudit } from "../run_audit.ts";
import type { AuditRequest } from "./audit_options.ts";
import type { Io } from "./io.ts";

/** What {@link runInFolder} needs. */
export interface FolderRun {
  readonly request: AuditRequest;
  readonly plan: AuditPlan;
  readonly dataset: PortableDataset;
  readonly folder: AuditFolder;
  /** What earlier starts have left of each run. */
  readonly found: ReadonlyMap<string, FoundRun>;
  readonly io: Io;
  readonly signal: AbortSignal;
}

/**
 * Runs what is left.
 *
 * @throws {Error} if a run fails, a file cannot be written, or another audit has taken over; the
 * message says what is kept.
 */
export async function runInFolder(context: FolderRun): Promise<AuditResult> {
  const { request, plan, dataset, folder, io } = context;
  const { configuration, quiet } = request;
  const finished = finishedOf(context);
  const left = plan.runs.filter(({ id }) => !finished.has(id));
  if (left.length === 0) return await runAudit(configuration, { dataset, finished });

  const share = shareCores({
    runs: left.length,
    backend: configuration.backend,
    cores: machine().cores,
    workers: request.workers,
    threads: request.threads,
  });
  const resumed = resumedOf(context);
  if (!quiet && finished.size + resumed.size > 0) {
    io.stderr.write(`${resuming(plan, finished.size, [...resumed.values()])}\n`);
  }
  const expected = quiet ? undefined : await timesOf(context, left, share);
  if (expected) {
    const seconds = left.map(({ id, epochs }) =>
      expected.get(id)! * (1 - (resumed.get(id) ?? 0) / epochs)
    );
    io.stderr.write(`${estimate(seconds, share)}\n`);
  }
  const board = new ProgressBoard(plan.runs, {
    workers: share.workers,
    expected,
    now: () => performance.now() / 1000,
  });
  const mode = reporterMode(io.stderr, { quiet, term: io.env.TERM });
  const reporter = createReporter(board, { mode, stream: io.stderr });
  const closed = io.onExit(() => reporter.close());
  for (const spec of plan.runs) {
    const evidence = finished.get(spec.id);
    if (evidence) reporter.kept(spec, evidence);
    else board.resume(spec.id, resumed.get(spec.id) ?? 0);
  }
  // What was said last about checkpoints holds until something else is said.
  const keep = { ...await lastKeep(folder.path), ...request.keep };
  let facts: RunFacts | undefined;
  let result: AuditResult;
  try {
    facts = await RunFacts.start(folder, {
      out: folder.path,
      dataDir: request.dataDir ?? null,
      workers: share.workers,
      threads: share.threads,
      keep,
      kept: [...finished.keys()],
      resumed: Object.fromEntries(resumed),
    });
    result = await runAudit(configuration, {
      dataset,
      finished,
      // What was asked for, not what came of it: only then may threads be lent.
      ...(request.workers !== undefined && { workers: request.workers }),
      ...(request.threads !== undefined && { threads: request.threads }),
      selfChecks: request.selfChecks,
      signal: AbortSignal.any([context.signal, folder.lost]),
      place: (spec) => folder.placeOf(spec, keep),
      onStart: reporter.start,
      onProgress: reporter.progress,
      onDone: reporter.done,
    });
    folder.check();
  } catch (error) {
    await facts?.end("failed").catch(() => {});
    throw new Error(`${(error as Error).message}; ${whatIsKept(board, folder.path)}`, {
      cause: error,
    });
  } finally {
    reporter.close();
    closed();
  }
  await facts.end(result.report ? "finished" : "stopped");
  if (!result.report) io.stderr.write(`stopped: ${whatIsKept(board, folder.path)}\n`);
  return result;
}

function finishedOf({ found }: FolderRun): Map<string, RunEvidence> {
  const finished = new Map<string, RunEvidence>();
  for (const [id, run] of found) if (run.state === "finished") finished.set(id, run.evidence);
  return finished;
}

/** Epochs that runs go on from, by id. */
function resumedOf({ found }: FolderRun): Map<string, number> {
  const resumed = new Map<string, number>();
  for (const [id, run] of found) {
    if (run.state === "open" && run.from > 0) resumed.set(id, run.from);
  }
  return resumed;
}

/** Expected seconds of the runs that are left, from their first epoch on. */
async function timesOf(
  { request, plan, dataset, folder }: FolderRun,
  left: AuditPlan["runs"],
  { threads }: CoreShare,
): Promise<Map<string, number>> {
  const { configuration } = request;
  const backend = await openBackend(configuration.backend, { threads });
  const known = rebuildDataset(dataset);
  const times = (spec: RunSpec) => secondsPerStep(spec, known, backend, () => folder.beat());
  return expectedSeconds({ ...plan, runs: left }, configuration, times);
}

/** `resuming: 5 of 27 runs were finished, 1 goes on from epoch 3`. */
function resuming({ runs }: AuditPlan, finished: number, epochs: readonly number[]): string {
  const [low, high] = [Math.min(...epochs), Math.max(...epochs)];
  const from = low === high ? `epoch ${low}` : `epochs ${low} to ${high}`;
  const open = epochs.length === 0
    ? ""
    : `, ${epochs.length} ${epochs.length === 1 ? "goes" : "go"} on from ${from}`;
  return `resuming: ${finished} of ${runs.length} runs were finished${open}`;
}

/** `about 3 minutes: 11 runs on 2 workers`. */
function estimate(seconds: readonly number[], { workers }: CoreShare): string {
  const duration = aboutDuration(packedSeconds(seconds, workers));
  const runs = `${seconds.length} ${seconds.length === 1 ? "run" : "runs"}`;
  return `${duration}: ${runs} on ${workers} ${workers === 1 ? "worker" : "workers"}`;
}

function whatIsKept(board: ProgressBoard, out: string): string {
  const finished = board.in("done").length + board.in("kept").length;
  // A run says that an epoch is over when its checkpoint is written.
  const begun = [...board.in("running"), ...board.in("waiting")].filter(({ epoch }) => epoch >= 1);
  if (finished + begun.length === 0) return "no run has come so far that anything is kept";
  const open = begun.length === 0
    ? ""
    : ` and ${begun.length} ${begun.length === 1 ? "has a checkpoint" : "have checkpoints"}`;
  return `${finished} of ${board.size} runs were finished${open}; started again, the audit goes on ` +
    `with what is kept in ${out}`;
}
