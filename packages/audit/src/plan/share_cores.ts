// How the cores of a machine are shared among the runs of an audit. Changes no result.

import type { BackendName } from "@fa/tensor";

/** How many runs go on at the same time, and how many threads each of them has. */
export interface CoreShare {
  /** Worker threads, each with one run at a time; no more than there are runs. */
  readonly workers: number;
  /** Threads of each run. */
  readonly threads: number;
  /** Whether workers that have nothing left to do lend their threads to the last runs. */
  readonly lend: boolean;
}

/** As many threads as a run can have. */
export const maxThreads = 64;

/** Whether a backend can share the work of one run among threads. */
export function sharesWork(backend: BackendName): boolean {
  return backend === "wasm" || backend === "wasm-fast-math";
}

/**
 * Runs come first: as many at the same time as there are cores. Only where there are fewer runs than
 * cores, and nothing else was asked for, do the cores left over become threads of the runs. Unless a
 * number of threads was asked for, workers that have nothing left to do lend theirs to the last runs.
 *
 * @param grid number of runs, their backend, the cores of the machine, and what was asked for.
 */
export function shareCores(
  { runs, backend, cores, workers, threads }: {
    readonly runs: number;
    readonly backend: BackendName;
    readonly cores: number;
    readonly workers?: number | undefined;
    readonly threads?: number | undefined;
  },
): CoreShare {
  const used = Math.min(workers ?? cores, runs);
  const left = workers === undefined && sharesWork(backend) ? Math.floor(cores / used) : 1;
  return {
    workers: used,
    threads: threads ?? Math.min(left, maxThreads),
    lend: threads === undefined && used > 1 && sharesWork(backend),
  };
}
