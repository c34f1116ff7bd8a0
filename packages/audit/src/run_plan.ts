// All runs of a plan on worker threads.

import type { RunEvidence } from "@fa/protocol";
import type { PortableDataset } from "./data/portable_dataset.ts";
import type { RunPlace } from "./folder/run_files.ts";
import { openWorker } from "./grid/open_worker.ts";
import { type GridResult, runGrid } from "./grid/run_grid.ts";
import { machine } from "./machine.ts";
import { shareCores } from "./plan/share_cores.ts";
import type { Progress, RunSpec } from "./run/run_spec.ts";

/** How to execute runs; nothing here changes their results. */
export interface RunPlanOptions {
  /** Number of workers; no more are started than there are runs. Default: number of cores. */
  readonly workers?: number;
  /**
   * Threads of each run. Default: the cores left over where there are fewer runs than cores and
   * `workers` is not given, otherwise 1; the last runs get those of workers that have nothing left
   * to do.
   */
  readonly threads?: number;
  /** Whether training is watched, see `SelfChecks` of `@fa/methods`. Default true. */
  readonly selfChecks?: boolean;
  /** Evidence of runs that were finished before, by id; they are not run again. */
  readonly finished?: ReadonlyMap<string, RunEvidence>;
  /** Where a run keeps its files, and goes on from; without it nothing is written. */
  readonly place?: (spec: RunSpec) => RunPlace;
  /** Stops everything when it is aborted; finished runs have been handed to `onDone`. */
  readonly signal?: AbortSignal;
  /** Hears that a run has started. */
  readonly onStart?: (spec: RunSpec) => void;
  /** Hears how far a run is. */
  readonly onProgress?: (progress: Progress) => void;
  /** Hears that a run is finished, and its files are written. */
  readonly onDone?: (spec: RunSpec, evidence: RunEvidence) => void;
}

/**
 * Runs what is not finished yet.
 *
 * @param runs all runs, of one backend.
 * @param dataset what they are trained on.
 * @returns the evidence of every finished run, those that were finished before among them.
 * @throws {Error} if a run fails; the message names it.
 */
export async function runPlan(
  runs: readonly RunSpec[],
  dataset: PortableDataset,
  { finished = new Map(), workers, threads, selfChecks = true, ...rest }: RunPlanOptions,
): Promise<GridResult> {
  const left = runs.filter(({ id }) => !finished.has(id));
  if (left.length === 0) return { evidences: finished, stopped: false };
  const { backend } = left[0]!;
  const { evidences, stopped } = await runGrid({
    runs: left,
    dataset,
    ...shareCores({ runs: left.length, backend, cores: machine().cores, workers, threads }),
    open: openWorker,
    selfChecks,
    ...rest,
  });
  return { evidences: new Map([...finished, ...evidences]), stopped };
}
