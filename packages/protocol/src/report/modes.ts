// The two ways in which a method fails, and the evidence for each.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { DiagnosticId } from "../diagnostics/policies.ts";
import { isMeasured, type Measured, unmeasured } from "../evidence/measured.ts";
import type { Probes } from "../probes/probes.ts";
import { formatNumber } from "../statistics/format.ts";
import type { SeedGamma } from "./alignment_summary.ts";

/** A failure mode (§4) and whether the evidence names it. */
export interface Mode {
  /** 1 or 2. */
  readonly mode: 1 | 2;
  /** What it means. */
  readonly title: string;
  /** True if the evidence shows it, false if it excludes it, null if it does neither. */
  readonly named: boolean | null;
  /** The evidence, in words. */
  readonly evidence: readonly string[];
  /** Mode 2 only: deep Γ and ρ of every seed against their null. */
  readonly credits?: readonly NullComparison[];
}

/** Deep Γ and ρ of one seed against what fresh feedback gives. */
export interface NullComparison {
  /** The seed. */
  readonly seed: number;
  /** Deep Γ with the feedback of training. */
  readonly gamma: Measured;
  /** Mean of deep Γ over fresh draws. */
  readonly nullMean: Measured;
  /** Its sample standard deviation over fresh draws. */
  readonly nullSpread: Measured;
  /** Deep ρ. */
  readonly rho: Measured;
  /** ρ of the true gradient over the deep layers: the positive control of ρ. */
  readonly positive: Measured;
  /** Whether every deep reference is known to be exact, below the floor or not. */
  readonly exact: boolean;
  /** True if both are near their null, false if both lie clearly above it, else null. */
  readonly near: boolean | null;
  /** Why, with the numbers. */
  readonly reason: string;
}

/** What one seed knows of its credits. */
export interface SeedCredits {
  /** The seed. */
  readonly seed: number;
  /** Γ of the final model. */
  readonly gamma: SeedGamma;
  /** Probes of the final model. */
  readonly probes: Probes;
}

/** How many standard deviations of the fresh draws still count as near the null. */
const nearNull = 3;

/**
 * ρ of the true gradient that must be exceeded before ρ of a credit is believed. A loss that is
 * straight over ε gives 1, the paper's BP .9965; at .9 the arithmetic or the curvature already hides
 * 1 − .9² = 19 % of the variance.
 */
const leastPositive = 0.9;

/**
 * Names the failure modes of §4. Mode 1: (a) or (b) fired, with (c) as its sub-mode. Mode 2: deep Γ
 * and ρ near their null, with references known to be exact (below the floor or not), or (d) fired.
 *
 * *Near their null* is one rule, fixed before any method was measured [ours]. Let m and s be mean and
 * sample standard deviation of deep Γ over draws of fresh feedback that the network was not trained
 * with. A seed is near if |Γ − m| ≤ 3s and |ρ| ≤ 3s; it is clearly away if Γ − m > 3s and ρ > 3s. The
 * spread of fresh draws is the yardstick for both, as ρ is a cosine of the same credit with the same
 * gradient, weighted by their norms: feedback that carries nothing gives it the same spread.
 *
 * Γ and ρ name Mode 2 if every seed is near, and exclude it if every seed is clearly away and (d) is
 * silent. References that are not known to be exact say neither, nor does a method without feedback
 * to draw afresh, nor seeds that disagree, nor a ρ whose own positive control failed: the true
 * gradient must reach more than .9 over the deep layers with the same perturbations.
 *
 * @param diagnostics (a)–(d) of one run, or aggregated over seeds.
 * @param credits Γ and probes of every seed; without them only (d) can name Mode 2.
 *
 * @example
 * ```ts
 * import { diagnose, exampleEvidence } from "@fa/protocol";
 * import { failureModes } from "@fa/protocol/report";
 *
 * const run = exampleEvidence({ hiddenNorms: [9, 9, 900], stability: 0.992 });
 * const [mode1, mode2] = failureModes(diagnose(run));
 * if (mode1!.named !== true || !mode1!.evidence[1]!.startsWith("Sub-mode: (c) fired")) {
 *   throw new Error("growth of 100 is Mode 1, drifting");
 * }
 * if (mode2!.named !== null) throw new Error("(d) was not evaluated");
 * ```
 */
