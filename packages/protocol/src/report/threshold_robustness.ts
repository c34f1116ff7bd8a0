// Where does each verdict flip?
import { type Direction, fires } from "../diagnostics/diagnostic.ts";
import {
  type DiagnosticId,
  type DiagnosticName,
  type Policy,
  resolvePolicy,
} from "../diagnostics/policies.ts";
import { type ThresholdGap, thresholdGap } from "../diagnostics/threshold_gap.ts";
import { verdict } from "../diagnostics/verdict.ts";
import { isMeasured, type Measured, measured, unmeasured } from "../evidence/measured.ts";
import { formatNumber } from "../statistics/format.ts";
import type { AggregatedDiagnostic } from "./_aggregate.ts";
import type { MethodAssessment } from "./assess_method.ts";
import { methodLabel } from "./_method_label.ts";

/** How far one method lies from the threshold of one diagnostic. */
export interface MethodMargin {
  /** The method. */
  readonly method: string;
  /** Its value over seeds: the threshold at which its reading flips. */
  readonly value: Measured;
  /** Whether it fired; null if not evaluated. */
  readonly fired: boolean | null;
  /** The larger of value and threshold over the smaller, where both are positive. */
  readonly factor: Measured;
  /** value − threshold. */
  readonly difference: Measured;
  /** Whether its verdict would be another one if this reading flipped. */
  readonly decides: boolean;
}

/** How far a threshold can move in one direction before something flips. */
export interface ThresholdMove {
  /** Value of the threshold at which the first thing flips; unmeasured where nothing ever does. */
  readonly until: Measured;
  /** The same as a factor (≥ 1), where threshold and `until` are positive. */
  readonly factor: Measured;
  /** The same as a distance (≥ 0). */
  readonly distance: Measured;
  /** Which method flips; null where none does. */
  readonly method: string | null;
}

/** How far a threshold can move either way. */
export interface ThresholdRange {
  /** Towards smaller thresholds. */
  readonly down: ThresholdMove;
  /** Towards larger ones. */
  readonly up: ThresholdMove;
}

/** What changes if a threshold is halved or doubled: names of methods. */
export interface ThresholdChange {
  /** Threshold that was tried. */
  readonly threshold: number;
  /** Methods whose reading of this diagnostic changes. */
  readonly readings: readonly string[];
  /** Methods whose verdict changes. */
  readonly verdicts: readonly string[];
}

/** How much the reading of one diagnostic owes to its threshold. */
export interface DiagnosticRobustness {
  /** The paper's letter. */
  readonly id: DiagnosticId;
  /** What is measured. */
  readonly name: DiagnosticName;
  /** Which side of the threshold fires. */
  readonly direction: Direction;
  /** Unit of values and threshold. */
  readonly unit: string;
  /** The threshold of the policy. */
  readonly threshold: number;
  /** Whether distances are told as a `factor`, for (a) and (b), or a `difference`, for (c) and (d). */
  readonly scale: "factor" | "difference";
  /** Every method, in the order given. */
  readonly methods: readonly MethodMargin[];
  /** Before any method's reading of this diagnostic flips. */
  readonly readings: ThresholdRange;
  /** Before any method's verdict flips. */
  readonly verdicts: ThresholdRange;
  /** With half the threshold. */
  readonly halved: ThresholdChange;
  /** With twice the threshold. */
  readonly doubled: ThresholdChange;
  /** Between the seeds in which it was silent and those in which it fired, of all methods. */
  readonly gap: ThresholdGap;
  /** In words. */
  readonly text: string;
}

/**
 * Where does each verdict flip? For each of (a)–(d): how far every method lies from the threshold, how
 * far the threshold can move before any reading of this diagnostic flips and before any *verdict*
 * does, what halving and doubling it would change, and the gap between the seeds in which it was
 * silent and those in which it fired. The other thresholds stay where they are.
 *
 * A reading flips where the threshold reaches the method's own value. The verdict then flips too only
 * if no other diagnostic holds it: a method that (a), (b) and (d) walk back is walked back whatever
 * one of the three thresholds is.
 *
 * @param methods assessed by this policy.
 * @param policy name of a policy, or a policy. Default `"default"`.
 * @throws {RangeError} if there are no methods, or the policy is unknown.
 * @returns one entry for each of (a)–(d), in this order.
 *
 * @example
 * ```ts
 * import { exampleEvidence } from "@fa/protocol";
 * import { assessMethod, thresholdRobustness } from "@fa/protocol/report";
 *
 * const methods = [["bp", 11], ["dfa", 694]].map(([method, growth]) =>
 *   assessMethod([exampleEvidence({ method: method as string, hiddenNorms: [1, growth as number] })], [])
 * );
 * const [a] = thresholdRobustness(methods);
 * if (a!.readings.down.until !== 11 || a!.readings.up.until !== 694) throw new Error(a!.text);
 * if (Math.round(a!.gap.factor as number) !== 63) throw new Error("694 / 11.0");
 * ```
 */
export function thresholdRobustness(
  methods: readonly MethodAssessment[],
  policy: string | Policy = "default",
): DiagnosticRobustness[] {
  if (methods.length === 0) {
    throw new RangeError("Cannot ask where verdicts flip as at least one method is needed: 0");
  }
  const judgedBy = resolvePolicy(policy);
  return (["growth", "reference", "stability", "depthUtility"] as const).map((name) =>
    robustnessOf(name, methods, judgedBy)
  );
}

