// What a control found, as Markdown and as plain text.

import { bullets, escape, table } from "../output/_markdown.ts";
import { columns, wrap } from "../output/columns.ts";
import { plain, type Style } from "../output/style.ts";
import type { ControlRecord } from "./control_record.ts";
import type { Cell, Column, ControlTable, Finding } from "./control.ts";

/** `control.md`. */
export function renderControlMarkdown(record: ControlRecord): string {
  const { name, question, setting, findings, tables, notes, conditions, policy } = record;
  return [
    `# Control ${name}`,
    escape(question),
    "## Findings",
    ...settingLines(setting).map(escape),
    bullets(findings.map(findingMarkdown)),
    ...tables.flatMap((each) => [`## ${escape(each.title)}`, tableMarkdown(each)]),
    ...(notes.length > 0 ? ["## Notes", bullets(notes.map(escape))] : []),
    "## Runs",
    bullets(
      conditions.map(({ label, runs, baselines }) =>
        `${escape(label)}: ${
          [...new Set([...runs, ...baselines])].map((id) => `\`${id}\``).join(", ")
        }`
      ),
    ),
    `Verdicts under policy ${
      escape(policy.name)
    }. Values are mean ± sample standard deviation over ` +
    `seeds; what is measured several times in one run is averaged for each seed first. ` +
    `\`configuration.json\` says what all of it depends on.`,
  ].join("\n\n") + "\n";
}

function findingMarkdown({ expectation, measured, agrees, claims }: Finding): string {
  const rows = claims.length > 0 ? ` (claims ${claims.join(", ")})` : "";
  return `**${word(agrees)}**${rows}. ${escape(expectation)} ${escape(measured)}`;
}

/** Says that a setting is not the paper's. */
function settingLines(setting: readonly string[]): string[] {
  if (setting.length === 0) return [];
  return [
    `Not the paper's setting: ${
      setting.join(", ")
    }. What agrees or differs below does so in this ` +
    "setting, and says little of the paper's own numbers.",
  ];
}

/** `agrees`, `differs`, `not shown`. */
function word(agrees: boolean | null): string {
  return agrees === null ? "not shown" : agrees ? "agrees" : "differs";
}

function tableMarkdown({ columns, rows }: ControlTable): string {
  const n = commonSeeds(rows);
  const cells = table(
    ["", ...columns.map((column) => escape(heading(column)))],
    rows.map(({ label, cells }) => [
      escape(label),
      ...cells.map((cell) => escape(cellText(cell, n))),
    ]),
  );
  return n === undefined ? cells : `${escape(seedLine(n))}\n\n${cells}`;
}

/** The number of seeds that all values of a table share, to be said once; undefined if they do not. */
function commonSeeds(rows: ControlTable["rows"]): number | undefined {
  const counts = rows.flatMap(({ cells }) =>
    cells.flatMap((cell) => "perSeed" in cell && cell.n > 0 ? [cell.n] : [])
  );
  return new Set(counts).size === 1 ? counts[0] : undefined;
}

function seedLine(n: number): string {
  return n === 1
    ? "Every value is of one seed (n=1): there is no standard deviation."
    : `Every value is over n=${n} seeds.`;
}

/** A cell without the number of seeds, where that was said. */
function cellText(cell: Cell, n: number | undefined): string {
  if (n === undefined || !("perSeed" in cell)) return cell.text;
  return cell.text.replace(/, n=\d+ seeds?/, "").replace(" (no standard deviation)", "");
}

function heading({ title, unit }: Column): string {
  return unit === "1" || unit === "words" ? title : `${title} [${unit}]`;
}

/** What is printed: the findings, and each table with a line for each value. */
export function renderControl(
  { name, question, setting, findings, tables, notes }: ControlRecord,
  { out, style = plain, width = 100 }: { out: string; style?: Style; width?: number },
): string {
  const marks = { agrees: style.good("agrees"), differs: style.bad("differs") };
  const lines = [style.bold(`Control ${name}`), ...wrap(question, width), ""];
  lines.push(...settingLines(setting).flatMap((line) => [...wrap(line, width), ""]));
  for (const { expectation, measured, agrees } of findings) {
    const mark = word(agrees);
    const shown = mark === "not shown" ? style.dim(mark) : marks[mark as keyof typeof marks];
    lines.push(...wrap(`${shown}: ${expectation} ${measured}`, width, "  "));
  }
  for (const { title, columns: heads, rows, long = false } of tables) {
    if (long) continue;
    const n = commonSeeds(rows);
    lines.push("", style.bold(title), ...(n === undefined ? [] : wrap(seedLine(n), width)));
    for (const { label, cells } of rows) {
      lines.push(label);
      const values = cells.map((cell, c) => [[`  ${heading(heads[c]!)}`], [cellText(cell, n)]]);
      lines.push(...columns(values, width));
    }
  }
  if (notes.length > 0) lines.push("", ...notes.flatMap((note) => wrap(note, width)));
  return `${[...lines, "", `Written to ${out}`].join("\n")}\n`;
}
