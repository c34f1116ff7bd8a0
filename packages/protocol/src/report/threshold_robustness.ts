// Where does each verdict flip?
import type { Direction } from "../diagnostics/diagnostic.ts";
import {
  type DiagnosticId,
  type DiagnosticName,
  type Policy,
  resolvePolicy,
} from "../diagnostics/policies.ts";
import { verdict, type VerdictWord } from "../diagnostics/verdict.ts";
import { isMeasured, type Measured, measured, unmeasured } from "../evidence/measured.ts";
import { formatNumber } from "../statistics/format.ts";
import type { AggregatedDiagnostic } from "./_aggregate.ts";
import type { MethodAssessment } from "./assess_method.ts";
import { methodLabel } from "./_method_label.ts";
import { type Reading, readingAt, turningPoints } from "./_rejudge.ts";

/** How far one method lies from the threshold of one diagnostic. */
export interface MethodMargin {
  /** The method. */
  readonly method: string;
  /**
   * Its value over seeds: the threshold at which its reading flips. Unmeasured where it was not
   * evaluated, and where only a bound of it is known, as a layer or a seed has no value.
   */
  readonly value: Measured;
  /** Whether it fired; null if not evaluated. */
  readonly fired: boolean | null;
  /** The larger of value and threshold over the smaller, where both are positive. */
  readonly factor: Measured;
  /** value − threshold. */
  readonly difference: Measured;
  /**
   * Whether its verdict would be another one if this reading flipped; if it was not evaluated, whether
   * a reading could change the verdict.
   */
  readonly decides: boolean;
}

