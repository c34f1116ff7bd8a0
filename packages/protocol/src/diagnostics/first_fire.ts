// When in training a diagnostic first fires, and whether it stays.
import { isMeasured, type Measured, unmeasured } from "../evidence/measured.ts";
import type { EpochEvidence, RunEvidence } from "../evidence/run_evidence.ts";
import { accuracyDifference } from "./depth_utility.ts";
import { diagnose, type DiagnoseOptions } from "./diagnose.ts";
import { judge, kinds } from "./diagnostic.ts";
import { growthDiagnostic } from "./growth.ts";
import {
  type DiagnosticId,
  type DiagnosticName,
  resolvePolicy,
  type Thresholds,
} from "./policies.ts";
import { referenceDiagnostic } from "./reference.ts";
import { stabilityDiagnostic } from "./stability.ts";

/** The first epoch of one run at which one diagnostic fires. */
export interface FirstFire {
  /** The paper's letter. */
  readonly id: DiagnosticId;
  /** What is measured. */
  readonly name: DiagnosticName;
  /** Completed epochs when it first fired: 0 is the untrained model; null if it never did. */
  readonly epoch: number | null;
  /**
   * Whether it fired at every later moment too; null where it never fired, where no later moment was
   * measured, or where one was not evaluated and none was silent.
   */
  readonly stays: boolean | null;
  /** Last moment before the first fire at which it was known to be silent; null if there is none. */
  readonly silentAt: number | null;
  /** Later moments at which it was silent again. */
  readonly silentAgain: readonly number[];
  /** Moments at which it was evaluated, of all that were measured. */
  readonly evaluated: number;
  /**
   * Moments that were measured: the untrained model and every measured epoch; for (d) the epochs, as
   * nothing untrained has an accuracy.
   */
  readonly moments: number;
  /** In words, such as `epoch 3, and stays` or `never`. */
  readonly text: string;
}

/** What one diagnostic said at one moment. */
interface Moment {
  readonly epoch: number;
  readonly fired: boolean | null;
}

/**
 * The first epoch at which each of (a)–(d) fires, and whether it stays. Epoch 0 is the untrained
 * model. (d) is judged epoch by epoch on the accuracies of the run and its baseline, where both were
 * measured.
 *
 * What was not evaluated is neither silent nor fired: `text` and `evaluated` say how much was seen,
 * and `silentAt` how tightly the first fire is known where not every epoch was measured.
 *
 * @param run the run.
 * @param options its frozen-blocks baseline, and whose thresholds apply.
 * @returns one entry for each of (a)–(d), in this order.
 * @throws {RangeError} if the baseline does not fit the run (see {@link diagnose}).
 *
 * @example
 * ```ts
 * import { exampleEvidence, firstFire } from "@fa/protocol";
 *
 * const [a, b] = firstFire(exampleEvidence({ hiddenNorms: [9, 9, 900] }));
 * if (a!.epoch !== 1 || a!.silentAt !== 0) throw new Error(a!.text);
 * if (b!.epoch !== null || b!.text !== "never") throw new Error(b!.text);
 * ```
 */
export function firstFire(run: RunEvidence, options: DiagnoseOptions = {}): FirstFire[] {
  const final = diagnose(run, options); // checks that the baseline fits
  const { thresholds } = resolvePolicy(options.policy ?? "default");
  const last = run.epochs.length - 1;
  const snapshots = [
    { epoch: 0, snapshot: run.initial },
    ...run.epochs.map(({ epoch, snapshot }) => ({ epoch, snapshot })),
  ];
  const over = (fired: (at: typeof snapshots[number]) => boolean | null): Moment[] =>
    snapshots.map((at) => ({ epoch: at.epoch, fired: fired(at) }));
  const depth = run.epochs.map((at, i) => ({
    epoch: at.epoch,
    fired: i === last ? final[3]!.fired : depthAt(at, run, options.baseline, thresholds),
  }));
  return [
    describe("growth", over(({ snapshot }) => growthDiagnostic(snapshot, thresholds.growth).fired)),
    describe(
      "reference",
      over(({ snapshot }) => referenceDiagnostic(snapshot, thresholds.reference).fired),
    ),
    describe(
      "stability",
      over(({ snapshot }) => stabilityDiagnostic(snapshot, thresholds.stability).fired),
    ),
    describe("depthUtility", depth),
  ];
}

/** (d) after one epoch. */
function depthAt(
  at: EpochEvidence,
  run: RunEvidence,
  baseline: RunEvidence | undefined,
  { depthUtility }: Thresholds,
): boolean | null {
  const frozen = baseline?.epochs.find(({ epoch }) => epoch === at.epoch)?.accuracy;
  const difference: Measured = isMeasured(at.accuracy) && frozen !== undefined && isMeasured(frozen)
    ? accuracyDifference(
      counted(at.accuracy, run.finalAccuracy.total),
      counted(frozen, run.finalAccuracy.total),
    )
    : unmeasured("an accuracy was not measured");
  return judge(kinds.depthUtility, difference, depthUtility, {}).fired;
}

/** A fraction of the test samples as counts, whose difference is not rounded twice. */
function counted(accuracy: number, total: number): { correct: number; total: number } {
  const correct = Math.round(accuracy * total);
  return correct / total === accuracy ? { correct, total } : { correct: accuracy, total: 1 };
}

function describe(name: DiagnosticName, moments: readonly Moment[]): FirstFire {
  const first = moments.findIndex(({ fired }) => fired === true);
  const before = first < 0 ? moments : moments.slice(0, first);
  const later = first < 0 ? [] : moments.slice(first + 1);
  const silentAgain = later.filter(({ fired }) => fired === false).map(({ epoch }) => epoch);
  const known = later.length > 0 && later.every(({ fired }) => fired !== null);
  const found = {
    id: kinds[name].id,
    name,
    epoch: moments[first]?.epoch ?? null,
    stays: silentAgain.length > 0 ? false : known ? true : null,
    silentAt: first < 0 ? null : before.findLast(({ fired }) => fired === false)?.epoch ?? null,
    silentAgain,
    evaluated: moments.filter(({ fired }) => fired !== null).length,
    moments: moments.length,
  };
  return { ...found, text: textOf(found, later.length, first === 0) };
}

function textOf(
  { epoch, stays, silentAt, silentAgain, evaluated, moments }: Omit<FirstFire, "text">,
  later: number,
  isFirstMoment: boolean,
): string {
  if (evaluated === 0) return "not evaluated";
  if (epoch === null) {
    return evaluated === moments ? "never" : `never in the ${evaluated} of ${moments} evaluated`;
  }
  const since = isFirstMoment || silentAt === epoch - 1
    ? ""
    : silentAt === null
    ? " (not evaluated before)"
    : ` (silent at ${silentAt}, not evaluated between)`;
  const after = later === 0
    ? "the last measured"
    : stays
    ? "and stays"
    : silentAgain.length > 0
    ? `silent again in ${silentAgain.length} of ${later} later`
    : "and not always evaluated later";
  return `epoch ${epoch}${since}, ${after}`;
}
