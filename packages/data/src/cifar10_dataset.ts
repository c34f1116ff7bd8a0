// The interface of a CIFAR-10 dataset, and the raw parts it is made of.

import type { Rng } from "@fa/tensor";
import type { Dataset } from "./dataset.ts";

/**
 * Which images are for training and which for testing: `"standard"` trains on data_batch_1..5 and
 * tests on the official test_batch; `"holdout"` trains on data_batch_1..4 and tests on data_batch_5,
 * for choices that must not see the official test set.
 */
export type Cifar10Split = "standard" | "holdout";

/**
 * A loaded CIFAR-10 as raw values, for `postMessage`: a worker that gets it rebuilds the dataset
 * with {@link cifar10FromParts}. Where the runtime has SharedArrayBuffer, the pixels lie in one and
 * all workers read the same memory; elsewhere they are copied by the message.
 */
export interface Cifar10Parts {
  readonly split: Cifar10Split;
  /** Pixels, 3,072 bytes per image (R, G, B planes): all train images, then all test images. */
  readonly images: Uint8Array;
  /** One label per image, in the same order. */
  readonly labels: Uint8Array;
  readonly trainSize: number;
  readonly testSize: number;
  /** Whether the train labels were permuted ({@link withPermutedLabels}). */
  readonly permutedLabels: boolean;
  /** Whether every file that was read has its official SHA-256. */
  readonly verified: boolean;
  /** Why it is not verified, one sentence per file. */
  readonly notes: readonly string[];
}

/** A CIFAR-10 dataset: {@link Dataset} and where its bytes come from. */
export interface Cifar10Dataset extends Dataset {
  readonly split: Cifar10Split;
  /** Whether every file that was read has its official SHA-256. */
  readonly verified: boolean;
  /** Why it is not verified, one sentence per file; empty if it is. */
  readonly notes: readonly string[];
  /** The raw parts, to be posted to a worker; nothing is copied by this call. */
  toTransferable(): Cifar10Parts;
  /** The same images with one fixed permutation of the train labels. */
  permuteTrainLabels(rng: Rng): Cifar10Dataset;
}
