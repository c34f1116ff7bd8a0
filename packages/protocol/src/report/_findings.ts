// The first paragraph of a report: what was found, and what cannot be said.
import type { DiagnosticId, Policy } from "../diagnostics/policies.ts";
import { letters } from "../diagnostics/verdict.ts";
import { isMeasured } from "../evidence/measured.ts";
import { floor, largestReferenceError } from "../evidence/_regime.ts";
import { formatNumber } from "../statistics/format.ts";
import { mean } from "../statistics/mean.ts";
import type { SeedSummary } from "../statistics/summarize_seeds.ts";
import { seedWords } from "../statistics/summarize_seeds.ts";
import type { SeedGamma } from "./alignment_summary.ts";
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
  { policy, robustness, firstFires, seedSupport }: Pick<
    AuditReport,
    "policy" | "robustness" | "firstFires" | "seedSupport"
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
    robustnessFinding(methods, robustness, policy),
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

/** Below the floor and inexact are two facts; noise is an error above what Γ is measured with. */
function referenceFinding(assessment: MethodAssessment): string[] {
  const { method, gamma, probes } = assessment;
  const below = belowFloorWords(assessment);
  const found = referenceErrors(assessment);
  const name = methodLabel(method);
  if (!found) {
    if (!below) return [];
    const { mean } = gamma.referenceError;
    const reason = isMeasured(mean) ? "" : ` (${mean.reason})`;
    return [
      `(b) says of ${name} that the true gradient lies ${below}; whether it is also inexact is another fact, which was not measured${reason}.${
        formatWords(probes.precision)
      }`,
    ];
  }
  const { worst, perLayer, measuredIn } = found;
  const noisy = perLayer.filter(({ worst }) => worst > largestReferenceError);
  if (!below && noisy.length === 0) return [];
  const rest = perLayer.filter((layer) => !noisy.includes(layer)).map(({ worst }) => worst);
  const formats = gamma.referenceDtypes.join(" and ");
  const error = "measured relative error (median over samples)";
  const said = noisy.length > 0
    ? `The reference of ${name} is noise in ${formats} at ${
      noisy.map(({ l }) => `h_${l}`).join(", ")
    }: ${error} up to ${formatNumber(worst)} there${
      rest.length > 0 ? `, at most ${formatNumber(Math.max(...rest))} in the other layers` : ""
    }${below && `, and ${below}`}${measuredIn}.`
    : `The reference of ${name} is ${below} but exact${
      measuredIn ? ", where that was measured," : ""
    } in ${formats}: ${error} at most ${formatNumber(worst)} in every layer${measuredIn}.`;
  return [`${said}${formatWords(probes.precision)}`];
}

