// A dataset in a form that can be posted to a worker.

import {
  cifar10FromParts,
  type Cifar10Parts,
  type Dataset,
  synthetic,
  type SyntheticOptions,
} from "@fa/data";

/**
 * What a worker needs to rebuild the audited dataset: the options of `synthetic`, or the pixels of
 * CIFAR-10, which lie in a SharedArrayBuffer and are not copied by the message.
 */
export type PortableDataset =
  | { readonly kind: "synthetic"; readonly options: SyntheticOptions }
  | { readonly kind: "cifar10"; readonly parts: Cifar10Parts };

/** The dataset itself; the same bits in every worker. */
export function rebuildDataset(portable: PortableDataset): Dataset {
  return portable.kind === "synthetic"
    ? synthetic(portable.options)
    : cifar10FromParts(portable.parts);
}
