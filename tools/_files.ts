// Finds files of the repository for the checks: sorted, with forward slashes, nothing generated.

import { readdir } from "node:fs/promises";
import { join } from "node:path";

const generated = new Set(["node_modules", "dist", "audit-out", "coverage"]);

/** Paths of all files under `folder` relative to `root`, in an order that no system changes. */
export async function listFiles(root: string, folder: string): Promise<string[]> {
  const files: string[] = [];
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith(".") || generated.has(entry.name)) continue;
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) files.push(...await listFiles(root, path));
    else files.push(path);
  }
  return files;
}

/** Whether a source file serves tests alone: it is never published. */
export function isTest(path: string): boolean {
  return /(\.test\.ts$|(^|\/)_test_[^/]*$|\/testing\/)/.test(path);
}
