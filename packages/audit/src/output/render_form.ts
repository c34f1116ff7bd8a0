// The form: what a paper that claims something of a method should report, filled in.

import {
  formatNumber,
  isMeasured,
  type Json,
  type JsonObject,
  type SeedSummary,
  signFlipTest,
  tIntervalFactor,
} from "@fa/protocol";
import type { AuditReport, MethodAssessment } from "@fa/protocol/report";
import { canonicalJson } from "../plan/canonical_json.ts";
import { escape, table } from "./_markdown.ts";
import { gammaLines, type Line, probeLines, seedSentences } from "./_report_parts.ts";
import { diagnosticWords, displayName, firedSeeds, points, seedCount } from "./_words.ts";

/** What {@link renderForm} needs besides the record. */
export interface FormOptions {
  /** The command that runs the audit again, or why it is not known. */
  readonly command: string;
}

/**
 * The reporting form of one method, as Markdown: method, configuration, seeds, accuracy with its
 * t-interval, frozen baseline and margin, diagnostics with thresholds, Γ with its passport, ρ with its
 * controls, null, precision, verdict, policy, modes, what the seeds support, and the command. What
 * was not measured says so, with the reason; nothing is left out silently.
 *
 * @param report the record, from `audit.json`.
 * @param method one of its methods.
 * @throws {RangeError} if the record has no such method.
 *
 * @example
 * ```ts
 * import { exampleEvidence } from "@fa/protocol";
 * import { buildAudit } from "@fa/protocol/report";
 * import { renderForm } from "@fa/audit";
 *
 * const runs = [exampleEvidence({ hiddenNorms: [9, 9, 900] })];
 * const report = buildAudit({ methods: [{ runs, baselines: [] }], controls: {}, configuration: {} });
 * const form = renderForm(report, "dfa", { command: "deno task audit" });
 * if (!form.includes("not measured: no run was probed for it")) throw new Error("no silent gap");
 * ```
 */
