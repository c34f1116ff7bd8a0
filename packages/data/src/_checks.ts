// Argument checks shared by the datasets.

import type { EpochOptions, TestOptions } from "./dataset.ts";

/** Throws unless `value` is an integer of at least `least`. */
export function checkCount(action: string, name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(
      `Cannot ${action} as ${name} must be an integer of at least ${least}: ${value}`,
    );
  }
}

/** Throws unless `value` is a finite number ≥ 0. */
export function checkScale(action: string, name: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) {
    throw new RangeError(`Cannot ${action} as ${name} must be a finite number >= 0: ${value}`);
  }
}

/** Throws unless the epoch can be cut into at least one batch. */
export function checkEpoch(epoch: number, options: EpochOptions, trainSize: number): void {
  checkCount("start an epoch", "epoch", epoch, 0);
  checkCount("start an epoch", "batch", options.batch, 1);
  if (options.batch > trainSize) {
    throw new RangeError(
      `Cannot fill a batch of ${options.batch} images as the train set has fewer: ${trainSize}`,
    );
  }
}

/** Number of test images to take; throws where there are not so many. */
export function checkTest(options: TestOptions, testSize: number): number {
  checkCount("read the test set", "batch", options.batch, 1);
  if (options.limit === undefined) return testSize;
  checkCount("read the test set", "limit", options.limit, 1);
  if (options.limit > testSize) {
    throw new RangeError(
      `Cannot take ${options.limit} test images as the test set has fewer: ${testSize}`,
    );
  }
  return options.limit;
}
