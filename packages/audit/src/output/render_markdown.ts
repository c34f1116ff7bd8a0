// The audit as a Markdown report, from its record and the evidence of its runs alone.

import {
  finalSnapshot,
  formatNumber,
  type Json,
  type JsonObject,
  type Measured,
  type RunEvidence,
} from "@fa/protocol";
import type { AuditReport, MethodAssessment } from "@fa/protocol/report";
import { canonicalJson } from "../plan/canonical_json.ts";
import { bullets, escape, table } from "./_markdown.ts";
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
  firstFireLines,
  gammaLines,
  type Line,
  modeLines,
  probeLines,
  regimeMark,
  seedSentences,
  strategyHead,
  strategyRow,
} from "./_report_parts.ts";
import { runSections } from "./_run_sections.ts";

/**
 * The report as Markdown: findings, audit table, margins, self-controls, what each way of evaluating
 * decides, alignment with its regime and what clamps would have printed, probes, modes, thresholds,
 * first fires, what the seeds support, reasons, every seed, the configuration, the definitions, the
 * passport of every Γ, and every run epoch by epoch. One configuration always gives the same text.
 *
 * @param report the record, from `buildAudit` or from `audit.json`.
 * @param evidences the evidence of the runs by id, in the order in which they are to appear.
 * @returns text with a final line break.
 *
 * @example
 * ```ts
 * import { exampleEvidence } from "@fa/protocol";
 * import { buildAudit } from "@fa/protocol/report";
 * import { renderMarkdown } from "@fa/audit";
 *
 * const run = exampleEvidence({ hiddenNorms: [9, 9, 900] });
 * const report = buildAudit({
 *   methods: [{ runs: [run], baselines: [] }],
 *   controls: {},
 *   configuration: {},
 * });
 * const text = renderMarkdown(report, new Map([["dfa-42", run]]));
 * if (!text.includes("### dfa-42")) throw new Error("every run has its own table");
 * ```
 */
export function renderMarkdown(
  report: AuditReport,
  evidences: ReadonlyMap<string, RunEvidence>,
): string {
  const { findings, methods, policy } = report;
  const sections = [
    "# Audit of credit assignment",
    `## Findings\n\n${bullets(findings.map(escape))}`,
    `## Methods\n\n${methodTable(methods)}\n\nPolicy ${escape(policy.name)}: ${
      escape(policy.rule)
    }. Accuracies are mean ± sample standard deviation (n − 1) over seeds; (a) to (c) are medians ` +
    `over seeds, (d) is the mean of seed-paired differences in percentage points.`,
    margins(report),
    selfControls(report),
    `## What each way of evaluating decides\n\n${decisions(report)}`,
    `## Alignment\n\n${
      methods.map((method) => lineTable(method, gammaLines(method))).join("\n\n")
    }`,
    `## Probes\n\n${methods.map((method) => lineTable(method, probeLines(method))).join("\n\n")}`,
    `## Modes\n\n${table(["mode", "evidence"], escaped(modeLines(report)))}`,
    `## Thresholds\n\n${bullets(report.robustness.map(({ text }) => escape(text)))}`,
    `## First fires\n\n${table(["diagnostic", "first fired"], escaped(firstFireLines(report)))}`,
    `## What the seeds support\n\n${bullets(seedSentences(report).map(escape))}`,
    `## Reasons\n\n${methods.map(reasons).join("\n\n")}`,
    `## Seeds\n\n${seedTable(methods)}`,
    `## Configuration\n\n${configurationTable(report.configuration)}`,
    `## Definitions\n\n${definitionTable(report)}`,
    `## Passports\n\n${passports(evidences)}`,
    `## Runs\n\n${runSections(evidences)}`,
  ];
  return `${sections.join("\n\n")}\n`;
}

function methodTable(methods: readonly MethodAssessment[]): string {
  return table(
    ["method", "accuracy", "Γ headline", ...diagnosticHeads, "verdict"],
    methods.map(({ method, accuracy, gamma, diagnostics, verdict }) => [
      displayName(method),
      `${meanAndSpread(accuracy)}, ${seedCount(accuracy.n)}`,
      [meanAndSpread(gamma.headline), regimeMark(gamma.regime)].filter(Boolean).join("<br>"),
      ...diagnostics.map((diagnostic) => {
        const { comparison, outcome } = diagnosticWords(diagnostic);
        return `${escape(comparison)}<br>${outcome} (${firedSeeds(diagnostic)})`;
      }),
      verdictWords(verdict.verdict),
    ]),
  );
}