export function renderForm(report: AuditReport, method: string, options: FormOptions): string {
  const found = report.methods.find((each) => each.method === method);
  if (!found) {
    const known = report.methods.map((each) => each.method).join(", ");
    throw new RangeError(`Cannot fill in the form as the audit has methods ${known}: ${method}`);
  }
  const section = (title: string, lines: readonly Line[]) =>
    `### ${title}\n\n${table(["", "reported"], lines.map((line) => line.map(escape)))}`;
  const { command } = options;
  return `${
    [
      `## ${displayName(method)}`,
      section("Claim", claimLines(report, found)),
      section("Configuration", configurationLines(report.configuration, method)),
      section("Accuracy", accuracyLines(found)),
      section(`Diagnostics, policy ${report.policy.name}`, diagnosticLines(found)),
      section("Alignment", [...gammaLines(found), ...passportLines(found)]),
      section("Controls of alignment", probeLines(found)),
      section("Modes", modeRows(found)),
      section("What the seeds support", supportLines(report, found)),
      `### Command\n\n\`\`\`sh\n${command}\n\`\`\``,
    ].join("\n\n")
  }\n`;
}

function claimLines({ policy, selfControls }: AuditReport, found: MethodAssessment): Line[] {
  const { verdict, seeds } = found;
  const told = (met: boolean | null) => met === null ? "open" : met ? "met" : "NOT met";
  return [
    ["method", found.method],
    ["verdict", `${verdict.verdict}: ${verdict.reason}`],
    ["policy", `${policy.name}: ${policy.rule}`],
    ["seeds", `${seeds.join(", ")} (${seedCount(seeds.length)})`],
    ...selfControls.map(({ expectation, met }): Line => [
      "self-control of the audit",
      `${told(met)}: ${expectation}`,
    ]),
  ];
}

/** Entries of the configuration that say nothing of this method. */
const aside = ["schemaVersion", "kind", "runs", "groups", "methods", "seeds", "policy", "rules"];

function configurationLines(configuration: JsonObject, method: string): Line[] {
  const plain = (value: Json) => typeof value === "string" ? value : canonicalJson(value);
  const lines = Object.entries(configuration).filter(([name]) => !aside.includes(name))
    .map(([name, value]): Line => [name, plain(value)]);
  const rules = configuration["rules"];
  const rule = isObject(rules) ? rules[method] : undefined;
  const own: Line = ["options of the method", rule === undefined ? "none" : plain(rule)];
  return lines.length === 0
    ? [["configuration", "not measured: the record does not say how the runs were made"]]
    : [...lines, own];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function accuracyLines({ accuracy, frozenAccuracy, depthUtility }: MethodAssessment): Line[] {
  return [
    ["test accuracy", accuracy.text],
    ["its 95 % t-interval", interval(accuracy)],
    ["with frozen blocks, same method and seeds", frozenAccuracy.text],
    ["margin over frozen blocks, paired by seed", depthUtility.text],
    ["its 95 % t-interval", interval(depthUtility)],
    ["its exact sign-flip test", signFlip(depthUtility)],
    [
      "margin in percentage points",
      isMeasured(depthUtility.mean)
        ? points(depthUtility.mean)
        : `not measured: ${depthUtility.mean.reason}`,
    ],
  ];
}

/** `[0.301, 0.319]`: mean ± t·s/√n. */
function interval({ mean, sampleStandardDeviation: s, n }: SeedSummary): string {
  if (!isMeasured(mean)) return `not measured: ${mean.reason}`;
  if (!isMeasured(s)) return `not measured: ${s.reason}`;
  const factor = tIntervalFactor(n);
  if (!isMeasured(factor)) return `not measured: ${factor.reason}`;
  const text = (value: number) => formatNumber(value, { decimals: 4 });
  return `[${text(mean - factor * s)}, ${text(mean + factor * s)}], ±${factor.toFixed(2)} s`;
}

/** `p = 0.250 (n=3 can reach 0.250 at the least)`. */
function signFlip({ perSeed, mean }: SeedSummary): string {
  if (!isMeasured(mean)) return `not measured: ${mean.reason}`;
  const differences = perSeed.map(({ value }) => value).filter(isMeasured);
  if (differences.length > 20) return "not measured: it is exact for at most 20 seeds";
  const { n, p, minimumP } = signFlipTest(differences);
  return `p = ${formatNumber(p)} (n=${n} can reach ${formatNumber(minimumP)} at the least)`;
}

function diagnosticLines({ diagnostics }: MethodAssessment): Line[] {
  return diagnostics.map((diagnostic): Line => {
    const { comparison, outcome } = diagnosticWords(diagnostic);
    const { id, name, unit, reason } = diagnostic;
    const told = isMeasured(diagnostic.value)
      ? `${comparison}; ${outcome}; fired in ${firedSeeds(diagnostic)}`
      : `${diagnostic.fired ? outcome : "not measured"}: ${reason}`;
    return [`(${id}) ${name}, ${id === "d" ? "percentage points" : unit}`, told];
  });
}

function passportLines({ perSeed }: MethodAssessment): Line[] {
  return perSeed.flatMap(({ seed, gamma: { passport } }): Line[] => {
    const of = (what: string, value: string): Line => [`passport, seed ${seed}: ${what}`, value];
    if (!passport) return [of("all", "not measured: the record of this seed has none")];
    const { quantity, reduction, aggregation, clamp, dtype, batchSize, feedbackHash } = passport;
    const means = Object.entries(aggregation).map(([name, how]) => `${name}: ${how}`).join("; ");
    const hash = typeof feedbackHash === "string"
      ? feedbackHash
      : `not measured: ${feedbackHash.reason}`;
    return [
      of("quantity", quantity),
      of("reduction", `${reduction}; ${means}`),
      of("clamp", clamp),
      of("computed in", `${dtype}, B = ${batchSize}`),
      of("SHA-256 of the feedback", hash),
    ];
  });
}

function modeRows({ modes }: MethodAssessment): Line[] {
  return modes.map(({ mode, title, named, evidence }): Line => [
    `Mode ${mode}: ${title}`,
    `${named === null ? "open" : named ? "shown" : "excluded"}. ${evidence.join(". ")}`,
  ]);
}

function supportLines(report: AuditReport, { seeds }: MethodAssessment): Line[] {
  const seedSupport = report.seedSupport.filter((support) => support.seeds === seeds.length);
  return seedSentences({ ...report, seedSupport }).map((text): Line => [
    seedCount(seeds.length),
    text,
  ]);
}
