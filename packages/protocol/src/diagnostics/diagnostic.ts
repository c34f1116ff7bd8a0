// The outcome of one diagnostic.
import { isMeasured, type Measured } from "../evidence/measured.ts";
import type { JsonObject } from "../evidence/run_evidence.ts";
import { formatNumber } from "../statistics/format.ts";
import type { DiagnosticId, DiagnosticName } from "./policies.ts";

/** Which side of its threshold makes a diagnostic fire. */
export type Direction = "above" | "below";

/** The outcome of one diagnostic: fired, silent, or not evaluated. */
export interface Diagnostic {
  /** The paper's letter. */
  readonly id: DiagnosticId;
  /** What is measured. */
  readonly name: DiagnosticName;
  /** The number that is judged, or why there is none. */
  readonly value: Measured;
  /** Where it fires; the threshold itself is silent. */
  readonly threshold: number;
  /** It fires when the value lies on this side of the threshold. */
  readonly direction: Direction;
  /** True or false if it was evaluated, else null: never a pass and never a fail. */
  readonly fired: boolean | null;
  /** Whether it could be judged. */
  readonly evaluated: boolean;
  /** Why it came out so, in words. */
  readonly reason: string;
  /** Unit of value and threshold. */
  readonly unit: string;
  /** The numbers behind the value. */
  readonly details: JsonObject;
}

/** What a diagnostic is, before any evidence. */
export interface DiagnosticKind {
  readonly id: DiagnosticId;
  readonly name: DiagnosticName;
  readonly direction: Direction;
  readonly unit: string;
}

/** The four kinds, in order. */
export const kinds: Readonly<Record<DiagnosticName, DiagnosticKind>> = {
  growth: { id: "a", name: "growth", direction: "above", unit: "‖h_{l+1}‖/‖h_l‖" },
  reference: { id: "b", name: "reference", direction: "below", unit: "‖∂CE/∂h_L‖ at B=128" },
  stability: { id: "c", name: "stability", direction: "above", unit: "cosine" },
  depthUtility: { id: "d", name: "depthUtility", direction: "below", unit: "fraction of samples" },
};

/** Whether a number lies on the firing side. */
export function fires(value: number, threshold: number, direction: Direction): boolean {
  return direction === "above" ? value > threshold : value < threshold;
}

/** Judges a measured value; an unmeasured one is not evaluated, for its own reason. */
export function judge(
  kind: DiagnosticKind,
  value: Measured,
  threshold: number,
  details: JsonObject,
  note = "",
): Diagnostic {
  if (!isMeasured(value)) return notEvaluated(kind, value, threshold, details, value.reason);
  const fired = fires(value, threshold, kind.direction);
  const relation = `${beside(threshold, value)} is ${fired ? "" : "not "}${kind.direction} ${
    formatNumber(threshold)
  }`;
  return outcome(kind, value, threshold, details, fired, note ? `${relation}; ${note}` : relation);
}

/** 0.3001 beside 0.300: where three digits hide on which side a value lies, all are shown. */
export function beside(threshold: number, value: number): string {
  const short = formatNumber(value);
  return short === formatNumber(threshold) && value !== threshold ? String(value) : short;
}

/** A diagnostic that fired or stayed silent. */
export function outcome(
  kind: DiagnosticKind,
  value: Measured,
  threshold: number,
  details: JsonObject,
  fired: boolean,
  reason: string,
): Diagnostic {
  return { ...kind, value, threshold, fired, evaluated: true, reason, details };
}

/** A diagnostic that could not be judged. */
export function notEvaluated(
  kind: DiagnosticKind,
  value: Measured,
  threshold: number,
  details: JsonObject,
  reason: string,
): Diagnostic {
  return { ...kind, value, threshold, fired: null, evaluated: false, reason, details };
}

/** A measurement as plain JSON. */
export function asJson(value: Measured): number | JsonObject {
  return isMeasured(value) ? value : { ...value };
}
