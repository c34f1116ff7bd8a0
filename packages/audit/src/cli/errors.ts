// Errors of the command line: one line each, and an exit code.

import { CommanderError } from "commander";

/** The exit codes of every command. */
export const exitCodes = {
  /** Done, whatever the verdicts. */
  done: 0,
  /** Something failed: a file, a folder, a run. */
  failure: 1,
  /** The command line is wrong in itself, whatever is on the disk. */
  usage: 2,
  /** Stopped by Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
  /** Asked to stop: 128 + SIGTERM. */
  terminated: 143,
} as const;

/** The exit codes of what was stopped. */
export const stoppedBy: Readonly<Record<"SIGINT" | "SIGTERM", number>> = {
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
};

/** An error of the command line itself. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What `action` returns; what it throws becomes a {@link UsageError}. */
export function usage<T>(action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

/** The line for an error, beginning with `error: `, and the exit code that goes with it. */
export function describeError(error: unknown): { line: string; code: number } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof CommanderError) {
    return { line: `error: ${commanderMessage(message)}`, code: exitCodes.usage };
  }
  const code = error instanceof UsageError ? exitCodes.usage : exitCodes.failure;
  return { line: `error: ${oneLine(message)}`, code };
}

/** Commander's messages, in one line and with a way out. */
function commanderMessage(message: string): string {
  const text = oneLine(message.replace(/^error: /, ""))
    .replace(/\s*\(Did you mean (.*?)\?\)$/, ": did you mean $1?")
    .replace(/^too many arguments.*$/, "unexpected argument; every option begins with --");
  return `${text} (--help lists all options)`;
}

/** In one line, and without what a terminal would obey: a message may quote a file. */
function oneLine(message: string): string {
  return message.replace(/\s*[\r\n]+\s*/g, " ").replace(/\p{Cc}/gu, "\ufffd").trim();
}
