// What one diagnostic of a method would read if its threshold were another.
import { type Diagnostic, judge } from "../diagnostics/diagnostic.ts";
import { growthDiagnostic } from "../diagnostics/growth.ts";
import type { DiagnosticName } from "../diagnostics/policies.ts";
import { isMeasured, type Measured } from "../evidence/measured.ts";
import { largestGrowth } from "../evidence/_growth.ts";
import { aggregateMedian } from "./_aggregate.ts";
import type { MethodAssessment } from "./assess_method.ts";

/** Fired, silent, or null: not evaluated. */
export type Reading = boolean | null;

const order: readonly DiagnosticName[] = ["growth", "reference", "stability", "depthUtility"];

/**
 * Every seed is judged again, and the seeds are aggregated again: a lower bound that fires at the
 * policy's threshold need not fire at another, and what was not evaluated there may be here.
 */
export function readingAt(
  { diagnostics, perSeed }: MethodAssessment,
  name: DiagnosticName,
  threshold: number,
): Reading {
  const i = order.indexOf(name);
  // The mean of (d) has a value only where every seed has one: nothing else depends on the threshold.
  if (name === "depthUtility") return again(diagnostics[i]!, threshold).fired;
  return aggregateMedian(perSeed.map(({ seed, diagnostics: own }) => ({
    seed,
    value: again(own[i]!, threshold),
  }))).fired;
}

function again(found: Diagnostic, threshold: number): Diagnostic {
  return found.name === "growth"
    ? growthDiagnostic({ growth: growthBehind(found) }, threshold)
    : judge(found, found.value, threshold, found.details);
}

function growthBehind({ details }: Diagnostic): { perLayer: readonly Measured[]; max: Measured } {
  const perLayer = details.perLayer as unknown as readonly Measured[];
  return { perLayer, max: largestGrowth(perLayer) };
}

/**
 * Thresholds at which the reading can change: the numbers of the seeds, and the means of two of them,
 * which are medians of an even number of seeds.
 */
export function turningPoints(
  { diagnostics, perSeed }: MethodAssessment,
  name: DiagnosticName,
): number[] {
  const i = order.indexOf(name);
  const found = name === "depthUtility"
    ? [diagnostics[i]!.value]
    : perSeed.map(({ diagnostics: own }) => numberOf(own[i]!));
  const numbers = found.filter(isMeasured);
  return [...new Set(numbers.flatMap((a, k) => numbers.slice(k).map((b) => (a + b) / 2)))];
}

/** Its value; of a growth that is not known in every layer, the largest that is. */
function numberOf(found: Diagnostic): Measured {
  if (found.name !== "growth" || isMeasured(found.value)) return found.value;
  const known = growthBehind(found).perLayer.filter(isMeasured);
  return known.length > 0 ? Math.max(...known) : found.value;
}
