// Runs the grid: a queue of runs, a pool of workers, one run a worker at a time.

import type { RunEvidence } from "@fa/protocol";
import type { PortableDataset } from "../data/portable_dataset.ts";
import type { RunPlace } from "../folder/run_files.ts";
import { maxThreads } from "../plan/share_cores.ts";
import type { Progress, RunSpec } from "../run/run_spec.ts";
import type { _SpawnedWorker } from "./_spawn.ts";
import type { OpenWorker, SpareThreads, ToWorker } from "./messages.ts";

/** What {@link runGrid} needs. */
export interface GridOptions {
  /** The runs, in the order in which they are to start. */
  readonly runs: readonly RunSpec[];
  /** The dataset of all runs; posted once to each worker. */
  readonly dataset: PortableDataset;
  /** Number of workers; no more are started than there are runs. */
  readonly workers: number;
  /** Threads of each run. Default 1. */
  readonly threads?: number;
  /** Whether the last runs get the threads of workers that have nothing left to do. Default false. */
  readonly lend?: boolean;
  /** Whether training is watched. Default true. */
  readonly selfChecks?: boolean;
  /** Starts a worker. */
  readonly open: OpenWorker;
  /** Stops everything when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Where a run keeps its files, and goes on from; without it nothing is written. */
  readonly place?: (spec: RunSpec) => RunPlace;
  /** Hears that a run has started. */
  readonly onStart?: (spec: RunSpec) => void;
  /** Hears how far a run is. */
  readonly onProgress?: (progress: Progress) => void;
  /** Hears that a run is finished, and its files are written. */
  readonly onDone?: (spec: RunSpec, evidence: RunEvidence) => void;
}

/** What came of a grid. */
export interface GridResult {
  /** Evidence of the finished runs by id. */
  readonly evidences: ReadonlyMap<string, RunEvidence>;
  /** Whether the signal stopped it before all runs were finished. */
  readonly stopped: boolean;
}

/**
 * Runs every run once. A run depends on its specification and on the dataset only, so the result
 * does not depend on the number of workers. When a run fails the others are stopped at once; what
 * they have written by then stays.
 *
 * @throws {Error} if a run fails; the message names it.
 */
export async function runGrid(options: GridOptions): Promise<GridResult> {
  const { runs, signal, threads = 1, lend = false } = options;
  const evidences = new Map<string, RunEvidence>();
  const queue = [...runs];
  const inboxes = new Set<Inbox>();
  let halted = signal?.aborted ?? false; // by the signal, or by the first failure
  const halt = () => {
    halted = true;
    for (const inbox of inboxes) inbox.stop();
  };
  signal?.addEventListener("abort", halt);

  const count = Math.min(options.workers, runs.length);
  const limit = new Int32Array(new SharedArrayBuffer(4)).fill(threads);
  let lanes = count;
  /** A worker with nothing left to do leaves its threads to the others. */
  const leave = () => {
    if (--lanes > 0) Atomics.store(limit, 0, Math.floor(threads * count / lanes));
  };
  /** The last runs may double their threads. */
  const spareOf = (waiting: number): SpareThreads | undefined =>
    lend && waiting < count
      ? { threads: Math.min(2 * threads, maxThreads), limit: limit.buffer }
      : undefined;

  async function lane(): Promise<void> {
    const inbox = new Inbox(options.open, options.onProgress ?? (() => {}));
    inboxes.add(inbox);
    try {
      inbox.worker.post({ type: "dataset", dataset: options.dataset });
      while (!halted) {
        const spec = queue.shift();
        if (!spec) return;
        options.onStart?.(spec);
        const evidence = await inbox.run({
          type: "run",
          spec,
          threads,
          spare: spareOf(queue.length),
          place: options.place?.(spec),
          selfChecks: options.selfChecks,
        });
        if (!evidence) return; // stopped
        evidences.set(spec.id, evidence);
        options.onDone?.(spec, evidence);
      }
    } catch (error) {
      halt();
      throw error;
    } finally {
      inboxes.delete(inbox);
      leave();
      await inbox.worker.terminate();
    }
  }

  try {
    const ends = await Promise.allSettled(Array.from({ length: halted ? 0 : count }, lane));
    const failed = ends.find((end) => end.status === "rejected");
    if (failed) throw failed.reason;
  } finally {
    signal?.removeEventListener("abort", halt);
  }
  return { evidences, stopped: evidences.size < runs.length };
}

/** A worker whose messages have become one promise for each run. */
class Inbox {
  readonly worker: _SpawnedWorker<ToWorker>;
  #current: {
    readonly id: string;
    readonly done: (evidence: RunEvidence | undefined) => void;
    readonly failed: (error: Error) => void;
  } | undefined;
  #failure: string | undefined; // came while no run was there to blame

  constructor(open: OpenWorker, onProgress: (progress: Progress) => void) {
    this.worker = open({
      message: (message) => {
        if (message.type === "failed") this.#fail(message.message);
        else if (message.type === "done") this.#current?.done(message.evidence);
        else if (this.#current) onProgress(message.progress); // else a late word of a stopped run
      },
      error: (error) => this.#fail(`its worker died: ${error.message}`),
    });
  }

  #fail(reason: string): void {
    this.#failure = reason;
    this.#current?.failed(failure(this.#current.id, reason));
  }

  /** The evidence of a run, or undefined if it was stopped. */
  async run(message: ToWorker & { readonly type: "run" }): Promise<RunEvidence | undefined> {
    const { id } = message.spec;
    try {
      return await new Promise<RunEvidence | undefined>((done, failed) => {
        this.#current = { id, done, failed };
        if (this.#failure !== undefined) failed(failure(id, this.#failure));
        else this.worker.post(message);
      });
    } finally {
      this.#current = undefined;
    }
  }

  stop(): void {
    this.#current?.done(undefined);
  }
}

function failure(id: string, reason: string): Error {
  return new Error(`Cannot finish run ${id}: ${reason}`);
}
