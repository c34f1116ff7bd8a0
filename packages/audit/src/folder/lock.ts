// Two audits that write to one folder exclude each other.

import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import os from "node:os";
import { join } from "node:path";
import process from "node:process";
import { cannotWrite } from "./make_folder.ts";

/** How {@link acquireLock} waits. */
export interface LockOptions {
  /** Hears that another audit's lock is there, and that it may take a moment to see if it lives. */
  readonly onWaiting?: () => void;
  /** Milliseconds between two signs of life. Default 500. */
  readonly beat?: number;
  /** Signs of life that the holder must have missed to count as dead. Default 8. */
  readonly patience?: number;
}

/** A folder that is ours, as long as nobody else has taken it for dead. */
export interface Lock {
  /** Aborted, with an error as its reason, when another audit has taken over. */
  readonly lost: AbortSignal;
  /** Gives a sign of life if one is due: to be called by work that does not let timers run. */
  beat(): void;
  /** @throws {Error} if another audit has taken over, as after a long sleep of the machine. */
  check(): void;
  /** Lets go. Synchronous, so that it can be called when the process exits. */
  release(): void;
}

/**
 * Locks a folder by a file `.lock-<n>` in it, of which the holder changes a number twice a second.
 * File locks of the system are not to be had in all runtimes, and whether a process lives can be
 * asked on one machine only, so life is what shows: who finds a lock watches it, and refuses if it
 * changes. If it does not, the holder is dead, and its lock is followed by `.lock-<n + 1>`, a name
 * that the file system gives to one process only. Nobody ever removes the lock of a living holder: the
 * highest number holds, and a holder that was only asleep sees that it has been followed.
 *
 * @param folder an existing folder.
 * @throws {Error} if another audit holds it, or the file cannot be written.
 */
export async function acquireLock(folder: string, options: LockOptions = {}): Promise<Lock> {
  for (;;) {
    const last = newestIn(folder);
    const holder = last === 0 ? "dead" : await watch(pathOf(folder, last), options);
    if (holder === "gone") continue; // there may be others by now
    if (holder === "alive") {
      throw new Error(
        `Cannot use ${folder} as another audit is writing to it: ` +
          `${await holderOf(
            pathOf(folder, last),
          )}; wait for it, or choose another folder with --out`,
      );
    }
    const lock = HeldLock.create(folder, last + 1, options.beat ?? 500);
    if (lock) return lock;
  }
}

/** Whether a lock shows a sign of life, or disappears. */
async function watch(
  path: string,
  { onWaiting, beat = 500, patience = 8 }: LockOptions,
): Promise<"alive" | "dead" | "gone"> {
  const text = await textOf(path);
  // Counted in looks, not in seconds: while this machine sleeps nobody else can look alive either.
  for (let look = 0; look < 2 * patience; look++) {
    if (look === 3) onWaiting?.();
    await new Promise((resolve) => setTimeout(resolve, beat / 2));
    const now = await textOf(path);
    if (now === undefined) return "gone";
    if (now !== text) return "alive";
  }
  return "dead";
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Who holds a lock, in words. */
async function holderOf(path: string): Promise<string> {
  try {
    const { pid, host, startedAt } = JSON.parse(await textOf(path) ?? "");
    return `pid ${pid} on ${host}, started ${startedAt}`;
  } catch {
    return "its lock says nothing more";
  }
}

class HeldLock implements Lock {
  readonly #folder: string;
  readonly #number: number;
  readonly #file: number;
  readonly #content: { readonly owner: string; readonly [about: string]: unknown };
  readonly #lost = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #interval: number;
  #beats = 0;
  #beatAt = -Infinity;
  #released = false;

  /** Creates the lock of that number; undefined where another one was quicker. */
  static create(folder: string, number: number, beat: number): HeldLock | undefined {
    let file: number;
    try {
      file = openSync(pathOf(folder, number), "wx");
    } catch (error) {
      if ((error as { code?: string }).code === "EEXIST") return undefined;
      throw cannotWrite(folder, error as Error);
    }
    const lock = new HeldLock(folder, number, file, beat);
    try {
      lock.#write();
      // A folder's listing may miss a file that comes while another goes, so look again.
      if (newest(folder) === number) {
        lock.#removeFollowed();
        return lock;
      }
    } catch (error) {
      lock.release();
      throw cannotWrite(folder, error as Error);
    }
    lock.release();
    return undefined;
  }

  private constructor(folder: string, number: number, file: number, beat: number) {
    this.#folder = folder;
    this.#number = number;
    this.#file = file;
    const [pid, host, startedAt] = [process.pid, hostName(), new Date().toISOString()];
    this.#content = { owner: crypto.randomUUID(), pid, host, startedAt };
    this.#interval = beat;
    this.#timer = setInterval(() => this.#beat(), beat);
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  beat(): void {
    if (performance.now() - this.#beatAt >= this.#interval / 2) this.#beat();
  }

  #beat(): void {
    if (this.#released || this.lost.aborted) return;
    this.#beatAt = performance.now();
    try {
      this.#write();
    } catch {
      // A disk that is full may refuse even this; what counts is whether somebody follows.
    }
    if (this.#isFollowed()) {
      const message =
        `Cannot go on in ${this.#folder} as another audit has taken over: this one gave ` +
        `no sign of life for seconds, as when a machine sleeps`;
      this.#lost.abort(new Error(message));
    }
  }

  check(): void {
    this.#beat();
    if (this.lost.aborted) throw this.lost.reason;
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    clearInterval(this.#timer);
    closeSync(this.#file);
    try {
      if (this.#isOurs()) rmSync(pathOf(this.#folder, this.#number), { force: true });
    } catch {
      // What cannot be removed is taken over by the next audit, which sees no sign of life.
    }
  }

  /** Writes over the same bytes, through the open file: never into the lock of somebody else. */
  #write(): void {
    const beat = String(this.#beats++).padStart(12, "0");
    const bytes = new TextEncoder().encode(`${JSON.stringify({ ...this.#content, beat })}\n`);
    writeSync(this.#file, bytes, 0, bytes.length, 0);
  }

  #isFollowed(): boolean {
    try {
      return newest(this.#folder) !== this.#number || !this.#isOurs();
    } catch {
      return false; // a folder that cannot be read right now says nothing
    }
  }

  /** Whether the file under our name is ours still: when all have let go, numbers begin at 1 again. */
  #isOurs(): boolean {
    try {
      return readFileSync(pathOf(this.#folder, this.#number), "utf8").includes(this.#content.owner);
    } catch (error) {
      if ((error as { code?: string }).code === "ENOENT") return false;
      throw error;
    }
  }

  #removeFollowed(): void {
    for (const number of numbersIn(this.#folder)) {
      if (number < this.#number) rmSync(pathOf(this.#folder, number), { force: true });
    }
  }
}

function pathOf(folder: string, number: number): string {
  return join(folder, `.lock-${number}`);
}

/** As {@link newest}, of a folder that may not be usable. */
function newestIn(folder: string): number {
  try {
    return newest(folder);
  } catch (error) {
    throw cannotWrite(folder, error as Error);
  }
}

/** The highest number of a lock in the folder; 0 if there is none. */
function newest(folder: string): number {
  return Math.max(0, ...numbersIn(folder));
}

function numbersIn(folder: string): number[] {
  return readdirSync(folder)
    .map((name) => Number(/^\.lock-(\d{1,9})$/.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0);
}

function hostName(): string {
  try {
    return os.hostname();
  } catch {
    return "an unnamed host"; // Deno gives the name only to whom it is allowed
  }
}
