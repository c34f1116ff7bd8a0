// Which records of which files make up a split, and where they go in memory.

import { cifar10FromParts } from "./cifar10_from_parts.ts";
import { readRecords } from "./_cifar10_records.ts";
import type { Cifar10Dataset, Cifar10Split } from "./cifar10_dataset.ts";
import { cifar10Files } from "./cifar10_files.ts";
import { checkCount } from "./_checks.ts";
import { imageSize } from "./_crop_flip.ts";

/** Records per official file; tests use small files. */
export const officialRecords = 10_000;

/** One file to read: its first `take` records become images `first`, `first + 1`, … */
export interface PlannedFile {
  readonly name: string;
  readonly take: number;
  readonly first: number;
}

/** Everything to read for a split. */
export interface Cifar10Plan {
  readonly split: Cifar10Split;
  readonly files: readonly PlannedFile[];
  readonly trainSize: number;
  readonly testSize: number;
  /** Records that each file must have. */
  readonly records: number;
}

/** Files of the split (only those that `limit` leaves images of), train first, test last. */
export function planCifar10(
  split: Cifar10Split,
  limit: number | undefined,
  records: number,
): Cifar10Plan {
  if (split !== "standard" && split !== "holdout") {
    throw new RangeError(`Cannot load CIFAR-10 as split must be "standard" or "holdout": ${split}`);
  }
  const names = cifar10Files.map((file) => file.name).slice(0, split === "standard" ? 6 : 5);
  const testName = names.pop()!;
  const available = names.length * records;
  if (limit !== undefined) {
    checkCount("load CIFAR-10", "limit", limit, 1);
    if (limit > available) {
      throw new RangeError(
        `Cannot load ${limit} train images as the ${split} split of CIFAR-10 has ${available}`,
      );
    }
  }
  const trainSize = limit ?? available;
  const testSize = Math.min(trainSize, records);
  const files: PlannedFile[] = [];
  for (let first = 0; first < trainSize; first += records) {
    files.push({
      name: names[first / records]!,
      take: Math.min(records, trainSize - first),
      first,
    });
  }
  files.push({ name: testName, take: testSize, first: trainSize });
  return { split, files, trainSize, testSize, records };
}

/** Collects the files of a plan into one block of pixels and one of labels. */
export class Cifar10Assembly {
  readonly #plan: Cifar10Plan;
  readonly #images: Uint8Array;
  readonly #labels: Uint8Array;

  constructor(plan: Cifar10Plan) {
    const count = plan.trainSize + plan.testSize;
    this.#plan = plan;
    this.#images = allocateShared(count * imageSize);
    this.#labels = allocateShared(count);
  }

  /** Checks one file and copies its images. */
  add(file: PlannedFile, bytes: Uint8Array): void {
    const { name, take, first } = file;
    const { records } = this.#plan;
    readRecords({ name, bytes, records }, take, this.#images, this.#labels, first);
  }

  /** The dataset, once every file was added. */
  finish(verified: boolean, notes: readonly string[]): Cifar10Dataset {
    const { split, trainSize, testSize } = this.#plan;
    return cifar10FromParts({
      split,
      images: this.#images,
      labels: this.#labels,
      trainSize,
      testSize,
      permutedLabels: false,
      verified,
      notes,
    });
  }
}

/** Bytes that workers can share, where the runtime (or the page's isolation) allows it. */
function allocateShared(bytes: number): Uint8Array {
  return new Uint8Array(
    typeof SharedArrayBuffer === "undefined"
      ? new ArrayBuffer(bytes)
      : new SharedArrayBuffer(bytes),
  );
}
