// Work that Ctrl-C stops.

import { exitCodes, stoppedBy } from "./errors.ts";
import type { Io, StopSignal } from "./io.ts";

/**
 * Does the work with a signal that is aborted by Ctrl-C, or SIGTERM; returns the exit code.
 *
 * @param work returns whether it was finished, rather than stopped.
 */
export async function interruptible(
  io: Io,
  work: (signal: AbortSignal) => Promise<boolean>,
): Promise<number> {
  const controller = new AbortController();
  let stopped: StopSignal = "SIGINT";
  const release = io.onInterrupt((signal) => {
    stopped = signal;
    controller.abort();
  });
  try {
    return await work(controller.signal) ? exitCodes.done : stoppedBy[stopped];
  } finally {
    release();
  }
}