function robustnessOf(
  name: DiagnosticName,
  methods: readonly MethodAssessment[],
  policy: Policy,
): DiagnosticRobustness {
  const threshold = policy.thresholds[name];
  const found = methods.map(({ diagnostics }) => diagnostics.find((d) => d.name === name)!);
  const { id, direction, unit } = found[0]!;
  const margins = methods.map((method, i) => marginOf(method, found[i]!, threshold, policy));
  const deciding = margins.filter(({ decides }) => decides);
  const perSeed = found.flatMap((diagnostic) => diagnostic.perSeed);
  const valuesOf = (fired: boolean) =>
    perSeed.filter((seed) => seed.fired === fired).map(({ value }) => value).filter(isMeasured);
  const robustness = {
    id,
    name,
    direction,
    unit,
    threshold,
    scale: name === "growth" || name === "reference" ? "factor" as const : "difference" as const,
    methods: margins,
    readings: rangeOf(margins, threshold, direction),
    verdicts: rangeOf(deciding, threshold, direction),
    halved: changeAt(threshold / 2, margins, direction),
    doubled: changeAt(threshold * 2, margins, direction),
    gap: thresholdGap({ direction, healthy: valuesOf(false), degenerate: valuesOf(true) }),
  };
  return { ...robustness, text: textOf(robustness) };
}

function marginOf(
  { method, diagnostics }: MethodAssessment,
  { id, value, fired, reason }: AggregatedDiagnostic,
  threshold: number,
  policy: Policy,
): MethodMargin {
  if (!isMeasured(value) || fired === null) {
    const missing = isMeasured(value) ? unmeasured(reason) : value; // overflow fires at any threshold
    return { method, value: missing, fired, factor: missing, difference: missing, decides: false };
  }
  const flipped = diagnostics.map((d) => d.id === id ? { ...d, fired: !fired } : d);
  return {
    method,
    value,
    fired,
    factor: factorOf(value, threshold),
    difference: measured(value - threshold, "the distance from the threshold"),
    decides: verdict(flipped, policy).verdict !== verdict(diagnostics, policy).verdict,
  };
}

function factorOf(a: number, b: number): Measured {
  return a > 0 && b > 0
    ? measured(Math.max(a, b) / Math.min(a, b), "the distance as a factor")
    : unmeasured("a factor needs two positive numbers");
}

/** The nearest values on both sides. A value on the threshold is silent and flips with any move. */
function rangeOf(
  margins: readonly MethodMargin[],
  threshold: number,
  direction: Direction,
): ThresholdRange {
  const known = margins.flatMap(({ method, value }) =>
    isMeasured(value) ? [{ method, value }] : []
  );
  const on = (side: "down" | "up") => (direction === "above") === (side === "down");
  const below = known.filter(({ value }) => value < threshold || value === threshold && on("down"));
  const above = known.filter(({ value }) => value > threshold || value === threshold && on("up"));
  return {
    down: moveTo(below.sort((a, b) => b.value - a.value)[0], threshold),
    up: moveTo(above.sort((a, b) => a.value - b.value)[0], threshold),
  };
}

function moveTo(
  nearest: { readonly method: string; readonly value: number } | undefined,
  threshold: number,
): ThresholdMove {
  if (!nearest) {
    const never = unmeasured("nothing flips however far the threshold moves");
    return { until: never, factor: never, distance: never, method: null };
  }
  return {
    until: nearest.value,
    factor: factorOf(nearest.value, threshold),
    distance: Math.abs(nearest.value - threshold),
    method: nearest.method,
  };
}

function changeAt(
  threshold: number,
  margins: readonly MethodMargin[],
  direction: Direction,
): ThresholdChange {
  const changed = margins.filter(({ value, fired }) =>
    isMeasured(value) && fires(value, threshold, direction) !== fired
  );
  return {
    threshold,
    readings: changed.map(({ method }) => method),
    verdicts: changed.filter(({ decides }) => decides).map(({ method }) => method),
  };
}

function textOf(
  { id, name, threshold, scale, readings, verdicts, gap }: Omit<DiagnosticRobustness, "text">,
): string {
  const move = ({ until, factor, distance, method }: ThresholdMove, way: string) => {
    if (!isMeasured(until)) return `${way} never`;
    const far = scale === "factor" && isMeasured(factor)
      ? `${formatNumber(factor)}×`
      : formatNumber(distance);
    return `${way} at ${formatNumber(until)} (${methodLabel(method!)}, ${far} away)`;
  };
  const both = ({ down, up }: ThresholdRange) => `${move(down, "down")}, ${move(up, "up")}`;
  const width = scale === "factor" ? gap.factor : gap.difference;
  const room = isMeasured(width)
    ? `; between silent and fired seeds lies ${
      scale === "factor" ? `a factor of ${formatNumber(width)}` : formatNumber(width)
    }`
    : "";
  return `(${id}) ${name} at ${formatNumber(threshold)}: the first reading flips ${
    both(readings)
  }; the first verdict flips ${both(verdicts)}${room}.`;
}
