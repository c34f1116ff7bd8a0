// A diagnosis on a terminal.

import { isMeasured } from "@fa/protocol";
import type { MethodAssessment } from "@fa/protocol/report";
import {
  diagnosticWords,
  displayName,
  firedSeeds,
  meanAndSpread,
  seedCount,
  verdictWords,
} from "../output/_words.ts";
import { type Cell, columns, wrap } from "../output/columns.ts";
import { plain, type Style } from "../output/style.ts";

const width = 100;

const names = {
  a: "(a) growth",
  b: "(b) ‖g_L‖ at B=128",
  c: "(c) stability",
  d: "(d) depth utility, points",
} as const;

/**
 * The verdict of one method over its seeds, every diagnostic with value and threshold, what could not
 * be assessed and why, and all of it in sentences. At most 100 columns wide.
 */
export function diagnosisText(
  found: MethodAssessment,
  role: "method" | "control",
  style: Style = plain,
): string {
  const { method, verdict, accuracy, diagnostics, sentences } = found;
  const control = role === "control" ? ", a control" : "";
  const title = `${displayName(method)}${control}  ${verdictWords(verdict.verdict)}`;
  const rows = diagnostics.map((diagnostic): Cell[] => {
    const { comparison, outcome } = diagnosticWords(diagnostic);
    const colour = diagnostic.fired ? style.bad : style.dim;
    return [[`  ${names[diagnostic.id]}`], [comparison], [colour(outcome)], [
      style.dim(firedSeeds(diagnostic)),
    ]];
  });
  const missing = diagnostics.filter(({ evaluated }) => !evaluated);
  const open = [
    ...missing.map(({ id, reason }) => `(${id}) ${reason}`),
    ...(isMeasured(found.gamma.headline.mean) ? [] : [`Γ: ${found.gamma.headline.mean.reason}`]),
  ];
  const lines = [
    style.bold(title),
    ...wrap(`policy ${verdict.policy}: ${verdict.reason}`, width, "    ").map(indented),
    ...wrap(
      `accuracy ${meanAndSpread(accuracy)}, ${seedCount(accuracy.n)} (${found.seeds.join(", ")})`,
      width - 2,
      "  ",
    ).map(indented),
    "",
    ...columns(rows, width),
    ...(open.length > 0 ? ["", "Not assessable", ...open.flatMap(bullet)] : []),
    "",
    "In words",
    ...sentences.flatMap(bullet),
  ];
  return `${lines.join("\n")}\n`;
}

function indented(line: string): string {
  return `  ${line}`;
}

function bullet(text: string): string[] {
  return wrap(`  • ${text}`, width, "    ");
}
