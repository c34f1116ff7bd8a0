// CIFAR-10 through a function that reads its files, with a check of their hashes.

import { Cifar10Assembly, officialRecords, planCifar10 } from "./_cifar10_plan.ts";
import type { Cifar10Dataset, Cifar10Split } from "./cifar10_dataset.ts";
import { cifar10Archive, cifar10Files } from "./cifar10_files.ts";
import { sha256 } from "./_sha256.ts";

/** How to load the dataset. */
export interface LoadCifar10Options {
  /** Which images are for training and which for testing. */
  readonly split: Cifar10Split;
  /** Reads one file, from a folder, a server, a file picker. */
  readonly read: (fileName: string) => Promise<Uint8Array>;
  /**
   * Use only the first N train images, and the first min(N, all) test images; files that no image
   * is taken from are not read. Default: all.
   */
  readonly limit?: number;
}

/**
 * Loads CIFAR-10 through `read`, one file after the other, so that no more than one file is held
 * beside the dataset. Like {@link cifar10}, but every file is also compared with its official
 * SHA-256 ({@link cifar10Files}; about 0.04 s per file). A file that differs is used, as long as its
 * size and labels are right: `verified` is then false and `notes` names it.
 *
 * @param options Split, reader, limit.
 * @returns The dataset.
 * @throws {Error} If `read` rejects; the message names the file, all the files needed and where to
 * get them, `cause` is the reason of the rejection.
 * @throws {RangeError} If a file is not exactly 30,730,000 bytes long or has a label above 9 (the
 * message names file, record and offset); if `limit` is not between 1 and the number of train
 * images.
 *
 * @example
 * ```ts
 * import { loadCifar10 } from "@fa/data";
 *
 * const read = (fileName: string) => Promise.reject(new Error(`no ${fileName} here`));
 * let message = "";
 * try {
 *   await loadCifar10({ split: "holdout", read });
 * } catch (error) {
 *   message = (error as Error).message;
 * }
 * if (!message.includes("no data_batch_1.bin here")) throw new Error("names the file");
 * if (!message.includes("cs.toronto.edu")) throw new Error("says where to get it");
 * ```
 */
export function loadCifar10(options: LoadCifar10Options): Promise<Cifar10Dataset> {
  return _loadCifar10(options, officialRecords);
}

/** {@link loadCifar10} for files with any number of records. */
export async function _loadCifar10(
  { split, read, limit }: LoadCifar10Options,
  records: number,
): Promise<Cifar10Dataset> {
  const plan = planCifar10(split, limit, records);
  const names = plan.files.map((file) => file.name);
  const assembly = new Cifar10Assembly(plan);
  const notes: string[] = [];
  for (const file of plan.files) {
    const bytes = await readOrExplain(file.name, names, read);
    assembly.add(file, bytes);
    const note = await complaint(file.name, bytes);
    if (note !== undefined) notes.push(note);
  }
  return assembly.finish(notes.length === 0, notes);
}

async function readOrExplain(
  name: string,
  names: readonly string[],
  read: (fileName: string) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  try {
    return await read(name);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `Cannot load CIFAR-10 as ${name} could not be read: ${reason}. Needed are ${
        names.join(", ")
      } of the binary version, published at ${cifar10Archive.page}`,
      { cause },
    );
  }
}

/** What is to be said about a file, if anything. */
async function complaint(name: string, bytes: Uint8Array): Promise<string | undefined> {
  const official = cifar10Files.find((file) => file.name === name)!.sha256;
  const found = await sha256(bytes);
  if (found === official) return undefined;
  if (found === undefined) {
    return `${name} was not compared with its official SHA-256 as this runtime has no crypto.subtle`;
  }
  return `${name} is not the official file: its SHA-256 is ${found}, the official one ${official}`;
}
