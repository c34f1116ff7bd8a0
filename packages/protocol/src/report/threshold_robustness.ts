// Where does each verdict flip?
import type { Direction } from "../diagnostics/diagnostic.ts";
import type { DiagnosticId, DiagnosticName } from "../diagnostics/policies.ts";
import type { ThresholdGap } from "../diagnostics/threshold_gap.ts";
import type { Measured } from "../evidence/measured.ts";

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