/** How far a threshold can move in one direction before something flips. */
export interface ThresholdMove {
  /**
   * Value of the threshold at which the first thing flips. Unmeasured where nothing ever does, and
   * where it is not known: a method was not evaluated, or only a bound of its value is known.
   */
  readonly until: Measured;
  /** The same as a factor (≥ 1), where threshold and `until` are positive. */
  readonly factor: Measured;
  /** The same as a distance (≥ 0). */
  readonly distance: Measured;
  /** Which method flips; null where none does or it is not known. */
  readonly method: string | null;
  /** Whether it is known that nothing flips however far the threshold moves. */
  readonly never: boolean;
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

/** The values next to a threshold on both sides, of all seeds of all methods. */
export interface EmptyInterval {
  /** The largest value below the threshold. */
  readonly from: Measured;
  /** The smallest above it. */
  readonly to: Measured;
  /** to / from, where both are positive. */
  readonly factor: Measured;
  /** to − from. */
  readonly difference: Measured;
  /** Seeds that have no value, so that theirs may lie inside. */
  readonly seedsWithoutValue: number;
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
  /**
   * The interval around the threshold in which no seed of any method lies. Its ends depend on the
   * threshold that they surround: it says how far the threshold can move, not that what lies above
   * and below are two kinds. For that, group the values by something else and use `thresholdGap`.
   */
  readonly emptyInterval: EmptyInterval;
  /** In words. */
  readonly text: string;
}

/**
 * Where does each verdict flip? For each of (a)–(d): how far every method lies from the threshold, how
 * far the threshold can move before any reading of this diagnostic flips and before any *verdict*
 * does, what halving and doubling it would change, and the empty interval around it. The other
 * thresholds stay where they are.
 *
 * For every threshold that is tried all seeds are judged and aggregated again. A reading flips where
 * the threshold reaches the method's own value. The verdict then flips too only if no other
 * diagnostic holds it: a method that (a), (b) and (d) walk back is walked back whatever one of the
 * three thresholds is. Where a seed is missing, or has a lower bound only, the place is not known.
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
 * if (Math.round(a!.emptyInterval.factor as number) !== 63) throw new Error("694 / 11.0");
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
  const perSeed = found.flatMap((diagnostic) => diagnostic.perSeed.map(({ value }) => value));
  const robustness = {
    id,
    name,
    direction,
    unit,
    threshold,
    scale: name === "growth" || name === "reference" ? "factor" as const : "difference" as const,
    methods: margins,
    readings: rangeOf(name, methods, threshold, {
      stateAt: (method, t) => readingAt(method, name, t),
      isOpen: (i) => margins[i]!.fired === null,
    }),
    verdicts: rangeOf(name, methods, threshold, {
      stateAt: (method, t) => verdictWith(method, id, readingAt(method, name, t), policy),
      isOpen: (i) => margins[i]!.fired === null && margins[i]!.decides,
    }),
    halved: changeAt(threshold / 2, name, methods, policy),
    doubled: changeAt(threshold * 2, name, methods, policy),
    emptyInterval: emptyIntervalOf(perSeed, threshold, direction),
  };
  return { ...robustness, text: textOf(robustness) };
}

/** The verdict of a method if one diagnostic read otherwise. */
function verdictWith(
  { diagnostics }: MethodAssessment,
  id: DiagnosticId,
  fired: Reading,
  policy: Policy,
): VerdictWord {
  const read = diagnostics.map((d) => d.id === id ? { ...d, fired, evaluated: fired !== null } : d);
  return verdict(read, policy).verdict;
}

function marginOf(
  assessment: MethodAssessment,
  { id, value, fired, reason, details }: AggregatedDiagnostic,
  threshold: number,
  policy: Policy,
): MethodMargin {
  const { method } = assessment;
  const decides = (fired === null ? [true, false] : [!fired]).some((other) =>
    verdictWith(assessment, id, other, policy) !== assessment.verdict.verdict
  );
  if (isMeasured(value) && fired !== null && details.bound === undefined) {
    return {
      method,
      value,
      fired,
      factor: factorOf(value, threshold),
      difference: measured(value - threshold, "the distance from the threshold"),
      decides,
    };
  }
  const overflow = fired !== null && !isMeasured(value); // fires at any threshold
  const missing = details.bound !== undefined
    ? unmeasured(`there is only a bound: ${reason}`)
    : isMeasured(value)
    ? unmeasured(reason)
    : value;
  return {
    method,
    value: missing,
    fired,
    factor: missing,
    difference: missing,
    decides: decides && !overflow,
  };
}

function factorOf(a: number, b: number): Measured {
  return a > 0 && b > 0
    ? measured(Math.max(a, b) / Math.min(a, b), "the distance as a factor")
    : unmeasured("a factor needs two positive numbers");
}

/** What is asked of every method at every threshold: its reading, or its verdict. */
interface Question {
  readonly stateAt: (method: MethodAssessment, threshold: number) => Reading | VerdictWord;
  /** Whether the state of the i-th method is open because it was not evaluated. */
  readonly isOpen: (i: number) => boolean;
}

function rangeOf(
  name: DiagnosticName,
  methods: readonly MethodAssessment[],
  threshold: number,
  question: Question,
): ThresholdRange {
  const points = methods.map((method) => turningPoints(method, name));
  const move = (way: 1 | -1) => {
    const changes = methods.flatMap((method, i) =>
      firstChange(name, method, points[i]!, threshold, way, question.stateAt) ?? []
    );
    const nearest = changes.sort((a, b) => Math.abs(a.at - threshold) - Math.abs(b.at - threshold));
    const open = methods.filter((_, i) => question.isOpen(i)).map(({ method }) => method);
    return moveTo(nearest[0], open, threshold);
  };
  return { down: move(-1), up: move(1) };
}

/** Where something first changes for one method. */
interface Change {
  readonly method: string;
  readonly at: number;
  /** Readings before and after. */
  readonly from: Reading;
  readonly to: Reading;
}

/**
 * Between two turning points nothing changes, so that one threshold between them tells of all. A value
 * on the threshold is silent and flips with any move that way.
 */
function firstChange(
  name: DiagnosticName,
  method: MethodAssessment,
  points: readonly number[],
  threshold: number,
  way: 1 | -1,
  stateAt: Question["stateAt"],
): Change | undefined {
  const now = stateAt(method, threshold);
  const beyond = points.filter((point) => (point - threshold) * way > 0);
  const starts = [threshold, ...beyond].sort((a, b) => (a - b) * way);
  for (const [i, at] of starts.entries()) {
    const next = starts[i + 1] ?? at + way * (Math.abs(at) + 1);
    const inside = at + (next - at) / 2;
    if (stateAt(method, inside) === now) continue;
    const [from, to] = [threshold, inside].map((t) => readingAt(method, name, t));
    return { method: method.method, at, from: from!, to: to! };
  }
  return undefined;
}

function moveTo(
  nearest: Change | undefined,
  open: readonly string[],
  threshold: number,
): ThresholdMove {
  const nowhere = (reason: string, never: boolean) => {
    const until = unmeasured(reason);
    return { until, factor: until, distance: until, method: null, never };
  };
  if (!nearest) {
    return open.length === 0
      ? nowhere("nothing flips however far the threshold moves", true)
      : nowhere(`${names(open)} ${open.length === 1 ? "is" : "are"} not evaluated`, false);
  }
  const { method, at, from, to } = nearest;
  if (from === null || to === null) {
    return nowhere(
      `${methodLabel(method)} is ${readingWord(from)} at ${formatNumber(threshold)} but ${
        readingWord(to)
      } beyond ${formatNumber(at)}, as not all of its values are known`,
      false,
    );
  }
  return {
    until: at,
    factor: factorOf(at, threshold),
    distance: Math.abs(at - threshold),
    method,
    never: false,
  };
}

function readingWord(fired: Reading): string {
  return fired === null ? "not evaluated" : fired ? "fired" : "silent";
}

function names(methods: readonly string[]): string {
  return methods.map(methodLabel).join(", ");
}

function changeAt(
  threshold: number,
  name: DiagnosticName,
  methods: readonly MethodAssessment[],
  policy: Policy,
): ThresholdChange {
  const readings: string[] = [];
  const verdicts: string[] = [];
  for (const method of methods) {
    const { id, fired } = method.diagnostics.find((d) => d.name === name)!;
    const reading = readingAt(method, name, threshold);
    if (reading !== fired) readings.push(method.method);
    if (verdictWith(method, id, reading, policy) !== method.verdict.verdict) {
      verdicts.push(method.method);
    }
  }
  return { threshold, readings, verdicts };
}

/** A value on the threshold is silent, and belongs to that side. */
function emptyIntervalOf(
  perSeed: readonly Measured[],
  threshold: number,
  direction: Direction,
): EmptyInterval {
  const values = perSeed.filter(isMeasured);
  const silentBelow = direction === "above";
  const below = values.filter((v) => v < threshold || (v === threshold && silentBelow));
  const above = values.filter((v) => v > threshold || (v === threshold && !silentBelow));
  const from = below.length > 0 ? Math.max(...below) : unmeasured("no seed lies below it");
  const to = above.length > 0 ? Math.min(...above) : unmeasured("no seed lies above it");
  const seedsWithoutValue = perSeed.length - values.length;
  if (!isMeasured(from) || !isMeasured(to)) {
    const missing = isMeasured(from) ? to : from;
    return { from, to, factor: missing, difference: missing, seedsWithoutValue };
  }
  return {
    from,
    to,
    factor: factorOf(from, to),
    difference: measured(to - from, "the width of the interval"),
    seedsWithoutValue,
  };
}

function textOf(
  { id, name, threshold, scale, readings, verdicts, emptyInterval }: Omit<
    DiagnosticRobustness,
    "text"
  >,
): string {
  const move = ({ until, factor, distance, method, never }: ThresholdMove, way: string) => {
    if (never) return `${way} never`;
    if (!isMeasured(until)) return `${way} not known (${until.reason})`;
    const far = scale === "factor" && isMeasured(factor)
      ? `${formatNumber(factor)}×`
      : formatNumber(distance);
    return `${way} at ${formatNumber(until)} (${methodLabel(method!)}, ${far} away)`;
  };
  const both = ({ down, up }: ThresholdRange) => `${move(down, "down")}, ${move(up, "up")}`;
  const { from, to, factor, difference, seedsWithoutValue } = emptyInterval;
  const width = scale === "factor" && isMeasured(factor)
    ? `, a factor of ${formatNumber(factor)}`
    : `, ${formatNumber(difference)} wide`;
  const without = seedsWithoutValue === 0
    ? ""
    : `, not counting ${seedsWithoutValue} without a value`;
  const room = isMeasured(from) && isMeasured(to)
    ? `; no seed lies between ${formatNumber(from)} and ${formatNumber(to)}${width}${without}`
    : "";
  return `(${id}) ${name} at ${formatNumber(threshold)}: the first reading flips ${
    both(readings)
  }; the first verdict flips ${both(verdicts)}${room}.`;
}
