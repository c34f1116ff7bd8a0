// The first paragraph of a report: what was found, and what cannot be said.
import { letters } from "../diagnostics/verdict.ts";
import { isMeasured } from "../evidence/measured.ts";
import { formatNumber } from "../statistics/format.ts";
import type { SeedSummary } from "../statistics/summarize_seeds.ts";
import { seedWords } from "../statistics/summarize_seeds.ts";
import { tIntervalFactor } from "../statistics/t_interval.ts";
import type { MethodAssessment } from "./assess_method.ts";
import { methodLabel } from "./_method_label.ts";
import type { SelfControl } from "./judge_self_controls.ts";
import { paperExpectations } from "./paper_expectations.ts";
import { points } from "./_sentences.ts";

/** Findings in order of weight: can the audit be believed, what it reads, what limits it. */
export function findingsOf(
  methods: readonly MethodAssessment[],
  selfControls: readonly SelfControl[],
  bpMargin: SeedSummary | undefined,
): string[] {
  return [
    ...controlFindings(selfControls),
    ...methods.map(verdictFinding),
    ...marginFinding(bpMargin),
    ...referenceFinding(methods),
    ...methods.flatMap(splitFindings),
    ...methods.flatMap(paperFindings),
    ...seedFindings(methods),
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

function referenceFinding(methods: readonly MethodAssessment[]): string[] {
  const fired = methods.filter(({ verdict }) => verdict.fired.includes("b"));
  if (fired.length === 0) return [];
  const names = fired.map(({ method }) => methodLabel(method)).join(", ");
  return [
    `(b) says of ${names} that the true gradient lies below the paper's floor; whether it is also inexact is another fact, which was not measured here.`,
  ];
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

function seedFindings(methods: readonly MethodAssessment[]): string[] {
  const counts = [...new Set(methods.map((m) => m.seeds.length))].sort((a, b) => a - b);
  return counts.map((n) => {
    if (n === 1) {
      return "n=1 seed: there is no spread, so no difference between methods is supported beyond this seed.";
    }
    const factor = tIntervalFactor(n);
    const width = isMeasured(factor) ? `±${factor.toFixed(2)} s` : "not tabulated";
    let p = 1;
    for (let i = 1; i < n; i++) p /= 2; // two-sided sign-flip test: 2/2ⁿ
    const test = p > 0.05
      ? `, and no exact test paired by seed can reach p < .05 (its smallest p is ${
        formatNumber(p)
      })`
      : "";
    return `n=${n} seeds: the 95 % t-interval of a mean is ${width}${test}.`;
  });
}
