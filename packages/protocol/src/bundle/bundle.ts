// What bundle.json says: the runs of a bundle, without their tensors.
import type {
  CreditNormalization,
  DatasetRecord,
  JsonObject,
  Role,
} from "../evidence/run_evidence.ts";
import type { CreditIndex } from "../evidence/snapshot.ts";

/** One measured moment of a run, whose tensors lie in a file of its own. */
export interface BundleSnapshot {
  /** Completed epochs; 0 is before training. */
  readonly epoch: number;
  /** Name of the safetensors file beside `bundle.json`. */
  readonly file: string;
  /** Learning rate of the epoch. */
  readonly learningRate?: number;
  /** Mean training CE of the epoch. */
  readonly trainLoss?: number;
  /** Test accuracy after the epoch, a fraction. */
  readonly accuracy?: number;
}

/** How many test samples were classified correctly. */
export interface BundleAccuracy {
  /** Samples whose prediction is their label. */
  readonly correct: number;
  /** All samples. */
  readonly total: number;
  /** Samples with a NaN among their logits: none of them is correct. Default 0. */
  readonly withoutPrediction?: number;
}

/** One run of one method with one seed, as another framework exports it. */
export interface BundleRun {
  /** Name of the method; a baseline bears the name of its method. */
  readonly method: string;
  /** What the run is for. */
  readonly role: Role;
  /** Seed of the run. */
  readonly seed: number;
  /** Where the credits live: at the `input` of their block (a_l at h_l) or at its `output`. */
  readonly creditIndex: CreditIndex;
  /** How they were normalised in training. */
  readonly creditNormalization: CreditNormalization;
  /** Which data it saw. */
  readonly dataset: DatasetRecord;
  /** What must be known of the model that no tensor shows. */
  readonly model: {
    /** Whether a LayerNorm stands before the head. */
    readonly terminalNorm: boolean;
    /** Whether h_{l+1} = h_l + F_l(h_l) (true) or F_l(h_l) (false). */
    readonly residual: boolean;
  };
  /** B: samples over which the CE of each gradient was averaged. */
  readonly batchSize: number;
  /** What computed the tensors, such as `"PyTorch 2.5 on CUDA"`. */
  readonly backend: string;
  /** SHA-256 of feedback and other auxiliary tensors, where there is one. */
  readonly feedbackHash?: string;
  /** Anything worth keeping. */
  readonly configuration: JsonObject;
  /** Test accuracy of the final model. */
  readonly finalAccuracy: BundleAccuracy;
  /** Ascending; the first is of epoch 0, the last of the final model. */
  readonly snapshots: readonly BundleSnapshot[];
}

/** The content of `bundle.json`. */
export interface Bundle {
  /** What kind of record this is. */
  readonly kind: "fa-bundle";
  /** Version of this layout. */
  readonly schemaVersion: 1;
  /** All runs: methods under audit, their frozen-blocks baselines, controls. */
  readonly runs: readonly BundleRun[];
}