const diagnosticHeads = [
  "(a) growth",
  "(b) ‖g\\_L‖ at B=128",
  "(c) stability",
  "(d) depth utility, points",
];

function margins({ bpMargin, methods }: AuditReport): string {
  const margin = "valid" in bpMargin
    ? bpMargin.reason
    : `${points(bpMargin.mean)} percentage points (as a fraction ${bpMargin.text})`;
  const rows = methods.map(({ method, frozenAccuracy, depthUtility }) => [
    displayName(method),
    escape(frozenAccuracy.text),
    escape(depthUtility.text),
  ]);
  const head = ["method", "accuracy with frozen blocks", "accuracy over frozen blocks"];
  return `## What depth is worth\n\nBP over its own frozen blocks: ${escape(margin)}.\n\n${
    table(head, rows)
  }`;
}

function selfControls({ selfControls }: AuditReport): string {
  const rows = selfControls.map(({ met, expectation, observed, reason }) =>
    [controlWords(met), expectation, observed, reason].map(escape)
  );
  return `## Self-controls\n\n${table(["", "expected", "observed", "because"], rows)}`;
}

function decisions({ decisionUtility: { strategies, notes } }: AuditReport): string {
  const rows = strategies.map((strategy) => strategyRow(strategy).map(escape));
  return [table(strategyHead, rows), ...(notes.length > 0 ? [bullets(notes.map(escape))] : [])]
    .join("\n\n");
}

function lineTable({ method }: MethodAssessment, lines: readonly Line[]): string {
  return table([displayName(method), "value"], escaped(lines));
}

function escaped(lines: readonly Line[]): string[][] {
  return lines.map((line) => line.map(escape));
}

/** What must be known of every Γ before it may be compared with another one. */
function passports(evidences: ReadonlyMap<string, RunEvidence>): string {
  const rows = [...evidences].flatMap(([id, evidence]) => {
    const { gamma } = finalSnapshot(evidence);
    if ("valid" in gamma) return [];
    const { passport } = gamma;
    if (!passport) return [[id, "this record has none (version 1)", "", "", "", ""]];
    const { quantity, reduction, aggregation, clamp, dtype, batchSize, feedbackHash } = passport;
    const hash = typeof feedbackHash === "string" ? feedbackHash : `none: ${feedbackHash.reason}`;
    const means = Object.entries(aggregation).map(([name, how]) => `${name}: ${how}`).join("; ");
    return [[id, quantity, `${reduction}; ${means}`, clamp, `${dtype}, B = ${batchSize}`, hash]];
  });
  if (rows.length === 0) return "No run has a Γ.";
  const head = ["run", "quantity", "reduction and aggregation", "clamp", "computed in", "feedback"];
  return table(head, rows.map((row) => row.map(escape)));
}

function reasons({ method, verdict, sentences }: MethodAssessment): string {
  const head = `**${escape(verdictSentence(method, verdict))}**`;
  return `${head}\n\n${bullets(sentences.slice(1).map(escape))}`; // the first says the verdict too
}

function seedTable(methods: readonly MethodAssessment[]): string {
  const rows = methods.flatMap(({ method, perSeed }) =>
    perSeed.map(({ seed, accuracy, frozenAccuracy, gamma, diagnostics, verdict }) => [
      displayName(method),
      String(seed),
      `${accuracy.value.toFixed(4)} (${accuracy.correct} of ${accuracy.total})`,
      fixed(frozenAccuracy, 4),
      fixed(gamma.headline, 3),
      fixed(gamma.deepOurs, 3),
      ...diagnostics.map((diagnostic) => {
        const { comparison, outcome } = diagnosticWords(diagnostic);
        return `${escape(comparison)} ${outcome}`;
      }),
      verdictWords(verdict.verdict),
    ])
  );
  const gammas = ["Γ headline", "Γ deep"];
  const head = ["method", "seed", "accuracy", "frozen blocks", ...gammas, ...diagnosticHeads];
  return table([...head, "verdict"], rows);
}

function fixed(value: Measured, decimals: number): string {
  return formatNumber(value, { decimals });
}

function configurationTable(configuration: JsonObject): string {
  const rows = Object.entries(configuration).map(([name, value]) => [
    escape(name),
    escape(plainJson(value)),
  ]);
  return table(["name", "value"], rows);
}

function plainJson(value: Json): string {
  return typeof value === "string" ? value : canonicalJson(value);
}

function definitionTable({ definitions }: AuditReport): string {
  const rows = Object.entries(definitions).map(([name, { unit, reduction }]) =>
    [name, unit, reduction].map(escape)
  );
  return table(["quantity", "unit", "reduction"], rows);
}
