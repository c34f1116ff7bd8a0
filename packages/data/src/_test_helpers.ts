// Shared by the tests: small CIFAR-like files, and a hash of what a dataset yields.

import type { Rng } from "@fa/tensor";
import type { Batch } from "./batch.ts";
import { cifar10Files } from "./cifar10_files.ts";

/** Six files of `records` records each, with random pixels and labels. */
export function smallFiles(records: number, rng: Rng): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (const { name } of cifar10Files) {
    const bytes = new Uint8Array(records * 3073).map(() => rng.integer(256));
    for (let record = 0; record < records; record++) bytes[record * 3073] = rng.integer(10);
    files[name] = bytes;
  }
  return files;
}

/** FNV-1a (32 bits) over all bytes of all batches, as 8 hex digits. */
export function hashBatches(batches: Iterable<Batch>): string {
  let hash = 0x811c9dc5;
  for (const { x, y } of batches) {
    const values = x.dataSync();
    for (const bytes of [new Uint8Array(values.buffer, values.byteOffset, values.byteLength), y]) {
      for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
    }
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** All images of all batches behind each other, and their labels. */
export function collect(batches: Iterable<Batch>): { x: number[][]; y: number[] } {
  const all = { x: [] as number[][], y: [] as number[] };
  for (const { x, y } of batches) {
    const values = x.dataSync();
    const size = values.length / y.length;
    y.forEach((label, n) => {
      all.x.push(Array.from(values.subarray(n * size, (n + 1) * size)));
      all.y.push(label);
    });
  }
  return all;
}

/** Images and labels, as {@link collect} returns them. */
export type Collected = ReturnType<typeof collect>;

/**
 * The first value in which two sets of images differ, or "" if they are the same bits. (uvu's own
 * diff of arrays this large takes minutes.)
 */
export function difference(actual: Collected, expected: Collected): string {
  if (actual.y.join() !== expected.y.join()) return `labels ${actual.y} instead of ${expected.y}`;
  for (const [n, image] of expected.x.entries()) {
    const found = actual.x[n] ?? [];
    if (found.length !== image.length) return `image ${n}: ${found.length} values`;
    const at = image.findIndex((value, p) => !Object.is(found[p], value));
    if (at >= 0) return `image ${n}, value ${at}: ${found[at]} instead of ${image[at]}`;
  }
  return "";
}
