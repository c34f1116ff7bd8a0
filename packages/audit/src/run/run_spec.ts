// One run of the grid: everything that determines it, besides the dataset.
import type { RuleOptions } from "@fa/methods";
import type { Measured } from "@fa/protocol";
import type { BackendName, DType } from "@fa/tensor";

/** Everything that determines one training run, besides the dataset. */
export interface RunSpec {
  /** Name of the run and of its folder, such as `dfa-frozen-42`. */
  readonly id: string;
  /** Learning rule, one of `methodNames`. */
  readonly method: string;
  /** Every option of the rule; none for backpropagation. */
  readonly rule: RuleOptions;
  /** What the run is for. */
  readonly role: "method" | "baseline" | "control";
  /** Seed of initial values, feedback and data order. */
  readonly seed: number;
  /** Only the last so many blocks are trained: L are all, 0 leaves every block at its initial values. */
  readonly trainedBlocks: number;
  /** λ of the penalty. */
  readonly lambda: number;
  /** Whether the training labels belong to their images, are permuted, or drawn for each batch. */
  readonly labels: "true" | "permuted" | "random";
  /** Element type of the model and the images. */
  readonly dtype: DType;
  /** What computes. */
  readonly backend: BackendName;
  /** d. */
  readonly width: number;
  /** L. */
  readonly depth: number;
  /** Whether a LayerNorm stands before the head. */
  readonly terminalLayerNorm: boolean;
  /** Whether blocks are added to the stream. */
  readonly residual: boolean;
  /** Images per training batch. */
  readonly batch: number;
  /** Horizon of the cosine schedule, in epochs. */
  readonly epochs: number;
  /** Epochs that are trained, the first ones of the schedule; mostly all of them. */
  readonly stopAfter: number;
  /** Learning rate of the first epoch. */
  readonly learningRate: number;
  /** The fixed evaluation batches: the first test images, unshuffled. */
  readonly evaluation: { readonly batches: number; readonly batch: number };
  /** When the model is probed besides: perturbed, nudged, given fresh feedback, other precisions. */
  readonly probes: ProbesWhen;
}

/** After which epochs a model is probed: none, the last one trained, or every one. */
export type ProbesWhen = "none" | "final" | "every-epoch";

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
