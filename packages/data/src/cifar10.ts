// CIFAR-10 from the bytes of its files.

import { Cifar10Assembly, officialRecords, planCifar10 } from "./_cifar10_plan.ts";
import type { Cifar10Dataset, Cifar10Split } from "./cifar10_dataset.ts";

/** What to make the dataset of. */
export interface Cifar10Options {
  /** Content of the files by name, e.g. `{ "data_batch_1.bin": bytes, … }`. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Which images are for training and which for testing. */
  readonly split: Cifar10Split;
  /**
   * Use only the first N train images, and the first min(N, all) test images. Files that no image
   * is taken from may be missing. Default: all.
   */
  readonly limit?: number;
}

/**
 * CIFAR-10 from the bytes of its binary files: 10,000 records each of 1 label byte and 3,072 pixel
 * bytes. Sizes and labels are checked, hashes are not (they need an asynchronous call): see
 * {@link loadCifar10}. Augmentation and normalisation: see {@link cifar10FromParts}.
 *
 * @param options Files, split, limit.
 * @returns The dataset, with `verified: false` and a note that says why.
 * @throws {RangeError} If a needed file is missing, is not exactly 30,730,000 bytes long, or has a
 * label above 9 (the message names file, record and offset); if `limit` is not between 1 and the
 * number of train images.
 *
 * @example
 * ```ts
 * import { cifar10 } from "@fa/data";
 *
 * const batch1 = new Uint8Array(30_730_000); // 10,000 black images with label 0
 * const batch5 = new Uint8Array(30_730_000);
 * batch5[3073] = 10; // the label of record 1
 *
 * let message = "";
 * try {
 *   const files = { "data_batch_1.bin": batch1, "data_batch_5.bin": batch5 };
 *   cifar10({ files, split: "holdout", limit: 500 });
 * } catch (error) {
 *   message = (error as Error).message;
 * }
 * if (!message.includes("record 1 (from 0) at byte offset 3073 has label 10")) {
 *   throw new Error(message);
 * }
 * ```
 */
export function cifar10(options: Cifar10Options): Cifar10Dataset {
  return _cifar10(options, officialRecords);
}

/** {@link cifar10} for files with any number of records. */
export function _cifar10(options: Cifar10Options, records: number): Cifar10Dataset {
  const plan = planCifar10(options.split, options.limit, records);
  const missing = plan.files.map((file) => file.name).filter((name) => !options.files[name]);
  if (missing.length > 0) {
    throw new RangeError(
      `Cannot make the ${options.split} split of CIFAR-10 as files are missing: ${
        missing.join(", ")
      }`,
    );
  }
  const assembly = new Cifar10Assembly(plan);
  for (const file of plan.files) assembly.add(file, options.files[file.name]!);
  return assembly.finish(false, ["The files were not compared with their official SHA-256"]);
}