export function failureModes(
  diagnostics: readonly Diagnostic[],
  credits: readonly SeedCredits[] = [],
): [Mode, Mode] {
  const of = (id: DiagnosticId): Diagnostic => {
    const found = diagnostics.find((d) => d.id === id);
    if (!found) throw new RangeError(`Cannot name a failure mode as diagnostic (${id}) is missing`);
    return found;
  };
  return [mode1(of("a"), of("b"), of("c")), mode2(of("d"), credits.map(againstNull))];
}

function mode1(a: Diagnostic, b: Diagnostic, c: Diagnostic): Mode {
  const fired = [a, b].filter((d) => d.fired);
  const named = fired.length > 0 ? true : a.evaluated && b.evaluated ? false : null;
  const shown = fired.length > 0 ? fired : [a, b];
  const evidence = shown.map(words);
  if (named) {
    const meaning = c.fired === null
      ? "so the sub-mode is open"
      : c.fired
      ? "the batches share one gradient direction"
      : "the batches do not share one gradient direction";
    evidence.push(`Sub-mode: ${words(c)}; ${meaning}`);
  }
  return {
    mode: 1,
    title: "the stream grows or the true gradient falls below the floor",
    named,
    evidence,
  };
}

function mode2(d: Diagnostic, credits: readonly NullComparison[]): Mode {
  const near = credits.length > 0 && credits.every((seed) => seed.near === true);
  const away = credits.length > 0 && credits.every((seed) => seed.near === false);
  const evidence = credits.length === 0
    ? ["Deep Γ and ρ are not judged: no seed has them with their null"]
    : credits.map(({ seed, reason }) => `Seed ${seed}: ${reason}`);
  return {
    mode: 2,
    title:
      "deep credits are no better than fresh feedback, or trained blocks add too little over untrained ones",
    named: d.fired || near ? true : away && d.fired === false ? false : null,
    evidence: [words(d), ...evidence],
    credits,
  };
}

/** Deep Γ and ρ of one seed against what fresh feedback gives. */
function againstNull({ seed, gamma: { regimes }, probes }: SeedCredits): NullComparison {
  const { null: calibration, perturbation } = probes;
  const noNull = unmeasured("its feedback was not drawn afresh, so the null of Γ is not known");
  const found = {
    seed,
    gamma: calibration?.trained.deep ?? noNull,
    nullMean: calibration?.mean.deep ?? noNull,
    nullSpread: calibration?.sampleStandardDeviation.deep ?? noNull,
    rho: perturbation?.rho.deep ?? unmeasured("ρ was not measured"),
    positive: perturbation?.positive.deep ?? unmeasured("ρ was not measured"),
    exact: regimes.length > 1 &&
      regimes.slice(1).every((regime) => regime === "exact" || regime === "below-floor"),
  };
  const { gamma, nullMean, nullSpread, rho, positive, exact } = found;
  for (const value of [gamma, nullMean, nullSpread, rho, positive]) {
    if (!isMeasured(value)) {
      return { ...found, near: null, reason: `deep Γ and ρ are not judged: ${value.reason}` };
    }
  }
  const [g, m, s, r] = [gamma, nullMean, nullSpread, rho] as [number, number, number, number];
  const limit = nearNull * s;
  const seen = `deep Γ ${cosine(g)} against ${cosine(m)} ± ${cosine(s)} of ${
    calibration!.draws
  } fresh draws, deep ρ ${cosine(r)}, limit ${nearNull} s = ${cosine(limit)}`;
  if (!exact) {
    return { ...found, near: null, reason: `${seen}; the references are not known to be exact` };
  }
  if (positive as number <= leastPositive) {
    const control = `the positive control of ρ, the true gradient, gives ${
      cosine(positive as number)
    }, not above ${leastPositive}`;
    return { ...found, near: null, reason: `${seen}; ${control}` };
  }
  const near = Math.abs(g - m) <= limit && Math.abs(r) <= limit;
  const away = g - m > limit && r > limit;
  const meaning = near
    ? "both are near their null"
    : away
    ? "both lie clearly above their null"
    : "they do not agree on being near their null or clearly above it";
  return { ...found, near: near ? true : away ? false : null, reason: `${seen}: ${meaning}` };
}

function cosine(value: number): string {
  return formatNumber(value, { decimals: 4 });
}

/** `(a) fired: 80.0 is above 50.0`. */
export function words(d: Diagnostic): string {
  const state = d.fired === null ? "not evaluated" : d.fired ? "fired" : "silent";
  return `(${d.id}) ${state}: ${d.reason}`;
}
