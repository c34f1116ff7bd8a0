// What a command sees of the world outside.

import process from "node:process";
import { stoppedBy } from "./errors.ts";

/** A stream to write to. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** What can be asked to stop by. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** Streams, environment and interruption. */
export interface Io {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Variables that say how to print. */
  readonly env: { readonly NO_COLOR?: string | undefined; readonly TERM?: string | undefined };
  /**
   * Calls `stop` at the first Ctrl-C, or SIGTERM; the second one exits at once. Returns what ends this.
   */
  onInterrupt(stop: (signal: StopSignal) => void): () => void;
  /** Calls `restore` if the process exits before the returned function is called. */
  onExit(restore: () => void): () => void;
}

const stopSignals: readonly StopSignal[] = ["SIGINT", "SIGTERM"];

// One Ctrl-C can arrive twice: from the terminal, and once more from the task runner in between.
const ECHO_MILLISECONDS = 1000;

/** The real world. */
export function processIo(): Io {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: { NO_COLOR: process.env["NO_COLOR"], TERM: process.env["TERM"] },
    onInterrupt(stop) {
      let first: number | undefined;
      const listener = (signal: StopSignal) => {
        const now = performance.now();
        if (first === undefined) {
          first = now;
          stop(signal);
        } else if (now - first > ECHO_MILLISECONDS) process.exit(stoppedBy[signal]);
      };
      const listeners = stopSignals.map((signal) => [signal, () => listener(signal)] as const);
      for (const [signal, listener] of listeners) process.on(signal, listener);
      return () => listeners.forEach(([signal, listener]) => process.off(signal, listener));
    },
    onExit(restore) {
      process.on("exit", restore);
      return () => process.off("exit", restore);
    },
  };
}
