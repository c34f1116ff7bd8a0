// Files that are either whole or not there.

import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { temporaryFor } from "./_temporary.ts";

/**
 * Writes a file as a whole: to a temporary file in the same folder, flushed to the disk, then renamed
 * over `path`. Whoever reads `path` sees the old content or the new one, never a part; a write that
 * fails leaves `path` as it was and nothing beside it. Missing folders are made.
 *
 * @throws {Error} if it cannot be written; the message names the path and the system's reason.
 */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = temporaryFor(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new Error(`Cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}
