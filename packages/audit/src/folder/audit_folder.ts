// The folder of an audit, while an audit writes to it.

import { join } from "node:path";
import type { KeepPolicy } from "@fa/methods";
import type { ConfigurationRecord } from "../plan/configuration_record.ts";
import type { RunSpec } from "../run/run_spec.ts";
import { checkConfiguration, writeConfiguration } from "./configuration_file.ts";
import { type CheckCheckpoint, findRun, type FoundRun } from "./find_run.ts";
import { acquireLock, type Lock, type LockOptions } from "./lock.ts";
import { makeFolder } from "./make_folder.ts";
import { removeTemporaries } from "./remove_temporaries.ts";
import type { RunPlace } from "./run_files.ts";
import { writeAtomic } from "./write_atomic.ts";

/** A folder that belongs to one audit of one configuration until it is closed. */
export class AuditFolder {
  /** Its path, as it was given. */
  readonly path: string;
  readonly #lock: Lock;
  readonly #found = new Map<string, FoundRun>();

  private constructor(path: string, lock: Lock) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Makes the folder where there is none, locks it, and clears away what a killed process has left
   * half-written.
   *
   * @throws {Error} if it cannot be written to, if another audit is writing to it, or if it holds the
   * audit of another configuration.
   */
  static async open(
    path: string,
    record: ConfigurationRecord,
    options: LockOptions = {},
  ): Promise<AuditFolder> {
    await checkConfiguration(path, record); // at once, and before anything is made
    await makeFolder(path);
    const lock = await acquireLock(path, options);
    try {
      await removeTemporaries(path);
      if (!await checkConfiguration(path, record)) await writeConfiguration(path, record);
      return new AuditFolder(path, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Aborted when another audit has taken over. */
  get lost(): AbortSignal {
    return this.#lock.lost;
  }

  /** Gives a sign of life if one is due, see {@link Lock}. */
  beat(): void {
    this.#lock.beat();
  }

  /** @throws {Error} if another audit has taken over. */
  check(): void {
    this.#lock.check();
  }

  /** What earlier starts have left of a run; looked for once. */
  async find(spec: RunSpec, check: CheckCheckpoint): Promise<FoundRun> {
    const found = this.#found.get(spec.id) ?? await findRun(this.#pathOf(spec), spec, check);
    this.#found.set(spec.id, found);
    return found;
  }

  /** Where a run goes on, or starts. */
  placeOf(spec: RunSpec, keep: KeepPolicy): RunPlace {
    const found = this.#found.get(spec.id);
    const { from, sums } = found?.state === "open" ? found : { from: 0, sums: {} };
    return { path: this.#pathOf(spec), from, sums, keep };
  }

  /** Writes a file of the audit as a whole, unless another audit has taken over. */
  async write(name: string, text: string): Promise<void> {
    this.check();
    await writeAtomic(join(this.path, name), text);
  }

  /** Lets go of the folder; synchronous, so that it can be called when the process exits. */
  close(): void {
    this.#lock.release();
  }

  #pathOf({ id }: RunSpec): string {
    return join(this.path, "runs", id);
  }
}
