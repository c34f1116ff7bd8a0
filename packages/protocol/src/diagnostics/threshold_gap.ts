// How much room there is for a threshold between the healthy and the degenerate.
import { isMeasured, type Measured, measured, unmeasured } from "../evidence/measured.ts";
import type { Direction } from "./diagnostic.ts";

/** The room between two groups of values, for one threshold to lie in. */
export interface ThresholdGap {
  /** Healthy value nearest the degenerate ones: the largest of what fires above, the smallest below. */
  readonly healthyEdge: Measured;
  /** Degenerate value nearest the healthy ones. */
  readonly degenerateEdge: Measured;
  /** Degenerate over healthy edge (the inverse where it fires below): above 1 there is a gap. */
  readonly factor: Measured;
  /** Degenerate − healthy edge (the opposite where it fires below): above 0 there is a gap. */
  readonly difference: Measured;
  /** Whether one threshold can tell the two groups apart; null where a group is empty. */
  readonly separated: boolean | null;
}

/** What {@link thresholdGap} compares. */
export interface ThresholdGapOptions {
  /** Which side of a threshold fires. */
  readonly direction: Direction;
  /** Values that should stay silent. */
  readonly healthy: readonly number[];
  /** Values that should fire. */
  readonly degenerate: readonly number[];
}

/**
 * The gap between healthy and degenerate values: for a diagnostic that fires above its threshold,
 * from the largest healthy value to the smallest degenerate one; for one that fires below, from the
 * smallest healthy value down to the largest degenerate one. Every threshold inside it tells the two
 * groups apart, so that the width says how much a verdict owes to the choice of the threshold.
 *
 * @throws {RangeError} if a value is not finite.
 *
 * @example
 * ```ts
 * import { thresholdGap } from "@fa/protocol";
 *
 * // The paper's growths: healthy up to 11.0, degenerate from 694.
 * const { factor } = thresholdGap({ direction: "above", healthy: [1.3, 11.0], degenerate: [1900, 694] });
 * if (Math.round(factor as number) !== 63) throw new Error("63×");
 * ```
 */
export function thresholdGap(
  { direction, healthy, degenerate }: ThresholdGapOptions,
): ThresholdGap {
  const wrong = [...healthy, ...degenerate].find((value) => !Number.isFinite(value));
  if (wrong !== undefined) {
    throw new RangeError(`Cannot measure a gap as every value must be finite: ${wrong}`);
  }
  const above = direction === "above";
  const healthyEdge = edge(healthy, above, "healthy");
  const degenerateEdge = edge(degenerate, !above, "degenerate");
  if (!isMeasured(healthyEdge) || !isMeasured(degenerateEdge)) {
    const missing = isMeasured(healthyEdge) ? degenerateEdge : healthyEdge;
    return { healthyEdge, degenerateEdge, factor: missing, difference: missing, separated: null };
  }
  const [low, high] = above ? [healthyEdge, degenerateEdge] : [degenerateEdge, healthyEdge];
  return {
    healthyEdge,
    degenerateEdge,
    factor: low > 0 && high > 0
      ? measured(high / low, "the gap as a factor")
      : unmeasured("a factor needs two positive edges"),
    difference: measured(high - low, "the gap as a difference"),
    separated: low < high,
  };
}

function edge(values: readonly number[], largest: boolean, what: string): Measured {
  if (values.length === 0) return unmeasured(`there is no ${what} value`);
  return largest ? Math.max(...values) : Math.min(...values);
}
