// A dataset in a form that can be posted to a worker.

import {
  cifar10FromParts,
  type Cifar10Parts,
  type Dataset,
  synthetic,
  type SyntheticOptions,
} from "@fa/data";

/**
 * What a worker needs to rebuild the audited dataset: the options of `synthetic`, or CIFAR-10 with
 * its pixels in a SharedArrayBuffer, which is not copied by the message.
 *
 * Pixels and labels are bare buffers, not typed arrays: Deno's `node:worker_threads` walks through
 * every element of a typed array in a message, which 154 MB do not survive.
 */
export type PortableDataset =
  | { readonly kind: "synthetic"; readonly options: SyntheticOptions }
  | {
    readonly kind: "cifar10";
    readonly parts: Omit<Cifar10Parts, "images" | "labels">;
    readonly images: ArrayBufferLike;
    readonly labels: ArrayBufferLike;
  };

/** CIFAR-10 in its portable form; its pixels are not copied. */
export function portableCifar10({ images, labels, ...parts }: Cifar10Parts): PortableDataset {
  return { kind: "cifar10", parts, images: bufferOf(images), labels: bufferOf(labels) };
}

/**
 * The dataset itself; the same bits in every worker.
 *
 * @example
 * ```ts
 * import { rebuildDataset } from "@fa/audit";
 *
 * const dataset = rebuildDataset({ kind: "synthetic", options: { trainSize: 1280 } });
 * if (dataset.trainSize !== 1280) throw new Error("the options of the synthetic data");
 * ```
 */
export function rebuildDataset(portable: PortableDataset): Dataset {
  if (portable.kind === "synthetic") return synthetic(portable.options);
  const { parts, images, labels } = portable;
  return cifar10FromParts({
    ...parts,
    images: new Uint8Array(images),
    labels: new Uint8Array(labels),
  });
}

function bufferOf(bytes: Uint8Array): ArrayBufferLike {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
}
