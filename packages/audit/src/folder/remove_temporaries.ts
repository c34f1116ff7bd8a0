// Cleans up after a process that was killed while it wrote.

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isTemporary } from "./_temporary.ts";

/** Removes what is left of half-written files in an audit's folder and in those of its runs. */
export async function removeTemporaries(out: string): Promise<void> {
  await removeFrom(out);
  for (const run of await namesIn(join(out, "runs"))) await removeFrom(join(out, "runs", run));
}

async function removeFrom(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (isTemporary(name)) await rm(join(folder, name), { force: true });
  }
}

/** What is in a folder; nothing where there is none. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as { code: string }).code)) return [];
    throw error;
  }
}
