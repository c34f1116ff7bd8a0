// Diagnostic (b): is the true gradient below the paper's floor?
import { isMeasured, type Measured, measured } from "../evidence/measured.ts";
import type { Snapshot } from "../evidence/snapshot.ts";
import { formatNumber } from "../statistics/format.ts";
import { asJson, type Diagnostic, judge, kinds } from "./diagnostic.ts";

/** The batch size that threshold (b) is stated for. */
export const referenceBatchSize = 128;

/**
 * (b) Gradient reference: median ‖∂CE/∂h_L‖ with CE averaged over a batch of 128 fires below the
 * threshold (1e-7, §4).
 *
 * The gradient of a mean scales as 1/B, so a norm measured at another B is multiplied by B/128
 * before it is judged, and both are in `details`, beside the norm for the loss of each sample alone
 * (whose floor is 128 × the threshold, 1.28e-5). The diagnostic says that the gradient is *below
 * the floor*; whether it is *inexact* is another fact, which it does not claim.
 *
 * @param snapshot the measured model.
 * @param threshold the smallest silent norm, at B = 128.
 *
 * @example
 * ```ts
 * import { referenceDiagnostic, type Snapshot } from "@fa/protocol";
 *
 * // 5e-8 at B=1024 is 4e-7 at B=128: not below the floor.
 * const snapshot = {
 *   batchSize: 1024, gradientNorms: [1, 5e-8], sampleLossGradientNorms: [1024, 5.12e-5],
 *   zeroGradients: [0, 0], samples: 1024, terminalNorm: true,
 * } as unknown as Snapshot;
 * const found = referenceDiagnostic(snapshot, 1e-7);
 * if (found.fired !== false || found.value !== 4e-7) throw new Error(found.reason);
 * ```
 */
export function referenceDiagnostic(snapshot: Snapshot, threshold: number): Diagnostic {
  const { batchSize, samples, terminalNorm } = snapshot;
  const last = snapshot.gradientNorms.length - 1;
  const found: Measured = snapshot.gradientNorms[last]!;
  const value = isMeasured(found)
    ? measured(found * (batchSize / referenceBatchSize), "‖∂CE/∂h_L‖ at B=128")
    : found;
  const zeros = snapshot.zeroGradients[last]!;
  const notes: string[] = [];
  if (batchSize !== referenceBatchSize) {
    notes.push(`measured as ${formatNumber(found)} at B=${batchSize}`);
  }
  if (zeros > 0) notes.push(`exactly zero in ${zeros} of ${samples} samples`);
  if (!terminalNorm) {
    notes.push("without a terminal LayerNorm the mechanism behind (b) is absent");
  }
  return judge(kinds.reference, value, threshold, {
    batchSize,
    atBatchSize: asJson(found),
    atReferenceBatchSize: asJson(value),
    sampleLoss: asJson(snapshot.sampleLossGradientNorms[last]!),
    sampleLossThreshold: referenceBatchSize * threshold,
    zeroGradients: zeros,
    terminalNorm,
  }, notes.join("; "));
}
