// The two ways in which a method fails, and the evidence for each.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { DiagnosticId } from "../diagnostics/policies.ts";
import type { Measured } from "../evidence/measured.ts";

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
  /** Whether every deep reference is known to be exact. */
  readonly exact: boolean;
  /** True if both are near their null, false if both lie clearly above it, else null. */
  readonly near: boolean | null;
  /** Why, with the numbers. */
  readonly reason: string;
}

/**
 * Names the failure modes of §4. Mode 1: (a) or (b) fired, with (c) as its sub-mode. Mode 2: deep Γ
 * and ρ near their null in an exact regime, or (d) fired; the nulls of Γ and ρ need a control of
 * their own, so that here only (d) can name Mode 2 and nothing can exclude it.
 *
 * @param diagnostics (a)–(d) of one run, or aggregated over seeds.
 *
 * @example
 * ```ts
 * import { diagnose, exampleEvidence, failureModes } from "@fa/protocol";
 *
 * const run = exampleEvidence({ hiddenNorms: [9, 9, 900], stability: 0.992 });
 * const [mode1, mode2] = failureModes(diagnose(run));
 * if (mode1!.named !== true || !mode1!.evidence[1]!.startsWith("Sub-mode: (c) fired")) {
 *   throw new Error("growth of 100 is Mode 1, drifting");
 * }
 * if (mode2!.named !== null) throw new Error("(d) was not evaluated");
 * ```
 */
export function failureModes(diagnostics: readonly Diagnostic[]): [Mode, Mode] {
  const of = (id: DiagnosticId): Diagnostic => {
    const found = diagnostics.find((d) => d.id === id);
    if (!found) throw new RangeError(`Cannot name a failure mode as diagnostic (${id}) is missing`);
    return found;
  };
  return [mode1(of("a"), of("b"), of("c")), mode2(of("d"))];
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

function mode2(d: Diagnostic): Mode {
  return {
    mode: 2,
    title: "trained blocks add too little over untrained ones",
    named: d.fired ? true : null,
    evidence: [
      words(d),
      "Deep Γ and ρ are not judged here: their nulls need a control of their own",
    ],
  };
}

/** `(a) fired: 80.0 is above 50.0`. */
export function words(d: Diagnostic): string {
  const state = d.fired === null ? "not evaluated" : d.fired ? "fired" : "silent";
  return `(${d.id}) ${state}: ${d.reason}`;
}
