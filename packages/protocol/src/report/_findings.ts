// The first paragraph of a report: what was found, and what cannot be said.
import { letters } from "../diagnostics/verdict.ts";
import { isMeasured } from "../evidence/measured.ts";
import { formatNumber } from "../statistics/format.ts";
import type { SeedSummary } from "../statistics/summarize_seeds.ts";
import { seedWords } from "../statistics/summarize_seeds.ts";
import type { MethodAssessment } from "./assess_method.ts";
import type { AuditReport } from "./build_audit.ts";
import type { MethodFirstFires } from "./first_fires.ts";
import { methodLabel } from "./_method_label.ts";
import type { SelfControl } from "./judge_self_controls.ts";
import { paperExpectations } from "./paper_expectations.ts";
import { points } from "./_sentences.ts";
import type { PrecisionSummary } from "./summarize_probes.ts";
import type { DiagnosticRobustness } from "./threshold_robustness.ts";

/** Findings in order of weight: can the audit be believed, what it reads, what limits it. */
export function findingsOf(
  methods: readonly MethodAssessment[],
  selfControls: readonly SelfControl[],
  bpMargin: SeedSummary | undefined,
  { robustness, firstFires, seedSupport }: Pick<
    AuditReport,
    "robustness" | "firstFires" | "seedSupport"
  >,
): string[] {
  return [
    ...controlFindings(selfControls),
    ...methods.map(verdictFinding),
    ...marginFinding(bpMargin),
    ...methods.flatMap(referenceFinding),
    ...methods.flatMap(clampFinding),
    ...methods.flatMap(splitFindings),
    ...methods.flatMap(paperFindings),
    ...firstFires.flatMap(bpFinding),
    robustnessFinding(robustness),
    ...seedSupport.map(({ statements }) => statements[0]!),
  ];
}

function controlFindings(selfControls: readonly SelfControl[]): string[] {
  const failed = selfControls.filter((control) => control.met === false);
  const open = selfControls.filter((control) => control.met === null);
  const findings = failed.map(({ expectation, observed, reason }) =>
    `A self-control failed, so no verdict below should be relied on: expected that ${expectation}; observed ${observed} (${reason}).`
  );
  for (const { expectation, reason } of open) {
    findings.push(
      `A self-control is open, so the audit has not shown that it can tell the difference: ${expectation} (${reason}).`,
    );
  }
  const idle = selfControls.filter(({ met, discriminates }) => met && discriminates === false);
  for (const { expectation, reason } of idle) {
    findings.push(
      `A self-control holds but discriminates nothing here: ${expectation} (${reason}).`,
    );
  }
  if (findings.length === 0) {
    findings.push(
      `All self-controls hold: ${selfControls.map((control) => control.expectation).join("; ")}.`,
    );
  }
  return findings;
}

function verdictFinding({ method, verdict, seeds, accuracy }: MethodAssessment): string {
  return `${
    methodLabel(method)
  } reads ${verdict.verdict} (${verdict.reason}); accuracy ${accuracy.text} (${seedWords(seeds)}).`;
}

function marginFinding(bpMargin: SeedSummary | undefined): string[] {
  if (!bpMargin) return ["BP was not run, so there is no measure of what depth is worth here."];
  if (!isMeasured(bpMargin.mean)) {
    return [`BP: ${bpMargin.mean.reason}.`];
  }
  return [
    `BP's margin over its own frozen blocks is ${points(bpMargin.mean)}: what depth is worth here.`,
  ];
}

/** Below the floor and inexact are two facts; noise is an error of more than this, measured. */
const noise = 1e-2;

function referenceFinding({ method, verdict, gamma, probes }: MethodAssessment): string[] {
  const { referenceError, referenceDtypes } = gamma;
  const belowFloor = verdict.fired.includes("b");
  const name = methodLabel(method);
  if (!isMeasured(referenceError.mean)) {
    if (!belowFloor) return [];
    return [
      `(b) says of ${name} that the true gradient lies below the paper's floor; whether it is also inexact is another fact, which was not measured (${referenceError.mean.reason}).${
        formatWords(probes.precision)
      }`,
    ];
  }
  const worst = Math.max(...referenceError.perSeed.map(({ value }) => value as number));
  if (!belowFloor && worst <= noise) return [];
  const where = `in ${referenceDtypes.join(" and ")}: measured relative error ${
    worst === 0 ? "" : "at most "
  }${formatNumber(worst)} in every layer and seed (median over samples)`;
  const said = worst > noise
    ? `The reference of ${name} is noise ${where}${
      belowFloor ? ", and below the paper's floor" : ""
    }.`
    : `The reference of ${name} is below the paper's floor but exact ${where}.`;
  return [`${said}${formatWords(probes.precision)}`];
}

