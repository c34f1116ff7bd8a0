// The program and its commands.

import { Command } from "commander";
import { version } from "../version.ts";
import { auditCommand } from "./audit_command.ts";
import { auditOptions } from "./audit_options.ts";
import { addControlCommand } from "./control_command.ts";
import { addDiagnoseCommand } from "./diagnose_command.ts";
import { UsageError } from "./errors.ts";
import { addFormCommand } from "./form_command.ts";
import { description, helpTail } from "./help.ts";
import type { Io } from "./io.ts";
import { addLedgerCommand } from "./ledger_command.ts";
import { addPitfallsCommand } from "./pitfalls_command.ts";
import { addSmokeCommand } from "./smoke_command.ts";

/** Adds a sub-command; its action says with which code to exit. */
export type AddCommand = (program: Command, exit: (code: number) => void, io: Io) => void;

/** The sub-commands; the audit itself is the program's own action. */
const commands: readonly AddCommand[] = [
  addControlCommand,
  addDiagnoseCommand,
  addFormCommand,
  addLedgerCommand,
  addPitfallsCommand,
  addSmokeCommand,
];

/**
 * The program. Errors of the command line are thrown, help and version are thrown after printing.
 *
 * @param exit hears the exit code of the action that ran.
 */
export function createProgram(io: Io, exit: (code: number) => void): Command {
  const program = new Command("audit")
    .description(description)
    .usage("[options]")
    .version(version, "--version", "print the version")
    .helpOption("--help", "print this")
    .addHelpText("after", helpTail())
    .enablePositionalOptions()
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => {}, // errors are printed by whoever catches them
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getOutHelpWidth: () => 100,
    })
    .hook("preSubcommand", refuseOptions)
    .action(async (options) => exit(await auditCommand(options, io)));
  for (const option of auditOptions) program.addOption(option);
  for (const add of commands) add(program, exit, io);
  return program;
}

/** Refuses options of the audit before the name of a sub-command, which would not see them. */
function refuseOptions(program: Command, command: Command): void {
  const given = program.options
    .filter((option) => program.getOptionValueSource(option.attributeName()) === "cli")
    .map(({ long }) => long);
  if (given.length === 0) return;
  const name = command.name();
  throw new UsageError(
    `Cannot run ${name} with options of the audit: ${given.join(", ")}; ` +
      `its own options follow its name (audit ${name} --help)`,
  );
}
