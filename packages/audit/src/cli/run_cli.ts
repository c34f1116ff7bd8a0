// From arguments to an exit code.

import { CommanderError } from "commander";
import { describeError, exitCodes } from "./errors.ts";
import type { Io } from "./io.ts";
import { createProgram } from "./program.ts";

/**
 * Runs the command line. Nothing is thrown: an error is one line on stderr, and a code.
 *
 * @param args arguments, without runtime and script.
 * @returns the exit code, see `exitCodes`.
 */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  let code: number = exitCodes.done;
  try {
    const program = createProgram(io, (found) => code = found);
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done; // help
    const { line, code } = describeError(error);
    io.stderr.write(`${line}\n`);
    return code;
  }
}
