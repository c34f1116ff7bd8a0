// A dataset whose train labels are changed batch by batch.

import type { Rng } from "@fa/tensor";
import type { Dataset } from "./dataset.ts";
import { iterate } from "./_iterate.ts";

/** How labels are changed. */
export interface Relabelling {
  /** Appended to the dataset's name. */
  readonly suffix: string;
  /** Appended to its description: what became of the train labels. */
  readonly words: string;
  /** The new labels of a batch; `rng` is a stream of its own. */
  readonly relabel: (y: Uint8Array, rng: Rng) => Uint8Array;
}

/** The same images, and the same test labels; `rng` is forked by epoch and batch, never advanced. */
export function relabelled(
  dataset: Dataset,
  rng: Rng,
  { suffix, words, relabel }: Relabelling,
): Dataset {
  return {
    name: dataset.name + suffix,
    description: `${dataset.description}; ${words}`,
    classes: dataset.classes,
    inputShape: dataset.inputShape,
    inputSize: dataset.inputSize,
    trainSize: dataset.trainSize,
    testSize: dataset.testSize,
    ...(dataset.notes === undefined ? {} : { notes: dataset.notes }),
    testBatches: (options) => dataset.testBatches(options),
    trainEpoch(epoch, options) {
      const batches = dataset.trainEpoch(epoch, options);
      const stream = rng.fork("epoch", epoch);
      return iterate(function* () {
        let index = 0;
        for (const { x, y } of batches) yield { x, y: relabel(y, stream.fork("batch", index++)) };
      });
    },
  };
}
