// Names of files that are being written; whoever is killed meanwhile leaves them behind.

import { basename, dirname, join } from "node:path";

/** A new name beside `path`. */
export function temporaryFor(path: string): string {
  return join(dirname(path), `.${basename(path)}.${crypto.randomUUID().slice(0, 8)}.tmp`);
}

/** Whether a file has such a name. */
export function isTemporary(name: string): boolean {
  return /^\..+\.[0-9a-f]{8}\.tmp$/.test(name);
}
