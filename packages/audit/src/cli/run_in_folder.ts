// Runs in a folder that belongs to them: what is left of them, checkpoints, and how far they are.

import type { RunEvidence } from "@fa/protocol";
import { openBackend } from "@fa/tensor";
import { type PortableDataset, rebuildDataset } from "../data/portable_dataset.ts";
import { AuditFolder } from "../folder/audit_folder.ts";
import type { FoundRun } from "../folder/find_run.ts";
import { lastKeep, RunFacts } from "../folder/run_facts.ts";
import type { GridResult } from "../grid/run_grid.ts";
import { machine } from "../machine.ts";
import type { ConfigurationRecord } from "../plan/configuration_record.ts";
import { expectedSeconds } from "../plan/expected_seconds.ts";
import { packedSeconds } from "../plan/packed_seconds.ts";
import { type CoreShare, shareCores } from "../plan/share_cores.ts";
import { aboutDuration } from "../progress/duration.ts";
import { ProgressBoard } from "../progress/progress_board.ts";
import { createReporter, reporterMode } from "../progress/reporter.ts";
import { checkCheckpoint } from "../run/check_checkpoint.ts";
import type { RunSpec } from "../run/run_spec.ts";
import { secondsPerStep } from "../run/seconds_per_step.ts";
import { runPlan } from "../run_plan.ts";
import type { ExecutionRequest } from "./audit_options.ts";
import type { Io } from "./io.ts";

/** What {@link runInFolder} needs. */
export interface FolderJob {
  /** How to run. */
  readonly execution: ExecutionRequest;
  /** All runs, each once, of one backend; those that take longest first. */
  readonly runs: readonly RunSpec[];
  readonly dataset: PortableDataset;
  /** What `configuration.json` says. */
  readonly record: ConfigurationRecord;
  /** The folder. */
  readonly out: string;
  readonly io: Io;
  readonly signal: AbortSignal;
  /** What it is called where it says how to go on. Default `audit`. */
  readonly what?: "audit" | "control";
  /** Prepares a folder that has just been opened, before anybody looks for what is left in it. */
  readonly prepare?: (folder: AuditFolder) => Promise<void>;
  /** Judges what came of the runs, in their order, and writes it to the folder. */
  readonly conclude: (
    evidences: ReadonlyMap<string, RunEvidence>,
    folder: AuditFolder,
  ) => Promise<void>;
}

/** A job whose folder is open. */
interface OpenJob extends FolderJob {
  readonly folder: AuditFolder;
  /** What earlier starts have left of each run. */
  readonly found: ReadonlyMap<string, FoundRun>;
}

/**
 * Opens the folder, runs what is left, and concludes.
 *
 * @returns whether it was finished, rather than stopped.
 * @throws {Error} if the folder cannot be used, a run fails, a file cannot be written, or another
 * audit has taken over; the message says what is kept.
 */
export async function runInFolder(job: FolderJob): Promise<boolean> {
  const { execution, runs, record, out, io } = job;
  const folder = await AuditFolder.open(out, record, {
    onWaiting: () => {
      if (execution.quiet) return;
      io.stderr.write(
        `waiting to see whether another audit, begun before, still writes to ${out}\n`,
      );
    },
  });
  const closed = io.onExit(() => folder.close());
  try {
    await job.prepare?.(folder);
    const found = await findRuns(folder, job);
    const { evidences, stopped } = await runLeft({ ...job, folder, found });
    if (stopped) return false;
    // In the order of the plan, not in that of the finish.
    await job.conclude(new Map(runs.map(({ id }) => [id, evidences.get(id)!])), folder);
    return true;
  } finally {
    folder.close();
    closed();
  }
}

