// `audit pitfalls [which]`: the mistakes that give another number, computed before one's eyes.

import { formatNumber, isMeasured, type Measured } from "@fa/protocol";
import {
  findPitfall,
  type Pitfall,
  type PitfallDemonstration,
  pitfalls,
  type PitfallValue,
} from "@fa/protocol/pitfalls";
import { exitCodes, usage } from "./errors.ts";
import type { Io } from "./io.ts";
import type { AddCommand } from "./program.ts";

/** Adds the command. */
export const addPitfallsCommand: AddCommand = (program, exit, io) => {
  program.command("pitfalls [which]")
    .summary("mistakes that measure something else, each computed wrong and right")
    .description(
      "Computes all pitfalls of measuring alignment, wrong and right, from the same tensors. With " +
        `the number (1 to ${pitfalls.length}) or name of one: all of its values, why they differ, ` +
        "and the lines that find the mistake in code of your own.",
    )
    .option("--json", "print the record instead")
    .action(async (which: string | undefined, { json = false }: { json?: boolean }) =>
      exit(await pitfallsCommand(which, json, io))
    );
};

async function pitfallsCommand(
  which: string | undefined,
  json: boolean,
  { stdout }: Io,
): Promise<number> {
  const wanted = which === undefined ? pitfalls : [usage(() => findPitfall(which))];
  const found: [Pitfall, PitfallDemonstration][] = [];
  for (const pitfall of wanted) found.push([pitfall, await pitfall.run()]);
  if (json) {
    const records = found.map(([{ run: _run, ...what }, shown]) => ({ ...what, ...shown }));
    stdout.write(`${JSON.stringify(which === undefined ? records : records[0], undefined, 2)}\n`);
  } else if (which === undefined) {
    stdout.write(found.map(([pitfall, shown]) => asItem(pitfall, shown)).join("\n"));
    stdout.write("\nWhy, and how to find it in your own code: audit pitfalls <number or name>\n");
  } else stdout.write(inFull(...found[0]!));
  return exitCodes.done;
}

/** Its title, and both values. */
function asItem({ number, name, title }: Pitfall, { wrong, right }: PitfallDemonstration): string {
  return `${String(number).padStart(2)}  ${name}\n` +
    [...wrap(title, 4), ...row("wrong", wrong), ...row("right", right)].join("\n") + "\n";
}

function inFull(pitfall: Pitfall, shown: PitfallDemonstration): string {
  const { number, name, title, problem, source, check } = pitfall;
  const code = (text: string) => text.split("\n").map((line) => `    ${line}`.trimEnd());
  return [
    `Pitfall ${number}, ${name}`,
    ...wrap(title, 0),
    "",
    ...wrap(problem, 0),
    "",
    ...row("wrong", shown.wrong),
    ...row("right", shown.right),
    ...shown.also.flatMap((value) => row("", value)),
    "",
    ...wrap(`Why: ${shown.why}`, 0),
    "",
    "Check, PyTorch:",
    ...code(check.pytorch),
    ...check.typescript === undefined ? [] : ["", "Check, TypeScript:", ...code(check.typescript)],
    "",
    ...wrap(`Source: ${source}`, 0),
    "",
  ].join("\n");
}

/** A value with how it was measured beside it; of one that is missing, why. */
function row(label: string, { how, value }: PitfallValue): string[] {
  const start = `    ${label.padEnd(7)}${shortly(value).padEnd(10)}`;
  const text = isMeasured(value) ? how : `${how}: not measured, as ${value.reason}`;
  const [first, ...rest] = wrap(text, start.length);
  return [start + first!.trimStart(), ...rest];
}

const shortly = (value: Measured): string => isMeasured(value) ? formatNumber(value) : "–";

/** Lines of at most 100 characters, indented. */
function wrap(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = " ".repeat(indent);
  for (const word of text.split(" ")) {
    const empty = line.trim() === "";
    if (!empty && [...line].length + 1 + [...word].length > 100) {
      lines.push(line);
      line = " ".repeat(indent) + word;
    } else line += empty ? word : ` ${word}`;
  }
  return [...lines, line];
}
