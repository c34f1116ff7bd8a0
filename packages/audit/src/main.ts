// Entry of the command line.

import process from "node:process";
import { processIo } from "./cli/io.ts";
import { runCli } from "./cli/run_cli.ts";

// A reader such as `head` may close the pipe early: the files are written, so this is no failure.
process.stdout.on("error", (error: { code?: string }) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await runCli(process.argv.slice(2), processIo());
