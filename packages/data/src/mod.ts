/**
 * Datasets, normalisation, augmentation and batching.
 *
 * @module
 */

export type { Batch } from "./batch.ts";
export { cifar10, type Cifar10Options } from "./cifar10.ts";
export type { Cifar10Dataset, Cifar10Parts, Cifar10Split } from "./cifar10_dataset.ts";
export { cifar10Archive, type Cifar10File, cifar10Files } from "./cifar10_files.ts";
export { cifar10FromParts } from "./cifar10_from_parts.ts";
export { cifar10Normalization } from "./cifar10_normalization.ts";
export type { Dataset, EpochOptions, TestOptions } from "./dataset.ts";
export { checkDatasetName, type DatasetName, datasetNames } from "./dataset_names.ts";
export { loadCifar10, type LoadCifar10Options } from "./load_cifar10.ts";
export { synthetic, type SyntheticOptions } from "./synthetic.ts";
export { withPermutedLabels } from "./with_permuted_labels.ts";
export { withRandomLabels } from "./with_random_labels.ts";
