// Evidence from wherever it is: a bundle of another framework, or records of runs.

import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parseEvidence, type RunEvidence } from "@fa/protocol";
import { type BundleFile, readBundle } from "@fa/protocol/bundle";
import { openFileSource } from "../data/open_file_source.ts";

/** A run and the file that it was read from. */
export interface ReadRun {
  readonly evidence: RunEvidence;
  readonly path: string;
}

/**
 * The runs in a file or folder: a bundle (`bundle.json`, or its folder), or one record of evidence.
 *
 * @throws {Error} if there is nothing of the kind, or it cannot be read; the message names the path.
 */
export async function readRuns(path: string): Promise<ReadRun[]> {
  const file = await fileOf(path);
  const text = await textOf(file);
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (cause) {
    throw new Error(`Cannot read ${file} as it must be JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
  const kind = (record as { kind?: unknown } | null)?.kind;
  if (kind === "fa-bundle") {
    const evidences = await readBundle(record, opener(dirname(file)), { name: file });
    return evidences.map((evidence) => ({ evidence, path: file }));
  }
  if (kind === "fa-evidence") return [{ evidence: parseEvidence(record, file), path: file }];
  const found = kind === "fa-audit"
    ? "this is the record of an audit, which holds its verdicts already; give it the evidence.json of its runs"
    : `found kind ${JSON.stringify(kind)?.slice(0, 80) ?? "nowhere"}`;
  throw new Error(`Cannot diagnose ${file} as its kind must be fa-bundle or fa-evidence: ${found}`);
}

/** The file that a path means: itself, or what stands in the folder. */
async function fileOf(path: string): Promise<string> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch (cause) {
    const missing = (cause as { code?: string }).code === "ENOENT";
    const reason = missing ? "there is no such file or folder" : (cause as Error).message;
    throw new Error(`Cannot diagnose ${path} as ${reason}`, { cause });
  }
  if (!isFolder) return path;
  const names = await readdir(path);
  const found = ["bundle.json", "evidence.json"].find((name) => names.includes(name));
  if (found !== undefined) return join(path, found);
  throw new Error(
    `Cannot diagnose ${path} as the folder must hold bundle.json or evidence.json: it holds ${
      names.length === 0 ? "nothing" : names.slice(0, 5).join(", ")
    }${names.length > 5 ? ", …" : ""}`,
  );
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new Error(`Cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
}

/** Opens the files of a bundle, by names that `readBundle` has checked. */
function opener(folder: string): (file: string) => Promise<BundleFile> {
  return (file) => openFileSource(join(folder, basename(file)));
}
