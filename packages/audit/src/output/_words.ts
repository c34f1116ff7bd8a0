// How the table and the Markdown report put a number, a threshold and an outcome into words.

import {
  type Diagnostic,
  type DiagnosticId,
  formatNumber,
  formatSpread,
  isMeasured,
  type Measured,
  type SeedSummary,
} from "@fa/protocol";
import type { AggregatedDiagnostic } from "@fa/protocol/report";

/** `BP`, `DFA`: methods as the audit table names them. */
export function displayName(method: string): string {
  return method.toUpperCase();
}

/** `n=1 seed`, `n=3 seeds`. */
export function seedCount(n: number): string {
  return `n=${n} ${n === 1 ? "seed" : "seeds"}`;
}

/** `0.715 ± 0.003`, without the count of seeds; without s where there is none. */
export function meanAndSpread({ mean, sampleStandardDeviation: s }: SeedSummary): string {
  if (!isMeasured(mean)) return "not measured";
  return formatSpread(mean, s, { decimals: 3 });
}

/** `+30.8`: a fraction of samples as percentage points. */
export function points(fraction: Measured, digits = 1): string {
  if (!isMeasured(fraction)) return "not measured";
  const value = (fraction * 100).toFixed(digits);
  return fraction < 0 ? value : `+${value}`;
}

/** A diagnostic in words. */
export interface DiagnosticWords {
  /** Value, relation, threshold: `1061 > 50`, `0.05 ≤ 0.3`, `+30.8 ≥ 2` (points). */
  readonly comparison: string;
  /** `● fired`, `○ silent`, `not evaluated`: readable without colour. */
  readonly outcome: string;
}

/** The words of one diagnostic; (d) is in percentage points. */
export function diagnosticWords(diagnostic: Diagnostic): DiagnosticWords {
  const { fired, id, threshold } = diagnostic;
  const limit = id === "d" ? String(Number((threshold * 100).toPrecision(12))) : String(threshold);
  if (fired === null) return { comparison: "not measured", outcome: "not evaluated" };
  const above = diagnostic.direction === "above";
  const relation = fired ? (above ? ">" : "<") : (above ? "≤" : "≥");
  return {
    comparison: `${valueWords(diagnostic, Number(limit))} ${relation} ${limit}`,
    outcome: fired ? "● fired" : "○ silent",
  };
}

/** A value with few digits, and `more` of them on demand. */
const shortest: Readonly<Record<DiagnosticId, (value: number, more: number) => string>> = {
  a: (value, more) => more === 0 ? formatNumber(value) : value.toPrecision(3 + more),
  b: (value, more) => value.toExponential(1 + more).replace("e+", "e"),
  c: (value, more) => value.toFixed(2 + more),
  d: (value, more) => points(value, 1 + more),
};

/**
 * The value with few digits, but so many that it does not seem to lie on the other side of the
 * threshold than it does.
 */
function valueWords({ id, value, direction, fired }: Diagnostic, limit: number): string {
  if (!isMeasured(value)) return value.nonFinite === undefined ? "?" : "overflow";
  for (let more = 0; more <= 12; more++) {
    const text = shortest[id](value, more);
    const seems = direction === "above" ? Number(text) > limit : Number(text) < limit;
    if (seems === fired) return text;
  }
  return String(id === "d" ? value * 100 : value);
}

/** `2 of 3 seeds`: in how many it fired. */
export function firedSeeds({ firedSeeds, seeds }: AggregatedDiagnostic): string {
  return `${firedSeeds} of ${seeds} ${seeds === 1 ? "seed" : "seeds"}`;
}

/** `✓ trustworthy`, `✗ walk-back`, `? not-assessable`. */
export function verdictWords(verdict: string): string {
  const mark = verdict === "trustworthy" ? "✓" : verdict === "walk-back" ? "✗" : "?";
  return `${mark} ${verdict}`;
}

/** `✓ met`, `✗ NOT met`, `? open`. */
export function controlWords(met: boolean | null): string {
  return met === null ? "? open" : met ? "✓ met" : "✗ NOT met";
}

/** The sentence of a verdict. */
export function verdictSentence(
  method: string,
  { verdict, policy, reason }: {
    readonly verdict: string;
    readonly policy: string;
    readonly reason: string;
  },
): string {
  return `${displayName(method)} reads ${verdict} under policy ${policy}: ${reason}.`;
}
