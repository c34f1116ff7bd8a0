// Diagnostic (a): does the residual stream explode?
import { isMeasured, type Measured } from "../evidence/measured.ts";
import type { Snapshot } from "../evidence/snapshot.ts";
import { formatNumber } from "../statistics/format.ts";
import {
  asJson,
  type Diagnostic,
  fires,
  judge,
  kinds,
  notEvaluated,
  outcome,
} from "./diagnostic.ts";

/**
 * (a) Activation growth: max_l median‖h_{l+1}‖ / median‖h_l‖ fires above the threshold (50, §4).
 *
 * A diverged run is judged as far as it can be: one layer above the threshold fires whatever the
 * others are, and overflow from a finite h_l to an infinite h_{l+1} is growth beyond any threshold
 * and fires. NaN says nothing about growth: then, and after an infinite h_l, (a) is not evaluated.
 *
 * @param snapshot the measured model.
 * @param threshold the largest silent growth.
 *
 * @example
 * ```ts
 * import { growthDiagnostic } from "@fa/protocol";
 *
 * const found = growthDiagnostic({ growth: { perLayer: [1.2, 80], max: 80 } }, 50);
 * if (found.fired !== true || found.reason !== "80.0 is above 50.0; from h_1 to h_2") {
 *   throw new Error(found.reason);
 * }
 * ```
 */
export function growthDiagnostic(
  { growth }: Pick<Snapshot, "growth">,
  threshold: number,
): Diagnostic {
  const kind = kinds.growth;
  const details = { perLayer: growth.perLayer.map(asJson) };
  const overflow = growth.perLayer.find((v) => !isMeasured(v) && v.nonFinite === "+Infinity");
  if (overflow && !isMeasured(overflow)) {
    return outcome(kind, overflow, threshold, details, true, `overflow: ${overflow.reason}`);
  }
  if (isMeasured(growth.max)) {
    return judge(kind, growth.max, threshold, details, at(growth.perLayer, growth.max));
  }
  // Some layers have no ratio: the largest of the rest is a lower bound of the maximum.
  const known = growth.perLayer.filter(isMeasured);
  const bound = known.length > 0 ? Math.max(...known) : -Infinity;
  if (fires(bound, threshold, kind.direction)) {
    return outcome(
      kind,
      bound,
      threshold,
      { ...details, lowerBound: true },
      true,
      `${formatNumber(bound)} is above ${formatNumber(threshold)}; ${
        at(growth.perLayer, bound)
      }, the largest that could be measured (${growth.max.reason})`,
    );
  }
  return notEvaluated(kind, growth.max, threshold, details, growth.max.reason);
}

function at(perLayer: readonly Measured[], value: number): string {
  const l = perLayer.indexOf(value);
  return `from h_${l} to h_${l + 1}`;
}
