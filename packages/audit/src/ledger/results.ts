// The records below a folder that the ledger reads: evidence of runs, wherever it lies.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEvidence, type RunEvidence } from "@fa/protocol";

/** Evidence of one run and where it was found. */
export interface FoundEvidence {
  /** Path below the folder. */
  readonly path: string;
  readonly evidence: RunEvidence;
}

/**
 * Every record of evidence below a folder, in the order of their paths. What a folder or a file is
 * called says nothing: a JSON file counts as evidence if it says that it is.
 *
 * @throws {Error} if the folder cannot be read, a file named .json holds no JSON, or a record of
 * evidence is not one; the message names the file.
 */
export async function readResults(folder: string): Promise<FoundEvidence[]> {
  const found: FoundEvidence[] = [];
  for (const path of await jsonFiles(folder)) {
    const text = await readFile(join(folder, path), "utf8");
    const record = parsed(text, join(folder, path));
    if ((record as { readonly kind?: unknown } | null)?.kind !== "fa-evidence") continue;
    found.push({ path, evidence: parseEvidence(record, join(folder, path)) });
  }
  return found;
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new Error(`Cannot read results as a file is not JSON: ${path}: ${reason}`, { cause });
  }
}

async function jsonFiles(folder: string, below = ""): Promise<string[]> {
  let entries;
  try {
    entries = await readdir(join(folder, below), { withFileTypes: true });
  } catch (cause) {
    throw new Error(`Cannot read results as the folder cannot be read: ${join(folder, below)}`, {
      cause,
    });
  }
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) files.push(...await jsonFiles(folder, path));
    else if (entry.name.endsWith(".json")) files.push(path);
  }
  return files;
}
