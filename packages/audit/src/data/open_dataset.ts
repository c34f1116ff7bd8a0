// From the name of a dataset and a folder to a dataset that workers can share.

import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { cifar10Archive, cifar10Files, loadCifar10 } from "@fa/data";
import type { AuditConfiguration } from "../plan/configuration.ts";
import { portableCifar10, type PortableDataset } from "./portable_dataset.ts";

/**
 * Opens the dataset of a configuration.
 *
 * CIFAR-10 is read from `folder`, or from the `cifar-10-batches-bin` inside it, as the official
 * archive unpacks. Its files are treated as hostile: sizes are checked before they are read, labels
 * and hashes afterwards.
 *
 * @param data name and sizes, from the configuration.
 * @param folder where the files are; needed for CIFAR-10 only.
 * @throws {TypeError} if a folder is missing for CIFAR-10, or is given for the synthetic data.
 * @throws {Error} if the folder or a file cannot be read; the message says which files are expected
 * and where to get them.
 * @throws {RangeError} if a file is damaged; the message names file and offset.
 *
 * @example
 * ```ts
 * import { openDataset, rebuildDataset, resolveConfiguration } from "@fa/audit";
 *
 * const { data } = resolveConfiguration({ preset: "tiny" });
 * const dataset = rebuildDataset(await openDataset(data));
 * if (dataset.trainSize !== 12_800) throw new Error("the sizes of the configuration");
 * ```
 */
export async function openDataset(
  data: AuditConfiguration["data"],
  folder?: string,
): Promise<PortableDataset> {
  checkDataFolder(data.name, folder);
  const { trainSize, testSize } = data;
  if (data.name === "synthetic") return { kind: "synthetic", options: { trainSize, testSize } };
  const place = await findFiles(folder!);
  const dataset = await loadCifar10({
    split: data.name === "cifar10" ? "standard" : "holdout",
    limit: trainSize,
    read: (name) => readExactly(join(place, name), cifar10Files[0]!.bytes),
  });
  return portableCifar10(dataset.toTransferable());
}

/**
 * Checks that a folder is given if and only if the dataset has files.
 *
 * @throws {TypeError} if not.
 */
export function checkDataFolder(name: string, folder: string | undefined): void {
  if (name === "synthetic" && folder !== undefined) {
    throw new TypeError(
      "Cannot use --data-dir with the synthetic data as it has no files: " +
        "add --data cifar10 or --data cifar10-holdout, or leave --data-dir out",
    );
  }
  if (name !== "synthetic" && folder === undefined) {
    throw new TypeError(
      `Cannot find the files of ${name} as no folder is given: add --data-dir <folder> with ` +
        expectation(),
    );
  }
}

/** The folder itself, or the one of the official archive inside it. */
async function findFiles(folder: string): Promise<string> {
  let found: Awaited<ReturnType<typeof stat>>;
  try {
    found = await stat(folder);
  } catch (error) {
    const missing = (error as { code?: string }).code === "ENOENT";
    const reason = missing ? "there is no such folder" : (error as Error).message;
    throw new Error(
      `Cannot read data from ${folder} as ${reason}: it should hold ${expectation()}`,
      {
        cause: error,
      },
    );
  }
  if (!found.isDirectory()) {
    throw new Error(
      `Cannot read data from ${folder} as it is not a folder: it should be one with ${expectation()}`,
    );
  }
  const inside = join(folder, cifar10Archive.folder);
  const first = cifar10Files[0]!.name;
  try {
    await stat(join(folder, first));
  } catch {
    try {
      await stat(join(inside, first));
      return inside;
    } catch {
      // Neither has it: the reader then names the file that is missing from the folder given.
    }
  }
  return folder;
}

function expectation(): string {
  return `the files data_batch_1.bin to data_batch_5.bin and test_batch.bin of CIFAR-10 (binary ` +
    `version), published at ${cifar10Archive.page}`;
}

/** Reads a file that should have `bytes` bytes; one that is longer is not read at all. */
async function readExactly(path: string, bytes: number): Promise<Uint8Array> {
  const handle = await open(path, "r");
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new Error("it is not a file");
    if (found.size > bytes) throw new Error(`it has ${found.size} bytes instead of ${bytes}`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
