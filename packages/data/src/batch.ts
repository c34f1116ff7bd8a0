// What a dataset hands to a model: images and their labels.

import type { Tensor } from "@fa/tensor";

/**
 * One mini-batch of a classification task.
 *
 * @example
 * ```ts
 * import { Rng } from "@fa/tensor";
 * import { type Batch, synthetic } from "@fa/data";
 *
 * const rng = Rng.fromSeed(42);
 * const batches: Iterable<Batch> = synthetic().trainEpoch(0, { rng, batch: 4, dtype: "float64" });
 * for (const { x, y } of batches) {
 *   if (x.shape[0] !== 4 || x.shape[1] !== 192 || y.length !== 4) throw new Error("batch of 4");
 *   break;
 * }
 * ```
 */
export interface Batch {
  /** Normalised images, `[B, inputSize]`, in the dtype that was asked for. */
  readonly x: Tensor;
  /** Labels, `[B]`, integers from 0 to classes − 1. */
  readonly y: Uint8Array;
}
