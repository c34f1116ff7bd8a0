// Threads that run kernels on one shared memory.
import type { KernelExports } from "./_exports.ts";
import type { Heap } from "./_heap.ts";
import {
  CALL_VALUES,
  CONTROL_VALUES,
  DONE,
  type HelperTask,
  OPEN_BITS,
  TICKET,
} from "./_helper_source.ts";
import { type Helper, startHelper } from "./_start_helper.ts";

/** Kernels that helpers can run: those whose work can be shared. */
const SHARED = ["gemmF32", "gemmF64", "geluF32", "adamwF32", "adamwF64"] as const;

/** Name of a kernel that helpers can run. */
export type SharedKernel = typeof SHARED[number];

/** As many threads as a crew can have. */
export const MAX_THREADS = 64;

/** How often a thread looks whether it may go on before it sleeps: for less than a millisecond. */
const SPINS = 50_000;
/** How long to wait for a helper that has taken a call, in naps of a second. */
const PATIENCE = 60;

/** Settings of {@link Crew.start}. */
export interface CrewOptions {
  /** Holds how many threads may work at the moment. Default: all may. */
  readonly limit?: Int32Array | undefined;
  /** For tests. */
  readonly patience?: number;
  /** For tests. */
  readonly start?: (task: HelperTask) => Promise<Helper>;
}

/**
 * The calling thread and its helpers. {@link Crew.run} describes calls in the shared memory and opens
 * a *ticket*, the number of calls that nobody has taken, above it a number that is new each time.
 * Whoever has time, the caller too, reads the description of the last open call and takes it by
 * lowering the ticket from the value that it saw: that fails if any of it is out of date. So nobody
 * waits for a helper that is late, or gone; only for what one has begun.
 */
export class Crew {
  /** Number of threads, with the calling one. */
  readonly size: number;
  readonly #limit: Int32Array | undefined;
  readonly #kernels: KernelExports;
  readonly #control: Int32Array;
  readonly #calls: Float64Array;
  readonly #patience: number;
  readonly #maySleep: boolean;
  #helpers: Helper[] = [];
  #round = 0;
  #broken = false;

  private constructor(heap: Heap, threads: number, at: number, options: CrewOptions) {
    this.size = threads;
    this.#limit = options.limit;
    this.#kernels = heap.kernels;
    // Shared memory never moves: what is viewed here stays there.
    this.#control = new Int32Array(heap.memory.buffer, at, CONTROL_VALUES).fill(0);
    this.#calls = new Float64Array(
      heap.memory.buffer,
      at + 4 * CONTROL_VALUES,
      CALL_VALUES * threads,
    );
    this.#patience = options.patience ?? PATIENCE;
    this.#maySleep = maySleep(this.#control);
  }

  /**
   * Starts `threads` − 1 helpers on a shared heap, and waits for them, unless there is a limit: then
   * they are an extra, who help as soon as they are there.
   *
   * @throws {Error} if one cannot start.
   */
  static async start(heap: Heap, threads: number, options: CrewOptions = {}): Promise<Crew> {
    const { start = startHelper } = options;
    const at = heap.allocateBytes(4 * CONTROL_VALUES + 8 * CALL_VALUES * threads);
    const crew = new Crew(heap, threads, at, options);
    const { module, memory } = heap;
    const task: HelperTask = { module, memory, at, kernels: SHARED, spins: SPINS };
    const starts = Array.from({ length: threads - 1 }, () => start(task));
    for (const result of await Promise.allSettled(starts)) {
      if (result.status === "fulfilled") crew.#helpers.push(result.value);
    }
    if (crew.#helpers.length < starts.length) {
      crew.stop(); // those that did start
      await Promise.all(starts);
    }
    const ready = Promise.all(crew.#helpers.map((helper) => helper.ready));
    ready.catch(() => crew.stop());
    if (!options.limit) await ready;
    return crew;
  }

  /** How many threads may work at the moment. */
  get threads(): number {
    return this.#limit ? Math.min(this.size, Math.max(1, Atomics.load(this.#limit, 0))) : this.size;
  }

  /** Ends the helpers; the calling thread then does everything. */
  stop(): void {
    for (const helper of this.#helpers) helper.stop();
    this.#helpers = [];
  }

  /**
   * Runs a kernel once with each list of arguments, no more of them than there are threads. The calls
   * run at the same time and must not touch what another one writes.
   *
   * @throws {Error} if a helper has begun a call and does not end it within a minute.
   */
  run(kernel: SharedKernel, calls: readonly (readonly number[])[]): void {
    if (this.#broken) throw broken(kernel);
    const number = SHARED.indexOf(kernel);
    calls.forEach((args, i) => {
      this.#calls.set(args, CALL_VALUES * i);
      this.#calls[CALL_VALUES * (i + 1) - 1] = number;
    });
    const control = this.#control;
    Atomics.store(control, DONE, 0);
    this.#round++;
    Atomics.store(control, TICKET, (this.#round << OPEN_BITS) | calls.length);
    Atomics.notify(control, TICKET, calls.length - 1);
    for (;;) {
      const ticket = Atomics.load(control, TICKET);
      const open = ticket & ((1 << OPEN_BITS) - 1);
      if (open === 0) break;
      if (Atomics.compareExchange(control, TICKET, ticket, ticket - 1) !== ticket) continue;
      const run = this.#kernels[kernel] as (...args: readonly number[]) => void;
      run(...calls[open - 1]!);
      Atomics.add(control, DONE, 1);
    }
    this.#waitFor(kernel, calls.length);
  }

  #waitFor(kernel: string, count: number): void {
    const control = this.#control;
    for (let spins = 0, naps = 0; naps < this.#patience;) {
      const done = Atomics.load(control, DONE);
      if (done === count) return;
      if (++spins < SPINS) continue;
      if (this.#maySleep) Atomics.wait(control, DONE, done, 1000);
      else spinLong(control, done);
      naps = Atomics.load(control, DONE) === done ? naps + 1 : 0;
    }
    this.#broken = true; // it may still write its result, wherever that is by then
    throw broken(kernel);
  }
}

function broken(kernel: string): Error {
  return new Error(
    `Cannot compute ${kernel} as a helper thread has begun its share and not ended it: ` +
      "open the backend with threads: 1",
  );
}

/** A browser's main thread may not sleep. */
function maySleep(control: Int32Array): boolean {
  try {
    Atomics.wait(control, DONE, 1, 0); // 1 is not there: returns at once where it is allowed
    return true;
  } catch {
    return false;
  }
}

/** About a second. */
function spinLong(control: Int32Array, done: number): void {
  for (let i = 0; i < 2 ** 28; i++) if (Atomics.load(control, DONE) !== done) return;
}