/** Whether (b)'s gradient lies below the floor of the paper, whatever the threshold of the policy is. */
function belowFloorWords({ diagnostics }: MethodAssessment): string {
  const { perSeed } = diagnostics.find(({ name }) => name === "reference")!;
  const below = perSeed.filter(({ value }) => isMeasured(value) && value < floor.norm).length;
  if (below === 0) return "";
  return `below the paper's floor${
    below < perSeed.length ? ` in ${below} of ${perSeed.length} seeds` : ""
  }`;
}
/** The errors that were measured; undefined if none was. */
function referenceErrors({ perSeed }: MethodAssessment) {
  const errors = perSeed.map(({ gamma }) => gamma.referenceErrors);
  const layers = Math.max(...errors.map(({ length }) => length));
  const perLayer = Array.from({ length: layers }, (_, l) => ({
    l,
    values: errors.flatMap((of) => of[l] ?? []).filter(isMeasured),
  })).filter(({ values }) => values.length > 0)
    .map(({ l, values }) => ({ l, worst: Math.max(...values) }));
  if (perLayer.length === 0) return undefined;
  const some = errors.filter((of) => of.some(isMeasured));
  const whole = some.every((of) => of.every(isMeasured));
  return {
    perLayer,
    worst: Math.max(...perLayer.map(({ worst }) => worst)),
    measuredIn: whole && some.length === errors.length
      ? ""
      : `; measured in ${some.length} of ${errors.length} ${
        errors.length === 1 ? "seed" : "seeds"
      }${whole ? "" : ", not in every layer"}`,
  };
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

/** Half a unit of the third decimal, the last that is printed: less than this nobody would see. */
const visible = 5e-4;

/** What tools that clamp would have printed, where it is another number than the cosine. */
function clampFinding({ method, gamma: { headline, naive }, perSeed }: MethodAssessment): string[] {
  const { productClamp, perNormClamp } = naive;
  const [exact, product, perNorm] = [headline.mean, productClamp.mean, perNormClamp.mean];
  if (!isMeasured(exact) || !isMeasured(product) || !isMeasured(perNorm)) return [];
  const differs = (other: number) =>
    Math.max(Math.abs(product - other), Math.abs(perNorm - other)) >= visible;
  if (!differs(exact)) return [];
  const counts = perSeed.flatMap(({ gamma }) => gamma.samples);
  const zeros = counts.reduce((sum, { invalid }) => sum + invalid, 0);
  const all = counts.reduce((sum, { valid }) => sum + valid, zeros);
  const alone = mean(perSeed.map(({ gamma }) => withZeros(gamma)));
  const share = zeros === 0
    ? ""
    : ` In ${zeros} of ${all} comparisons credit or gradient is zero; these tools count them as 0 where the mean here leaves them out, which alone gives ${
      formatNumber(alone, { decimals: 3 })
    }${
      differs(alone)
        ? "; the rest is the clamps' doing."
        : ": the clamps themselves change nothing."
    }`;
  return [
    `Γ of ${
      methodLabel(method)
    } depends on the tool: without a clamp the cosine is ${headline.text}; PyTorch's older cosine similarity (product clamp) would print ${productClamp.text}, its newer one (per-norm clamp) ${perNormClamp.text}.${share}`,
  ];
}

/** Headline Γ of one seed if samples without a direction counted as 0. */
function withZeros({ perLayer, samples }: SeedGamma): number {
  return mean(perLayer.map((value, l) => {
    const { valid, invalid } = samples[l]!;
    return (value as number) * valid / (valid + invalid);
  }));
}

/** (a) to (c) should never fire on BP; where (d) does, depth is worth too little to judge others by. */
function bpFinding({ method, diagnostics }: MethodFirstFires): string[] {
  if (method !== "bp") return [];
  const fired = diagnostics.filter(({ perSeed }) => perSeed.some(({ epoch }) => epoch !== null));
  const silent = diagnostics.filter((diagnostic) => !fired.includes(diagnostic));
  const seen = silent.filter(({ perSeed }) => perSeed.some(({ evaluated }) => evaluated > 0));
  if (fired.length + seen.length === 0) {
    return ["Nothing was evaluated on BP, so that nothing is known to fire there or not."];
  }
  const always = seen.filter(({ perSeed }) =>
    perSeed.every(({ evaluated, moments }) => evaluated === moments)
  );
  const told = fired.map(({ id, text }) => `(${id}) first at ${text}`);
  const tell = (some: readonly { readonly id: DiagnosticId }[], what: string) => {
    if (some.length > 0) told.push(`${letters(some.map(({ id }) => id))} ${what}`);
  };
  tell(always, "never at any measured epoch");
  tell(seen.filter((each) => !always.includes(each)), "never where it was evaluated");
  tell(silent.filter((each) => !seen.includes(each)), "was not evaluated");
  const doubted = fired.filter(({ id }) => id !== "d").map(({ id }) => id);
  const doubt = doubted.length > 0
    ? ` ${letters(doubted)} should never fire on BP, so that its readings are to be doubted here.`
    : "";
  const depth = fired.some(({ id }) => id === "d")
    ? " At epochs at which (d) fires on BP, depth is worth too little here to be missed elsewhere."
    : "";
  return [`Fires on BP: ${told.join("; ")}.${doubt}${depth}`];
}

/** Robustness can be claimed only where all that decides was evaluated in every seed. */
function robustnessFinding(
  methods: readonly MethodAssessment[],
  robustness: readonly DiagnosticRobustness[],
  { walkBack, required }: Policy,
): string {
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
  const open = methods.filter(({ diagnostics }) =>
    diagnostics.some(({ id, seeds, evaluatedSeeds }) =>
      (walkBack.includes(id) || required.includes(id)) && evaluatedSeeds < seeds
    )
  );
  const known = methods.filter((method) => !open.includes(method));
  const names = (some: readonly MethodAssessment[]) =>
    some.map(({ method }) => methodLabel(method)).join(", ");
  const said: string[] = [];
  if (changed.length > 0) {
    said.push(
      `Not every verdict stands if one threshold is halved or doubled: ${changed.join("; ")}.`,
    );
  } else if (open.length === 0) {
    said.push("Every verdict stands if any one threshold is halved or doubled.");
  } else if (known.length > 0) {
    said.push(
      `${known.length === 1 ? "The verdict" : "Every verdict"} of ${
        names(known)
      } stands if any one threshold is halved or doubled.`,
    );
  }
  if (open.length > 0) {
    said.push(
      `Whether verdicts stand if a threshold is halved or doubled cannot be said of ${
        names(open)
      }, for which not all that decides was evaluated in every seed.`,
    );
  }
  return said.join(" ");
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
