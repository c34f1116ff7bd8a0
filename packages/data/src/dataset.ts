// The interface of a classification dataset: shuffled training epochs and a fixed test set.

import type { Backend, DType, Rng } from "@fa/tensor";
import type { Batch } from "./batch.ts";

/** How to cut a training epoch into batches. */
export interface EpochOptions {
  /** The run's stream. It is forked, never advanced. */
  readonly rng: Rng;
  /** Images per batch; a last partial batch is dropped. */
  readonly batch: number;
  /** Element type of the images. */
  readonly dtype: DType;
  /** Where the images live. Default: see `setDefaultBackend`. */
  readonly backend?: Backend;
}

/** How to cut the test set into batches. */
export interface TestOptions {
  /** Images per batch; a last partial batch is kept. */
  readonly batch: number;
  /** Element type of the images. */
  readonly dtype: DType;
  /** Where the images live. Default: see `setDefaultBackend`. */
  readonly backend?: Backend;
  /** Take only the first so many images; default all of them. */
  readonly limit?: number;
}

/**
 * A classification dataset.
 *
 * The content of an epoch is a pure function of (dataset, stream, epoch number): the same seed
 * gives the same bits in every runtime and with any number of workers, and both iterables can be
 * walked again with the same result. The stream passed in is only forked (`rng.fork("epoch", e)`),
 * so iterating leaves it where it was.
 *
 * @example
 * ```ts
 * import { Rng } from "@fa/tensor";
 * import { type Dataset, synthetic } from "@fa/data";
 *
 * function imagesPerEpoch(dataset: Dataset, batch: number): number {
 *   let images = 0;
 *   const options = { rng: Rng.fromSeed(42), batch, dtype: "float32" } as const;
 *   for (const { y } of dataset.trainEpoch(0, options)) images += y.length;
 *   return images;
 * }
 * // The last partial batch of 20 images is dropped.
 * if (imagesPerEpoch(synthetic({ trainSize: 100 }), 40) !== 80) throw new Error("80 images");
 * ```
 */
export interface Dataset {
  /** `"synthetic"`, `"cifar10"`, `"cifar10-holdout"`, or one of them with `"+permuted-labels"`. */
  readonly name: string;
  /** One line that says what the train and the test images are. */
  readonly description: string;
  /** Number of classes C. */
  readonly classes: number;
  /** Shape of one image, `[channels, height, width]`. */
  readonly inputShape: readonly number[];
  /** Values per image: the product of {@link Dataset.inputShape}. */
  readonly inputSize: number;
  /** Images per epoch, before the last partial batch is dropped. */
  readonly trainSize: number;
  /** Images of the test set. */
  readonly testSize: number;
  /** What a reader of the results should know about this data, e.g. a file that is not the official one. */
  readonly notes?: readonly string[];
  /**
   * The batches of one training epoch: shuffled or fresh, augmented, normalised.
   *
   * @param epoch Epoch number, from 0; every epoch has its own order and augmentation.
   * @param options Stream, batch size and dtype.
   * @returns The batches; a last partial batch is dropped.
   * @throws {RangeError} If the epoch or the batch size is not a valid count, or if the batch is
   * larger than the train set.
   */
  trainEpoch(epoch: number, options: EpochOptions): Iterable<Batch>;
  /**
   * The batches of the test set, in a fixed order and without augmentation.
   *
   * @param options Batch size, dtype and limit.
   * @returns The batches; a last partial batch is kept.
   * @throws {RangeError} If the batch size or the limit is not a positive integer, or if the limit
   * is above the size of the test set.
   */
  testBatches(options: TestOptions): Iterable<Batch>;
  /**
   * The same dataset with its train labels permuted once and for all. Present only where the train
   * images are fixed; {@link withPermutedLabels} covers both kinds.
   *
   * @param rng Stream that draws the permutation.
   * @returns The dataset with permuted train labels.
   */
  permuteTrainLabels?(rng: Rng): Dataset;
}
