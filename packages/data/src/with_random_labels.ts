// The random-target control: train labels drawn anew for every batch.

import type { Rng } from "@fa/tensor";
import type { Dataset } from "./dataset.ts";
import { relabelled } from "./_relabelled.ts";

/** Appended to the dataset's name. */
const suffix = "+random-labels";

/**
 * The same dataset with fresh uniform train labels for each batch: a teacher that says nothing, not
 * even the same nothing twice. What a method's hidden states do under it, such as growing, comes from
 * the method and not from the task. Test labels stay true, so accuracy should stay near chance.
 *
 * @param dataset The dataset to control for.
 * @param rng Stream that draws the labels. It is forked by epoch and batch, never advanced.
 * @returns The dataset, its name ending in `"+random-labels"`.
 * @throws {RangeError} If the train labels are random or permuted already.
 *
 * @example
 * ```ts
 * import { Rng } from "@fa/tensor";
 * import { synthetic, withRandomLabels } from "@fa/data";
 *
 * const random = withRandomLabels(synthetic({ trainSize: 128 }), Rng.fromSeed(1));
 * if (random.name !== "synthetic+random-labels") throw new Error("the name says so");
 * const options = { rng: Rng.fromSeed(42), batch: 128, dtype: "float32" } as const;
 * const labels = (epoch: number) => [...random.trainEpoch(epoch, options)][0]!.y.join();
 * if (labels(0) === labels(1) || labels(0) !== labels(0)) throw new Error("fresh, and repeatable");
 * ```
 */
export function withRandomLabels(dataset: Dataset, rng: Rng): Dataset {
  if (dataset.name.includes("+")) {
    throw new RangeError(
      `Cannot draw labels for ${dataset.name} as its labels were changed already`,
    );
  }
  return relabelled(dataset, rng.fork("random-labels"), {
    suffix,
    words: "train labels drawn at random for each batch",
    relabel: (y, stream) => y.map(() => stream.integer(dataset.classes)),
  });
}
