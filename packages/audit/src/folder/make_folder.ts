// The folder of the results.

import { mkdir } from "node:fs/promises";

/**
 * Makes the folder where there is none. Whether files can be written into it is shown by its lock.
 *
 * @throws {Error} if it cannot be made.
 */
export async function makeFolder(out: string): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
  } catch (cause) {
    throw cannotWrite(out, cause as Error);
  }
}

/** The error of a folder that cannot be used. */
export function cannotWrite(out: string, cause: Error): Error {
  return new Error(
    `Cannot write results to ${out}: ${cause.message}. Choose another folder with --out`,
    { cause },
  );
}
