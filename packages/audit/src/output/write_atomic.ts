// Files that are either whole or not there.

import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Writes a text file as a whole: to a temporary file in the same folder, flushed to the disk, then
 * renamed over `path`. Whoever reads `path` sees the old content or the new one, never a part; a
 * write that fails leaves `path` as it was and nothing beside it. Missing folders are made.
 *
 * @throws {Error} if it cannot be written; the message names the path and the system's reason.
 */
export async function writeAtomic(path: string, text: string): Promise<void> {
  const unique = crypto.randomUUID().slice(0, 8);
  const temporary = join(dirname(path), `.${basename(path)}.${unique}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(text, "utf8");
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
