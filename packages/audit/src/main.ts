// Entry of the command line.

import process from "node:process";
import { processIo } from "./cli/io.ts";
import { runCli } from "./cli/run_cli.ts";

process.exitCode = await runCli(process.argv.slice(2), processIo());
