// How far a gradient can be trusted as the reference of an alignment.
import { formatNumber } from "../statistics/format.ts";
import { isMeasured } from "./measured.ts";
import type { Regime, Snapshot } from "./snapshot.ts";

/**
 * The largest relative error of a gradient that an alignment is still measured with (§4). Above it
 * the reference is noise, and Γ_l is refused.
 *
 * @example
 * ```ts
 * import { largestReferenceError } from "@fa/protocol";
 *
 * if (largestReferenceError !== 0.01) throw new Error("1 %");
 * ```
 */
export const largestReferenceError = 1e-2;

/** The paper's floor under ‖g_l‖, CE averaged over a batch of 128. */
export const floor = { norm: 1e-7, batchSize: 128 };

/** What a snapshot says about its gradients. */
export type Reference = Pick<
  Snapshot,
  "dtype" | "batchSize" | "gradientNorms" | "referenceError"
>;

/** Whether alignment with ∂CE/∂h_l can be measured, and in which regime; or why not. */
export function trustIn(
  { dtype, batchSize, gradientNorms, referenceError }: Reference,
  l: number,
): { readonly regime: Regime } | { readonly refused: string } {
  const error = referenceError?.perLayer[l];
  if (error !== undefined) {
    const what = `the relative error of ∂CE/∂h_${l} in ${dtype}`;
    if (!isMeasured(error)) return { refused: `${what} could not be measured: ${error.reason}` };
    if (error > largestReferenceError) {
      return { refused: `${what} is ${formatNumber(error)}, above ${largestReferenceError}` };
    }
  }
  const norm = gradientNorms[l]!;
  const isChecked = error !== undefined || dtype === "float64";
  if (isMeasured(norm) && norm * (batchSize / floor.batchSize) < floor.norm) {
    return { regime: isChecked ? "below-floor" : "unchecked-below-floor" };
  }
  return { regime: isChecked && isMeasured(norm) ? "exact" : "unchecked" };
}
