// The names under which the datasets are known.

import { unknownName } from "@fa/tensor";

/**
 * Names of the datasets: `synthetic` needs no files; `cifar10` is trained on batches 1–5 and
 * tested on the official test batch; `cifar10-holdout` is trained on batches 1–4 and tested on
 * batch 5.
 *
 * @example
 * ```ts
 * import { datasetNames } from "@fa/data";
 *
 * if (!datasetNames.includes("synthetic")) throw new Error("synthetic is a dataset");
 * ```
 */
export const datasetNames: readonly ["synthetic", "cifar10", "cifar10-holdout"] = [
  "synthetic",
  "cifar10",
  "cifar10-holdout",
];

/** One of {@link datasetNames}. */
export type DatasetName = typeof datasetNames[number];

/**
 * Returns `name` as a {@link DatasetName}.
 *
 * @param name Name as typed by a user.
 * @returns The same name.
 * @throws {RangeError} If there is no such dataset; the message suggests the nearest name.
 *
 * @example
 * ```ts
 * import { checkDatasetName, type DatasetName } from "@fa/data";
 *
 * const name: DatasetName = checkDatasetName("cifar10");
 * if (name !== "cifar10") throw new Error("known names pass");
 *
 * let message = "";
 * try {
 *   checkDatasetName("cifar-10");
 * } catch (error) {
 *   message = (error as Error).message;
 * }
 * if (!message.includes("cifar10")) throw new Error("the nearest name is suggested");
 * ```
 */
export function checkDatasetName(name: string): DatasetName {
  const known = datasetNames.find((each) => each === name);
  if (known === undefined) throw unknownName("dataset", name, datasetNames);
  return known;
}
