// What a command sees of the world outside.

import process from "node:process";

/** A stream to write to. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Streams, environment and interruption. */
export interface Io {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Variables that say how to print. */
  readonly env: { readonly NO_COLOR?: string | undefined; readonly TERM?: string | undefined };
  /** Calls `stop` at the first Ctrl-C; the second one exits at once. Returns what ends this. */
  onInterrupt(stop: () => void): () => void;
  /** Calls `restore` if the process exits before the returned function is called. */
  onExit(restore: () => void): () => void;
}

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
      const listener = () => {
        const now = performance.now();
        if (first === undefined) {
          first = now;
          stop();
        } else if (now - first > ECHO_MILLISECONDS) process.exit(130);
      };
      process.on("SIGINT", listener);
      return () => process.off("SIGINT", listener);
    },
    onExit(restore) {
      process.on("exit", restore);
      return () => process.off("exit", restore);
    },
  };
}