/** What formats that the audit did not compute in would have left of the gradient at h_L. */
function formatWords(precision: PrecisionSummary | undefined): string {
  return Object.entries(precision?.formats ?? {})
    .filter(([name]) => name !== "float32")
    .map(([name, { zeroAtTop, nonFiniteAtTop, samples, relativeErrorAtTop }]) => {
      const error = isMeasured(relativeErrorAtTop.mean)
        ? `its median relative error is ${formatNumber(relativeErrorAtTop.mean)}`
        : `its relative error has no value (${relativeErrorAtTop.mean.reason})`;
      const lost = nonFiniteAtTop > 0 ? ` and not finite in ${nonFiniteAtTop}` : "";
      return ` In emulated ${name} the gradient at h_L is zero in ${zeroAtTop} of ${samples} samples${lost}, and ${error}.`;
    }).join("");
}

/** What tools that clamp would have printed, where it is another number than the cosine. */
function clampFinding({ method, gamma: { headline, naive } }: MethodAssessment): string[] {
  const { productClamp, perNormClamp } = naive;
  const [exact, product, perNorm] = [headline.mean, productClamp.mean, perNormClamp.mean];
  if (!isMeasured(exact) || !isMeasured(product) || !isMeasured(perNorm)) return [];
  if (Math.max(Math.abs(product - exact), Math.abs(perNorm - exact)) < 5e-4) return [];
  return [
    `Γ of ${
      methodLabel(method)
    } depends on the tool: without a clamp the cosine is ${headline.text}; PyTorch's older cosine similarity (product clamp) would print ${productClamp.text}, its newer one (per-norm clamp) ${perNormClamp.text}.`,
  ];
}

/** (a) to (c) should never fire on BP; where (d) does, depth is worth too little to judge others by. */
function bpFinding({ method, diagnostics }: MethodFirstFires): string[] {
  if (method !== "bp") return [];
  const fired = diagnostics.filter(({ perSeed }) => perSeed.some(({ epoch }) => epoch !== null));
  const seen = diagnostics.filter(({ perSeed }) => perSeed.some(({ evaluated }) => evaluated > 0));
  const never = seen.filter((diagnostic) => !fired.includes(diagnostic)).map(({ id }) => id);
  const told = fired.map(({ id, text }) => `(${id}) first at ${text}`);
  if (never.length > 0) told.push(`${letters(never)} never at any measured epoch`);
  const doubted = fired.filter(({ id }) => id !== "d").map(({ id }) => id);
  const doubt = doubted.length > 0
    ? ` ${letters(doubted)} should never fire on BP, so that its readings are to be doubted here.`
    : "";
  const depth = fired.some(({ id }) => id === "d")
    ? " While (d) fires on BP, depth is worth too little here to be missed elsewhere."
    : "";
  return [`Fires on BP: ${told.join("; ")}.${doubt}${depth}`];
}

function robustnessFinding(robustness: readonly DiagnosticRobustness[]): string {
  const changed = robustness.flatMap(({ id, halved, doubled }) =>
    ([["half", halved], ["twice", doubled]] as const).flatMap(([times, { verdicts }]) =>
      verdicts.length > 0
        ? [
          `${times} the threshold of (${id}) changes that of ${
            verdicts.map(methodLabel).join(", ")
          }`,
        ]
        : []
    )
  );
  return changed.length === 0
    ? "Every verdict stands if any one threshold is halved or doubled."
    : `Not every verdict stands if one threshold is halved or doubled: ${changed.join("; ")}.`;
}

function splitFindings({ method, diagnostics }: MethodAssessment): string[] {
  return diagnostics.filter((d) => d.split).map((d) =>
    `The seeds of ${
      methodLabel(method)
    } disagree on (${d.id}) ${d.name}: it fired in ${d.firedSeeds} of ${d.seeds}.`
  );
}

function paperFindings({ method, verdict, diagnostics }: MethodAssessment): string[] {
  const expected = Object.hasOwn(paperExpectations, method) ? paperExpectations[method] : undefined;
  if (!expected) return [];
  const differs = diagnostics.filter((d) =>
    d.fired !== null && d.fired !== expected.fired.includes(d.id)
  );
  if (verdict.verdict === expected.verdict && differs.length === 0) return [];
  const reading = expected.fired.length > 0 ? `${letters(expected.fired)} fired` : "none fired";
  const seen = differs.map((d) => `(${d.id}) ${d.fired ? "fired" : "is silent"}`).join(", ");
  return [
    `The paper's main audit (ResidualMLP, CIFAR-10, 100 epochs, 3 seeds) reads ${
      methodLabel(method)
    } ${expected.verdict} with ${reading}; here it reads ${verdict.verdict}${
      seen && `, and ${seen}`
    }. Another configuration need not reach the paper's regime, so compare the configurations first.`,
  ];
}