/** What earlier starts have left of each run; says what was damaged. */
async function findRuns(
  folder: AuditFolder,
  { runs, dataset: portable, io }: FolderJob,
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

async function runLeft(job: OpenJob): Promise<GridResult> {
  const { execution, runs, dataset, folder, io } = job;
  const { quiet } = execution;
  const finished = finishedOf(job);
  const left = runs.filter(({ id }) => !finished.has(id));
  if (left.length === 0) return { evidences: finished, stopped: false };

  const share = shareCores({
    runs: left.length,
    backend: left[0]!.backend,
    cores: machine().cores,
    workers: execution.workers,
    threads: execution.threads,
  });
  const resumed = resumedOf(job);
  if (!quiet && finished.size + resumed.size > 0) {
    io.stderr.write(`${resuming(runs, finished.size, [...resumed.values()])}\n`);
  }
  const expected = quiet ? undefined : await timesOf(job, left, share);
  if (expected) {
    const seconds = left.map(({ id, stopAfter }) =>
      expected.get(id)! * (1 - (resumed.get(id) ?? 0) / stopAfter)
    );
    io.stderr.write(`${estimate(seconds, share)}\n`);
  }
  const board = new ProgressBoard(runs, {
    workers: share.workers,
    expected,
    now: () => performance.now() / 1000,
  });
  const mode = reporterMode(io.stderr, { quiet, term: io.env.TERM });
  const reporter = createReporter(board, { mode, stream: io.stderr });
  const closed = io.onExit(() => reporter.close());
  for (const spec of runs) {
    const evidence = finished.get(spec.id);
    if (evidence) reporter.kept(spec, evidence);
    else board.resume(spec.id, resumed.get(spec.id) ?? 0);
  }
  // What was said last about checkpoints holds until something else is said.
  const keep = { ...await lastKeep(folder.path), ...execution.keep };
  let facts: RunFacts | undefined;
  let result: GridResult;
  try {
    facts = await RunFacts.start(folder, {
      out: folder.path,
      dataDir: execution.dataDir ?? null,
      workers: share.workers,
      threads: share.threads,
      keep,
      kept: [...finished.keys()],
      resumed: Object.fromEntries(resumed),
    });
    result = await runPlan(runs, dataset, {
      finished,
      // What was asked for, not what came of it: only then may threads be lent.
      ...(execution.workers !== undefined && { workers: execution.workers }),
      ...(execution.threads !== undefined && { threads: execution.threads }),
      selfChecks: execution.selfChecks,
      signal: AbortSignal.any([job.signal, folder.lost]),
      place: (spec) => folder.placeOf(spec, keep),
      onStart: reporter.start,
      onProgress: reporter.progress,
      onDone: reporter.done,
    });
    folder.check();
  } catch (error) {
    await facts?.end("failed").catch(() => {});
    throw new Error(`${(error as Error).message}; ${whatIsKept(board, folder.path, job.what)}`, {
      cause: error,
    });
  } finally {
    reporter.close();
    closed();
  }
  await facts.end(result.stopped ? "stopped" : "finished");
  if (result.stopped) io.stderr.write(`stopped: ${whatIsKept(board, folder.path, job.what)}\n`);
  return result;
}

function finishedOf({ found }: OpenJob): Map<string, RunEvidence> {
  const finished = new Map<string, RunEvidence>();
  for (const [id, run] of found) if (run.state === "finished") finished.set(id, run.evidence);
  return finished;
}

/** Epochs that runs go on from, by id. */
function resumedOf({ found }: OpenJob): Map<string, number> {
  const resumed = new Map<string, number>();
  for (const [id, run] of found) {
    if (run.state === "open" && run.from > 0) resumed.set(id, run.from);
  }
  return resumed;
}

/** Expected seconds of the runs that are left, from their first epoch on. */
async function timesOf(
  { dataset, folder }: OpenJob,
  left: readonly RunSpec[],
  { threads }: CoreShare,
): Promise<Map<string, number>> {
  const backend = await openBackend(left[0]!.backend, { threads });
  const known = rebuildDataset(dataset);
  const times = (spec: RunSpec) => secondsPerStep(spec, known, backend, () => folder.beat());
  return expectedSeconds(left, known, times);
}

/** `resuming: 5 of 27 runs were finished, 1 goes on from epoch 3`. */
function resuming(
  runs: readonly RunSpec[],
  finished: number,
  epochs: readonly number[],
): string {
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

function whatIsKept(board: ProgressBoard, out: string, what = "audit"): string {
  const finished = board.in("done").length + board.in("kept").length;
  // A run says that an epoch is over when its checkpoint is written.
  const begun = [...board.in("running"), ...board.in("waiting")].filter(({ epoch }) => epoch >= 1);
  if (finished + begun.length === 0) return "no run has come so far that anything is kept";
  const open = begun.length === 0
    ? ""
    : ` and ${begun.length} ${begun.length === 1 ? "has a checkpoint" : "have checkpoints"}`;
  return `${finished} of ${board.size} runs were finished${open}; started again, the ${what} goes on ` +
    `with what is kept in ${out}`;
}
