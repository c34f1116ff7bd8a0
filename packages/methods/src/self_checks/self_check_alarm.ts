// The error of training that watches itself.

/** What a self-check found. */
export type SelfCheckName =
  | "bp in disguise"
  | "zero gradients"
  | "non-finite"
  | "feedback changed";

/** Where and what a self-check found. */
export interface SelfCheckFinding {
  /** Which check. */
  readonly check: SelfCheckName;
  /** Name of the method that was trained. */
  readonly method: string;
  /** `embedding`, `blocks.<l>` or `readout`, where it is one of them. */
  readonly layer?: string | undefined;
  /** Step of the epoch, 1 is the first. */
  readonly step: number;
  /** Epoch, 1 is the first. */
  readonly epoch: number;
  /** What was measured, by name. */
  readonly values: Readonly<Record<string, number | string>>;
}

/**
 * Training cannot go on, or means nothing: a check of {@link SelfChecks} found something. The message
 * says what, and where it began as far as that is known.
 *
 * @example
 * ```ts
 * import { SelfCheckAlarm } from "@fa/methods";
 *
 * const alarm = new SelfCheckAlarm("Cannot go on training bp as its loss must be finite: NaN", {
 *   check: "non-finite",
 *   method: "bp",
 *   step: 3,
 *   epoch: 1,
 *   values: { loss: NaN },
 * });
 * if (!(alarm instanceof Error) || alarm.check !== "non-finite" || alarm.step !== 3) throw alarm;
 * ```
 */
export class SelfCheckAlarm extends Error implements SelfCheckFinding {
  /** `"SelfCheckAlarm"`. */
  override readonly name = "SelfCheckAlarm";
  /** Which check. */
  readonly check: SelfCheckName;
  /** Name of the method that was trained. */
  readonly method: string;
  /** `embedding`, `blocks.<l>` or `readout`, where it is one of them. */
  readonly layer: string | undefined;
  /** Step of the epoch, 1 is the first. */
  readonly step: number;
  /** Epoch, 1 is the first. */
  readonly epoch: number;
  /** What was measured, by name. */
  readonly values: SelfCheckFinding["values"];

  /** @param message in full. */
  constructor(message: string, { check, method, layer, step, epoch, values }: SelfCheckFinding) {
    super(message);
    this.check = check;
    this.method = method;
    this.layer = layer;
    this.step = step;
    this.epoch = epoch;
    this.values = values;
  }
}
