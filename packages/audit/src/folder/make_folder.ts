// The folder of the results: made and tried before hours of work go into it.

import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "./write_atomic.ts";

/**
 * Makes the folder and proves that files can be written into it.
 *
 * @throws {Error} if not.
 */
export async function makeFolder(out: string): Promise<void> {
  const probe = join(out, `.probe-${crypto.randomUUID().slice(0, 8)}`);
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
}

function rootMessage(error: unknown): string {
  let root = error as Error;
  while (root.cause instanceof Error) root = root.cause;
  return root.message;
}
