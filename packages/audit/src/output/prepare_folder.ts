// The folder of the results: made and tried before hours of work go into it.

import { mkdir, readFile, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "./write_atomic.ts";

/**
 * Makes the folder, proves that files can be written into it, and refuses one that holds the audit
 * of another configuration: the runs of two audits must not be mixed.
 *
 * @param out the folder.
 * @param hash hash of the configuration that is to be written there.
 * @throws {Error} if it cannot be written to, or holds another audit.
 */
export async function prepareFolder(out: string, hash: string): Promise<void> {
  const probe = join(out, ".probe");
  try {
    await mkdir(out, { recursive: true });
    await writeAtomic(probe, "");
    await rm(probe);
  } catch (cause) {
    throw new Error(
      `Cannot write results to ${out}: ${rootMessage(cause)}. Choose another folder with --out`,
      { cause },
    );
  }
  const found = await hashOf(join(out, "audit.json"));
  if (found !== undefined && found !== hash) {
    throw new Error(
      `Cannot write results to ${out} as it holds an audit of another configuration ` +
        `(${found} instead of ${hash}): choose another folder with --out, or delete this one`,
    );
  }
}

/** Removes the folder if nothing is in it. */
export async function removeIfEmpty(out: string): Promise<void> {
  for (const folder of [join(out, "runs"), out]) await rmdir(folder).catch(() => {});
}

/** The configuration hash of an audit record; undefined where there is no file. */
async function hashOf(path: string): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return undefined;
  }
  try {
    const hash = JSON.parse(text)?.configuration?.hash;
    return typeof hash === "string" ? hash : "unknown";
  } catch {
    return "unknown";
  }
}

function rootMessage(error: unknown): string {
  let root = error as Error;
  while (root.cause instanceof Error) root = root.cause;
  return root.message;
}
