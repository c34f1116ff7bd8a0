// The control of the audit: train labels that carry no information about their images.

import type { Rng } from "@fa/tensor";
import type { Dataset } from "./dataset.ts";
import { permutedSuffix } from "./_permuted_suffix.ts";
import { relabelled } from "./_relabelled.ts";
import { cyclicPermutation } from "./_sattolo.ts";

/**
 * The same dataset with permuted train labels, for the control "BP on permuted labels must not read
 * trustworthy". Test labels stay true, so accuracy should stay near chance.
 *
 * Where train images are fixed (CIFAR-10) the whole train label array is permuted once: every image
 * keeps one wrong label through all epochs. Where they are fresh (synthetic) the labels are permuted
 * within each batch, by a stream forked from `rng` with epoch and batch number.
 *
 * Either permutation is a uniform random *cyclic* one (Sattolo's algorithm): it keeps the histogram
 * of labels, and no image receives its own label back by staying in place. A plain shuffle of a
 * batch would leave each image its true label with probability 1/B beyond chance; with fresh images
 * and independent labels the cyclic one leaves exactly none.
 *
 * @param dataset The dataset to control for.
 * @param rng Stream that draws the permutations. It is forked, never advanced.
 * @returns The dataset, its name ending in `"+permuted-labels"`.
 * @throws {RangeError} If the labels are permuted already; in `trainEpoch` of a dataset with fresh
 * images, if the batch is 1 (nothing to permute).
 *
 * @example
 * ```ts
 * import { Rng } from "@fa/tensor";
 * import { synthetic, withPermutedLabels } from "@fa/data";
 *
 * const plain = synthetic({ trainSize: 128 });
 * const control = withPermutedLabels(plain, Rng.fromSeed(1));
 * if (control.name !== "synthetic+permuted-labels") throw new Error("the name says so");
 *
 * const options = { rng: Rng.fromSeed(42), batch: 128, dtype: "float32" } as const;
 * const [a] = [...plain.trainEpoch(0, options)];
 * const [b] = [...control.trainEpoch(0, options)];
 * const sorted = (labels: Uint8Array) => labels.slice().sort().join();
 * if (a!.y.join() === b!.y.join()) throw new Error("labels move");
 * if (sorted(a!.y) !== sorted(b!.y)) throw new Error("the histogram stays");
 * ```
 */
export function withPermutedLabels(dataset: Dataset, rng: Rng): Dataset {
  if (dataset.name.endsWith(permutedSuffix)) {
    throw new RangeError(
      `Cannot permute the labels of ${dataset.name} as they are permuted already`,
    );
  }
  return dataset.permuteTrainLabels?.(rng) ?? permutedPerBatch(dataset, rng);
}

function permutedPerBatch(dataset: Dataset, rng: Rng): Dataset {
  const permuted = relabelled(dataset, rng.fork("permuted-labels"), {
    suffix: permutedSuffix,
    words: "train labels permuted within each batch",
    relabel(y, stream) {
      const order = cyclicPermutation(stream, y.length);
      return y.map((_, i) => y[order[i]!]!);
    },
  });
  return {
    ...permuted,
    trainEpoch(epoch, options) {
      if (options.batch === 1) {
        throw new RangeError(
          "Cannot permute labels within a batch as it needs at least 2 images: 1",
        );
      }
      return permuted.trainEpoch(epoch, options);
    },
  };
}
