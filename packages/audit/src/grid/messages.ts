// What the main thread and its workers say to each other.

import type { RunEvidence } from "@fa/protocol";
import type { PortableDataset } from "../data/portable_dataset.ts";
import type { RunPlace } from "../folder/run_files.ts";
import type { Progress, RunSpec } from "../run/run_spec.ts";
import type { _SpawnedWorker, _WorkerEvents } from "./_spawn.ts";

/** Threads that a run may have beyond its own, once other workers have nothing left to do. */
export interface SpareThreads {
  /** As many as it can have, with its own. */
  readonly threads: number;
  /** One 32-bit integer: how many of them may work at the moment. */
  readonly limit: SharedArrayBuffer;
}

/** To a worker: the dataset, once; then one run at a time. */
export type ToWorker =
  | { readonly type: "dataset"; readonly dataset: PortableDataset }
  | {
    readonly type: "run";
    readonly spec: RunSpec;
    readonly threads: number;
    readonly spare?: SpareThreads | undefined;
    /** Where it keeps its files; without it nothing is written. */
    readonly place?: RunPlace | undefined;
    /** Whether training is watched. Default true. */
    readonly selfChecks?: boolean | undefined;
  };

/** From a worker: progress of its run, then its end. */
export type FromWorker =
  | { readonly type: "progress"; readonly progress: Progress }
  | { readonly type: "done"; readonly evidence: RunEvidence }
  | { readonly type: "failed"; readonly message: string };

/** Starts a worker of the grid. */
export type OpenWorker = (events: _WorkerEvents<FromWorker>) => _SpawnedWorker<ToWorker>;
