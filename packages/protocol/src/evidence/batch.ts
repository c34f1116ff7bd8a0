// A labelled batch.
import type { Tensor } from "@fa/tensor";

/**
 * Inputs and their labels, as the data packages give them.
 *
 * @example
 * ```ts
 * import type { Batch } from "@fa/protocol";
 * import { tensor } from "@fa/tensor";
 *
 * const batch: Batch = { x: tensor([[0.5, 1], [2, 3]]), y: [1, 0] };
 * if (batch.x.shape[0] !== batch.y.length) throw new Error("one label for each sample");
 * ```
 */
export interface Batch {
  /** Inputs `[B, ...]`. */
  readonly x: Tensor;
  /** Labels, B integers in [0, C). */
  readonly y: ArrayLike<number>;
}
