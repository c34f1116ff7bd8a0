// The cosine schedule.
import { cosPi } from "../elementary/cos_pi.ts";

/** Options of {@link cosineLr}. */
export interface CosineLrOptions {
  /** Learning rate of epoch 0. */
  readonly lr: number;
  /** Epoch, counted from 0. */
  readonly epoch: number;
  /** Number of epochs after which the rate would be 0. */
  readonly epochs: number;
}

/**
 * Cosine annealing per epoch without restarts: lr_e = ½·lr·(1 + cos(πe/E)), e = 0 … E−1
 * (Loshchilov & Hutter 2017, arXiv:1608.03983, eq. 5 with η_min = 0).
 *
 * @returns the learning rate of the epoch.
 * @throws {RangeError} unless 0 ≤ epoch < epochs.
 *
 * @example
 * ```ts
 * import { cosineLr } from "@fa/tensor";
 *
 * if (cosineLr({ lr: 1e-3, epoch: 0, epochs: 100 }) !== 1e-3) throw new Error("wrong start");
 * if (cosineLr({ lr: 1e-3, epoch: 50, epochs: 100 }) !== 5e-4) throw new Error("wrong middle");
 * ```
 */
export function cosineLr({ lr, epoch, epochs }: CosineLrOptions): number {
  if (!(epoch >= 0 && epoch < epochs)) {
    throw new RangeError(
      `Cannot schedule epoch ${epoch} as it must lie in [0, epochs): epochs is ${epochs}`,
    );
  }
  return 0.5 * lr * (1 + cosPi(epoch / epochs));
}
