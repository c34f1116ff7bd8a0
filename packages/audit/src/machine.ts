// What this audit runs on: the things that may differ between two runs of one configuration.

import os from "node:os";
import process from "node:process";

/** Name and version of the runtime. */
export function runtime(): { name: string; version: string } {
  const { versions } = process as { versions: Readonly<Record<string, string | undefined>> };
  for (const name of ["deno", "bun"]) {
    const version = versions[name];
    if (version !== undefined) return { name, version };
  }
  return { name: "node", version: versions["node"] ?? "unknown" };
}

/** Operating system, architecture and number of cores. */
export function machine(): { platform: string; arch: string; cores: number } {
  return { platform: process.platform, arch: process.arch, cores: os.availableParallelism() };
}
