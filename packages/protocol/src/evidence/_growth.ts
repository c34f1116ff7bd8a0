// Ratios of measured norms, and the growth of the residual stream.
import { isMeasured, type Measured, measured, type Unmeasured, unmeasured } from "./measured.ts";
import type { Growth } from "./snapshot.ts";

/** after / before, where overflow in one step is +Infinity and everything else non-finite has no ratio. */
export function ratio(after: Measured, before: Measured, what: string): Measured {
  if (!isMeasured(before)) return unmeasured(`${what} is undefined as ${before.reason}`);
  if (before === 0) return unmeasured(`${what} is undefined as it starts from a norm of 0`);
  if (isMeasured(after)) return measured(after / before, what);
  if (after.nonFinite === "+Infinity") {
    return { valid: false, reason: `${what} overflows: ${after.reason}`, nonFinite: "+Infinity" };
  }
  return unmeasured(`${what} is undefined as ${after.reason}`);
}

/** Growth per layer from median norms of h_0..h_L. */
export function growthOf(hiddenNorms: readonly Measured[]): Growth {
  const perLayer = hiddenNorms.slice(1).map((after, l) =>
    ratio(after, hiddenNorms[l]!, `growth from h_${l} to h_${l + 1}`)
  );
  return { perLayer, max: largestGrowth(perLayer) };
}

/** The maximum: +Infinity if any is, else unmeasured if any is. */
export function largestGrowth(values: readonly Measured[]): Measured {
  const missing = values.filter((v): v is Unmeasured => !isMeasured(v));
  const overflow = missing.find((v) => v.nonFinite === "+Infinity");
  if (overflow) return overflow;
  if (missing.length > 0) return missing[0]!;
  if (values.length === 0) return unmeasured("the model has no blocks");
  return Math.max(...values as readonly number[]);
}
