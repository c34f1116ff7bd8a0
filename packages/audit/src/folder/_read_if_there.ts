// Files that may be missing.

import { readFile } from "node:fs/promises";

/**
 * The bytes of a file; undefined if there is none.
 *
 * @throws {Error} if it cannot be read; the message names the path and the system's reason.
 */
export async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if ((cause as { code?: string }).code === "ENOENT") return undefined;
    throw new Error(`Cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}
