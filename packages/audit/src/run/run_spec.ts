// One run of the grid: everything that determines it, besides the dataset.
import type { Measured } from "@fa/protocol";
import type { BackendName, DType } from "@fa/tensor";

/** Everything that determines one training run, besides the dataset. */
export interface RunSpec {
  /** Name of the run and of its folder, such as `dfa-frozen-42`. */
  readonly id: string;
  /** Learning rule. */
  readonly method: "bp" | "dfa";
  /** What the run is for. */
  readonly role: "method" | "baseline" | "control";
  /** Seed of initial values, feedback and data order. */
  readonly seed: number;
  /** Whether the blocks stay at their initial values. */
  readonly frozenBlocks: boolean;
  /** λ of the penalty. */
  readonly lambda: number;
  /** Whether the training labels belong to their images. */
  readonly labels: "true" | "permuted";
  /** Element type of the model and the images. */
  readonly dtype: DType;
  /** What computes. */
  readonly backend: BackendName;
  /** d. */
  readonly width: number;
  /** L. */
  readonly depth: number;
  /** Images per training batch. */
  readonly batch: number;
  /** Epochs; also the horizon of the cosine schedule. */
  readonly epochs: number;
  /** Learning rate of the first epoch. */
  readonly learningRate: number;
  /** The fixed evaluation batches: the first test images, unshuffled. */
  readonly evaluation: { readonly batches: number; readonly batch: number };
}

/** How far a run is. Never part of a result. */
export interface Progress {
  /** Name of the run. */
  readonly id: string;
  /** Finished epochs; a fraction within one. */
  readonly epoch: number;
  /** Epochs in all. */
  readonly epochs: number;
  /** Test accuracy after the last finished epoch. */
  readonly accuracy?: Measured;
  /** Median ‖h_L‖ after the last finished epoch. */
  readonly hiddenNorm?: Measured;
  /** Median ‖g_L‖ after the last finished epoch, at the B of the evaluation batches. */
  readonly gradientNorm?: Measured;
}
