// A CIFAR-10 dataset from pixels and labels already in memory.

import { type DType, permutation, type Rng, tensor, type TypedArray } from "@fa/tensor";
import type { Batch } from "./batch.ts";
import type { Cifar10Dataset, Cifar10Parts } from "./cifar10_dataset.ts";
import type { EpochOptions, TestOptions } from "./dataset.ts";
import { _normalizationTable } from "./cifar10_normalization.ts";
import { checkEpoch, checkTest } from "./_checks.ts";
import { cropFlip, drawCropFlip, imageSize, normalizeInto, side } from "./_crop_flip.ts";
import { iterate } from "./_iterate.ts";
import { permutedSuffix } from "./_permuted_suffix.ts";
import { cyclicPermutation } from "./_sattolo.ts";

/**
 * Rebuilds a CIFAR-10 dataset from {@link Cifar10Parts}, e.g. in a worker that received them; the
 * pixels are used in place, not copied. The rebuilt dataset yields the same bits as the original.
 *
 * Training images are normalised, (v/255 − μ)/σ in f64 rounded once to the dtype
 * ({@link cifar10Normalization}), after RandomCrop(32, padding 4) and a horizontal flip with
 * probability ½, both drawn anew for every image and epoch. Padding is black: pixel value 0 before
 * normalisation. Test images are only normalised.
 *
 * @param parts Split, pixels, labels, sizes.
 * @returns The dataset, named `"cifar10"` or `"cifar10-holdout"`.
 * @throws {RangeError} If pixels, labels and sizes do not agree, or if a label is above 9.
 *
 * @example
 * ```ts
 * import { Rng } from "@fa/tensor";
 * import { cifar10FromParts } from "@fa/data";
 *
 * const dataset = cifar10FromParts({
 *   split: "holdout",
 *   images: new Uint8Array(3 * 3072), // two train images and a test image, all black
 *   labels: Uint8Array.of(3, 8, 8),
 *   trainSize: 2,
 *   testSize: 1,
 *   permutedLabels: false,
 *   verified: false,
 *   notes: ["Made by hand"],
 * });
 * const [test] = [...dataset.testBatches({ batch: 128, dtype: "float64" })];
 * if (test!.y.join() !== "8") throw new Error("a last partial batch is kept");
 * if (test!.x.dataSync()[0] !== (0 - 0.4914) / 0.2470) throw new Error("(v/255 − μ)/σ");
 * ```
 */
export function cifar10FromParts(parts: Cifar10Parts): Cifar10Dataset {
  checkParts(parts);
  const { split, images, labels, trainSize, testSize, permutedLabels, verified, notes } = parts;
  const plainName = split === "standard" ? "cifar10" : "cifar10-holdout";
  const tables = new Map<DType, TypedArray>();

  function tableOf(dtype: DType): TypedArray {
    const table = tables.get(dtype) ?? _normalizationTable(dtype);
    tables.set(dtype, table);
    return table;
  }

  function* train(stream: Rng, { batch, dtype, backend }: EpochOptions): Generator<Batch> {
    const table = tableOf(dtype);
    const order = permutation(stream.fork("order"), trainSize);
    const augmentation = stream.fork("augmentation");
    for (let first = 0; first + batch <= trainSize; first += batch) {
      const x = allocate(batch * imageSize, dtype);
      const y = new Uint8Array(batch);
      for (let n = 0; n < batch; n++) {
        const image = order[first + n]!;
        y[n] = labels[image]!;
        cropFlip(images, image * imageSize, drawCropFlip(augmentation), table, x, n * imageSize);
      }
      yield { x: tensor(x, { shape: [batch, imageSize], ...(backend && { backend }) }), y };
    }
  }

  function* test(count: number, { batch, dtype, backend }: TestOptions): Generator<Batch> {
    const table = tableOf(dtype);
    for (let first = 0; first < count; first += batch) {
      const size = Math.min(batch, count - first);
      const x = allocate(size * imageSize, dtype);
      for (let n = 0; n < size; n++) {
        normalizeInto(images, (trainSize + first + n) * imageSize, table, x, n * imageSize);
      }
      const y = labels.slice(trainSize + first, trainSize + first + size);
      yield { x: tensor(x, { shape: [size, imageSize], ...(backend && { backend }) }), y };
    }
  }

  return {
    name: permutedLabels ? plainName + permutedSuffix : plainName,
    description: describe(parts),
    classes: 10,
    inputShape: [3, side, side],
    inputSize: imageSize,
    trainSize,
    testSize,
    split,
    verified,
    notes,
    trainEpoch(epoch, options) {
      checkEpoch(epoch, options, trainSize);
      const stream = options.rng.fork("epoch", epoch);
      return iterate(() => train(stream, options));
    },
    testBatches(options) {
      const count = checkTest(options, testSize);
      return iterate(() => test(count, options));
    },
    toTransferable: () => parts,
    permuteTrainLabels(rng) {
      const order = cyclicPermutation(rng.fork("permuted-labels"), trainSize);
      const permuted = labels.slice();
      for (let image = 0; image < trainSize; image++) permuted[image] = labels[order[image]!]!;
      return cifar10FromParts({ ...parts, labels: permuted, permutedLabels: true });
    },
  };
}

function allocate(size: number, dtype: DType): TypedArray {
  return dtype === "float64" ? new Float64Array(size) : new Float32Array(size);
}

function describe({ split, trainSize, testSize, permutedLabels }: Cifar10Parts): string {
  const [train, test] = split === "standard"
    ? ["data_batch_1..5", "the official test_batch"]
    : ["data_batch_1..4", "data_batch_5 (held out; not the official test set)"];
  const labels = permutedLabels ? "; train labels permuted" : "";
  return `CIFAR-10, ${split} split: first ${trainSize} images of ${train} for training, ` +
    `first ${testSize} of ${test} for testing${labels}`;
}

function checkParts({ images, labels, trainSize, testSize }: Cifar10Parts): void {
  const count = trainSize + testSize;
  if (
    !Number.isInteger(trainSize) || !Number.isInteger(testSize) || trainSize < 1 || testSize < 1 ||
    labels.length !== count || images.length !== count * imageSize
  ) {
    throw new RangeError(
      `Cannot make CIFAR-10 of ${trainSize} train and ${testSize} test images as there must be ` +
        `one label and ${imageSize} bytes for each: ${labels.length} labels, ${images.length} bytes`,
    );
  }
  const wrong = labels.findIndex((label) => label > 9);
  if (wrong >= 0) {
    throw new RangeError(
      `Cannot make CIFAR-10 as every label must be 0 to 9: image ${wrong} has ${labels[wrong]}`,
    );
  }
}
