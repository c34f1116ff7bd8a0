// A file as a source of bytes, for files that are larger than memory.

import { type FileHandle, open } from "node:fs/promises";
import type { ByteSource } from "@fa/tensor";

/** A file that stays open until it is closed. */
export interface FileSource extends ByteSource {
  /** Closes the file; reading is an error from then on. */
  close(): Promise<void>;
}

/**
 * Opens a file for `readSafetensors`, which then reads of it only what it needs.
 *
 * @param path the file. Close the source when all is read.
 * @throws {Error} if it cannot be opened; the message names the path and the system's reason.
 *
 * @example
 * ```ts
 * import { mkdtemp, rm, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { openFileSource } from "@fa/audit";
 * import { encodeSafetensors, readSafetensors, tensor } from "@fa/tensor";
 *
 * const folder = await mkdtemp(join(tmpdir(), "fa-"));
 * const path = join(folder, "model.safetensors");
 * await writeFile(path, await encodeSafetensors(new Map([["w", tensor([1, 2])]])));
 * const source = await openFileSource(path);
 * try {
 *   const w = await (await readSafetensors(source, { name: path })).tensor("w");
 *   if (w.dataSync().join() !== "1,2") throw new Error("wrong values");
 * } finally {
 *   await source.close();
 *   await rm(folder, { recursive: true });
 * }
 * ```
 */
export async function openFileSource(path: string): Promise<FileSource> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    const { size } = await handle.stat();
    const opened = handle;
    return {
      size,
      read: (offset, length) => readFully(opened, offset, length),
      close: () => opened.close(),
    };
  } catch (cause) {
    await handle?.close();
    throw new Error(`Cannot open ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** Reads until there are `length` bytes or the file ends: a system may give fewer at a time. */
async function readFully(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) return bytes.subarray(0, filled);
    filled += bytesRead;
  }
  return bytes;
}
