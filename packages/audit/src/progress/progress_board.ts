// How far every run of the grid is: the state behind the displays.

import { mean, type Measured } from "@fa/protocol";
import { packedSeconds } from "../plan/packed_seconds.ts";
import type { Progress, RunSpec } from "../run/run_spec.ts";

/** Newest numbers of a run. */
export interface Reading {
  /** Test accuracy. */
  readonly accuracy?: Measured | undefined;
  /** Median ‖h_L‖. */
  readonly hiddenNorm?: Measured | undefined;
  /** Median ‖g_L‖. */
  readonly gradientNorm?: Measured | undefined;
}

/** State of one run. */
export interface RunState extends Reading {
  readonly id: string;
  /** `kept` if an earlier start of the audit has finished it. */
  readonly state: "waiting" | "running" | "done" | "kept";
  /** Finished epochs, may be fractional. */
  readonly epoch: number;
  /** Epochs that an earlier start of the audit has finished. */
  readonly from: number;
  /** Epochs of the run. */
  readonly epochs: number;
  /** When it started, on the board's clock. */
  readonly startedAt: number;
  /** How long it took, once it is done. */
  readonly seconds: number;
}

/** Options of a {@link ProgressBoard}. */
export interface BoardOptions {
  /** Number of workers. */
  readonly workers: number;
  /** Expected seconds of each run by id, from its first epoch; without it all runs count the same. */
  readonly expected?: ReadonlyMap<string, number> | undefined;
  /** The clock, in seconds. */
  readonly now: () => number;
}

/** Keeps the state of all runs and estimates the time that is left. */
export class ProgressBoard {
  readonly #runs = new Map<string, RunState>();
  readonly #options: BoardOptions;

  constructor(runs: readonly RunSpec[], options: BoardOptions) {
    this.#options = options;
    const state = "waiting";
    for (const { id, stopAfter: epochs } of runs) {
      this.#runs.set(id, { id, state, epoch: 0, from: 0, epochs, startedAt: 0, seconds: 0 });
    }
  }

  /** A run that an earlier start has brought to this epoch; if that was the last, it is kept. */
  resume(id: string, epoch: number, reading: Reading = {}): void {
    const state = epoch === this.#of(id).epochs ? "kept" : "waiting";
    this.#change(id, { ...reading, state, epoch, from: epoch });
  }

  start(id: string): void {
    this.#change(id, { state: "running", startedAt: this.#options.now() });
  }

  update({ id, epoch, epochs: _, ...reading }: Progress): void {
    const run = this.#of(id);
    if (run.state !== "running") return;
    // Time counts from the first word of the run: its worker had to be started before.
    const first = run.epoch === run.from && epoch === run.from;
    this.#change(id, { epoch, ...reading, ...(first && { startedAt: this.#options.now() }) });
  }

  finish(id: string, reading: Reading): void {
    const { epochs, startedAt } = this.#of(id);
    const seconds = this.#options.now() - startedAt;
    this.#change(id, { ...reading, state: "done", epoch: epochs, seconds });
  }

  /** The state of a run. */
  of(id: string): RunState {
    return this.#of(id);
  }

  /** Runs in a state, in the order of the queue. */
  in(state: RunState["state"]): RunState[] {
    return [...this.#runs.values()].filter((run) => run.state === state);
  }

  /** Number of all runs. */
  get size(): number {
    return this.#runs.size;
  }

  /** Share of the whole work that is done, 0 to 1. */
  get fraction(): number {
    let done = 0;
    let all = 0;
    for (const run of this.#runs.values()) {
      done += this.#weight(run) * fractionOf(run);
      all += this.#weight(run);
    }
    return all > 0 ? done / all : 1;
  }

  /** Seconds that a running run still takes; undefined while that is anyone's guess. */
  secondsLeftOf(id: string): number | undefined {
    const run = this.#of(id);
    const left = 1 - fractionOf(run);
    const worked = workedOf(run);
    if (worked > 0.02) return (this.#options.now() - run.startedAt) * left / worked;
    const pace = this.#pace();
    return pace === undefined ? undefined : pace * this.#weight(run) * left;
  }

  /** Seconds until all runs are done; undefined while that is anyone's guess. */
  get secondsLeft(): number | undefined {
    const pace = this.#pace();
    if (pace === undefined) return undefined;
    const open = [...this.in("running"), ...this.in("waiting")];
    const left = open.map((run) =>
      (run.state === "running" ? this.secondsLeftOf(run.id) : undefined) ??
        pace * this.#weight(run) * (1 - fractionOf(run))
    );
    return packedSeconds(left, this.#options.workers);
  }

  /** Seconds of a worker per unit of weight: measured, or 1 where weights are seconds themselves. */
  #pace(): number | undefined {
    let seconds = 0;
    let worked = 0;
    let all = 0;
    for (const run of this.#runs.values()) {
      all += this.#weight(run);
      if (run.state !== "running" && run.state !== "done") continue;
      seconds += run.state === "done" ? run.seconds : this.#options.now() - run.startedAt;
      worked += this.#weight(run) * workedOf(run);
    }
    if (worked > 0.01 * all) return seconds / worked;
    return this.#options.expected ? 1 : undefined;
  }

  /** A run of which nobody has asked how long it takes, as it was kept, counts like the others. */
  #weight({ id, epochs }: RunState): number {
    const { expected } = this.#options;
    if (!expected || expected.size === 0) return epochs;
    return expected.get(id) ?? mean([...expected.values()]);
  }

  #of(id: string): RunState {
    const run = this.#runs.get(id);
    if (!run) throw new RangeError(`Cannot find run ${id} as it is not part of this grid`);
    return run;
  }

  #change(id: string, change: Partial<RunState>): void {
    this.#runs.set(id, { ...this.#of(id), ...change });
  }
}

function fractionOf({ epoch, epochs }: RunState): number {
  return Math.min(1, epoch / epochs);
}

/** The share of a run that this start of the audit has done. */
function workedOf({ epoch, from, epochs }: RunState): number {
  return Math.max(0, Math.min(1, epoch / epochs) - from / epochs);
}
