// What a record holds where a number should be: a measurement, or the reason why there is none.

/**
 * The absence of a measurement. It is never a pass, never a fail, and never replaced by 0 or 1.
 */
export interface Unmeasured {
  /** Always false: a number would be valid. */
  readonly valid: false;
  /** Why there is no number, in words. */
  readonly reason: string;
  /** Which number JSON cannot write, where one was computed. */
  readonly nonFinite?: "NaN" | "+Infinity" | "-Infinity";
}

/** A finite number, or the reason why there is none. */
export type Measured = number | Unmeasured;

/**
 * Whether a number was measured.
 *
 * @example
 * ```ts
 * import { isMeasured } from "@fa/protocol";
 *
 * if (!isMeasured(0.5)) throw new Error("a number is a measurement");
 * if (isMeasured({ valid: false, reason: "no batches" })) throw new Error("a reason is not");
 * ```
 */
export function isMeasured(value: Measured): value is number {
  return typeof value === "number";
}

/**
 * A computed number as a record stores it: itself if it is finite; NaN and ±Infinity, which JSON
 * cannot write, become an {@link Unmeasured} that says which of them it was.
 *
 * @param value the computed number.
 * @param what names the quantity in the reason, such as `"median ‖h_4‖"`.
 *
 * @example
 * ```ts
 * import { isMeasured, measured } from "@fa/protocol";
 *
 * const found = measured(0 / 0, "median ‖h_4‖");
 * if (isMeasured(found) || found.reason !== "median ‖h_4‖ is NaN") throw new Error("wrong reason");
 * if (measured(0.5, "median ‖h_4‖") !== 0.5) throw new Error("a finite number stays itself");
 * ```
 */
export function measured(value: number, what: string): Measured {
  if (Number.isFinite(value)) return value;
  const nonFinite = Number.isNaN(value) ? "NaN" : value > 0 ? "+Infinity" : "-Infinity";
  return { valid: false, reason: `${what} is ${nonFinite}`, nonFinite };
}

/**
 * An {@link Unmeasured} with its reason.
 *
 * @example
 * ```ts
 * import { isMeasured, unmeasured } from "@fa/protocol";
 *
 * if (isMeasured(unmeasured("no credits were given"))) throw new Error("must not be a number");
 * ```
 */
export function unmeasured(reason: string): Unmeasured {
  return { valid: false, reason };
}
