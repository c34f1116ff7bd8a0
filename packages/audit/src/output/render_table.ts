// The audit on a terminal, from its record alone.

import type { AuditReport, MethodAssessment } from "@fa/protocol/report";
import { isMeasured, type Regime } from "@fa/protocol";
import {
  controlWords,
  diagnosticWords,
  displayName,
  firedSeeds,
  meanAndSpread,
  points,
  seedCount,
  verdictSentence,
  verdictWords,
} from "./_words.ts";
import {
  gammaLines,
  type Line,
  modeLines,
  notProbed,
  probeLines,
  seedSentences,
  strategyRow,
} from "./_report_parts.ts";
import { type Cell, columns, wrap } from "./columns.ts";
import { plain, type Style, visibleLength } from "./style.ts";

const width = 100;

/** How to print the table. */
export interface TableOptions {
  /** Bold and colour. Default: none. */
  readonly style?: Style;
  /** Where the files are; left out, nothing is said of them. */
  readonly out?: string;
}

/**
 * The audit table and what belongs to it: for every method its accuracy, Γ, each diagnostic with
 * value, threshold and outcome, and the verdict; then BP's margin, the frozen baselines, the
 * self-controls, the findings and the reasons, what each way of evaluating decides, alignment and
 * probes, modes, thresholds, first fires, and what the seeds support. At most 100 columns wide.
 *
 * @param report the record, from `buildAudit` or from `audit.json`.
 * @returns text with a final line break.
 *
 * @example
 * ```ts
 * import { exampleEvidence } from "@fa/protocol";
 * import { buildAudit } from "@fa/protocol/report";
 * import { renderTable } from "@fa/audit";
 *
 * const report = buildAudit({
 *   methods: [{ runs: [exampleEvidence({ hiddenNorms: [9, 9, 900] })], baselines: [] }],
 *   controls: {},
 *   configuration: {},
 * });
 * const text = renderTable(report);
 * if (!text.includes("100 > 50") || !text.includes("✗ walk-back")) throw new Error(text);
 * ```
 */
export function renderTable(report: AuditReport, options: TableOptions = {}): string {
  const { style = plain, out } = options;
  const parts = [
    methodTable(report, style),
    margins(report),
    selfControls(report, style),
    ["Findings", ...report.findings.flatMap((finding) => item(`• ${finding}`))],
    ["Why", ...report.methods.flatMap(reasons)],
    decisions(report),
    ["Alignment and probes", ...report.methods.flatMap(credits)],
    ["Modes", ...modeLines(report).flatMap(line)],
    ["Thresholds", ...report.robustness.flatMap(({ text }) => item(`• ${text}`))],
    ["First fires", ...report.firstFires.flatMap(fires)],
    ["Seeds", ...seedSentences(report).flatMap((sentence) => item(`• ${sentence}`))],
    out === undefined ? [] : files(report, out),
  ];
  const text = parts.filter((lines) => lines.length > 0)
    .map(([title, ...lines]) => [style.bold(title!), ...lines].join("\n"));
  return `${text.join("\n\n")}\n`;
}

function methodTable({ methods, policy }: AuditReport, style: Style): string[] {
  const head: Cell[] = [
    ["", ""],
    ["accuracy", "mean ± s"],
    ["Γ", "headline"],
    ["(a) growth", "max ratio"],
    ["(b) ‖g_L‖", "B=128"],
    ["(c) cosine", "stability"],
    ["(d) depth", "points"],
    ["verdict", policy.name],
  ];
  const rows = methods.map((method) => methodRow(method, style));
  const [first, second, ...lines] = columns([head, ...rows], width);
  const rule = "─".repeat(Math.min(width, Math.max(...lines.map(visibleLength))));
  const height = 3;
  const spaced = lines.flatMap((line, i) => i > 0 && i % height === 0 ? ["", line] : [line]);
  const marks = methods.map(({ gamma }) => markOf(gamma.regime)).join();
  const notes = [
    ...(marks.includes("<")
      ? ["< floor: this Γ compares with gradients below the paper's floor"]
      : []),
    ...(marks.includes("?") ? ["(?): how exact the gradients of this Γ are was not checked"] : []),
  ];
  const below = notes.length === 0 ? [] : ["", ...notes.flatMap((note) => wrap(note, width))];
  return [first!, second!, rule, ...spaced, ...below];
}

/** What stands below a Γ that is no headline; empty below one that is. */
function markOf(regime: Regime | null): string {
  const marks = { "exact": "", "below-floor": "< floor", "unchecked": "(?)" };
  return regime === null ? "" : regime === "unchecked-below-floor" ? "< floor (?)" : marks[regime];
}

function methodRow(found: MethodAssessment, style: Style): Cell[] {
  const { accuracy, gamma, diagnostics, verdict } = found;
  const spread = gamma.headline.sampleStandardDeviation;
  return [
    [style.bold(displayName(found.method)), "", ""],
    [meanAndSpread(accuracy), seedCount(accuracy.n)],
    isMeasured(gamma.headline.mean)
      ? [
        gamma.headline.mean.toFixed(3),
        isMeasured(spread) ? `± ${spread.toFixed(3)}` : "",
        ...(markOf(gamma.regime) ? [style.dim(markOf(gamma.regime))] : []),
      ]
      : ["not", "measured"],
    ...diagnostics.map((diagnostic): Cell => {
      const { comparison, outcome } = diagnosticWords(diagnostic);
      const colour = diagnostic.fired ? style.bad : style.dim;
      return [comparison, colour(outcome), style.dim(firedSeeds(diagnostic))];
    }),
    [verdictStyle(verdict.verdict, style)(verdictWords(verdict.verdict))],
  ];
}

function verdictStyle(verdict: string, style: Style): (text: string) => string {
  return verdict === "trustworthy" ? style.good : verdict === "walk-back" ? style.bad : style.bold;
}

function margins({ bpMargin, methods }: AuditReport): string[] {
  const margin = "valid" in bpMargin
    ? bpMargin.reason
    : isMeasured(bpMargin.mean)
    ? `${points(bpMargin.mean)} percentage points (as a fraction ${bpMargin.text})`
    : bpMargin.mean.reason;
  const frozen = methods.map(({ method, frozenAccuracy }) =>
    `${displayName(method)} ${meanAndSpread(frozenAccuracy)}, ${seedCount(frozenAccuracy.n)}`
  );
  return [
    "What depth is worth",
    ...wrap(`BP over its own frozen blocks: ${margin}`, width, "  "),
    ...wrap(`Accuracy with frozen blocks: ${frozen.join("; ")}`, width, "  "),
  ];
}

function selfControls(report: AuditReport, style: Style): string[] {
  return [
    "Self-controls",
    ...report.selfControls.flatMap(({ met, expectation, observed }) => {
      const word = controlWords(met);
      const colour = met === null ? style.bold : met ? style.good : style.bad;
      const [first, ...rest] = wrap(`${word}: ${expectation}. Observed: ${observed}`, width, "  ");
      return [colour(first!.slice(0, word.length)) + first!.slice(word.length), ...rest];
    }),
  ];
}

function reasons({ method, verdict, diagnostics }: MethodAssessment): string[] {
  const fired = diagnostics.filter((diagnostic) => diagnostic.fired !== false);
  return [
    ...item(verdictSentence(method, verdict)),
    ...fired.flatMap(({ id, fired, reason }) =>
      item(`  (${id}) ${fired ? "fired" : "not evaluated"}: ${reason}`, "      ")
    ),
  ];
}

function decisions({ decisionUtility: { strategies, notes } }: AuditReport): string[] {
  const rows = strategies.map((strategy): Cell[] => {
    const [name, , back, standing, open, paper] = strategyRow(strategy);
    return [[`  ${name}`], [back!], [standing!], [open!], [paper!]];
  });
  const head: Cell[] = [["  strategy"], ["walks back"], ["standing"], ["cannot decide"], [
    "paper walks back",
  ]];
  return [
    "What each way of evaluating decides",
    ...columns([head, ...rows], width),
    ...notes.flatMap((note) => item(`• ${note}`)),
  ];
}

function credits(found: MethodAssessment): string[] {
  const probes = probeLines(found);
  const missing = probes.filter(([, value]) => value === notProbed).map(([what]) => what);
  const lines = [...gammaLines(found), ...probes.filter(([, value]) => value !== notProbed)];
  if (missing.length > 0) lines.push(["not measured, as no run was probed", missing.join(", ")]);
  return [`  ${displayName(found.method)}`, ...lines.flatMap(line)];
}

function fires({ method, diagnostics }: AuditReport["firstFires"][number]): string[] {
  const texts = diagnostics.map(({ id, text }) => `(${id}) ${text}`);
  return line([displayName(method), texts.join("; ")]);
}

function line([what, value]: Line): string[] {
  return wrap(`    ${what}: ${value}`, width, "      ");
}

function files(report: AuditReport, out: string): string[] {
  const runs = report.configuration["runs"];
  const count = Array.isArray(runs) ? ` (${runs.length} runs)` : "";
  return [
    "Files",
    `${out}/audit.md                        this, with every seed and epoch`,
    `${out}/audit.json                      the record behind it`,
    `${out}/runs/*/evidence.json            what was measured${count}`,
    `${out}/runs/*/checkpoint-*.safetensors the trained models`,
  ];
}

function item(text: string, indent = "  "): string[] {
  return wrap(text, width, indent);
}
