// Runs the command line in a child process of the current runtime, for tests.

import { spawn } from "node:child_process";
import { mkdtemp, open, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/** Arguments of this runtime that run a TypeScript file with the permissions of `deno task audit`. */
function runtimeArgs(): string[] {
  if ("deno" in process.versions) {
    const permissions = ["--allow-read", "--allow-write", "--allow-env=NO_COLOR,TERM"];
    return ["run", "--cached-only", "--no-prompt", ...permissions];
  }
  return "bun" in process.versions ? [] : ["--import", "tsx"];
}

/** What a command line did. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `audit` with these arguments.
 *
 * @param interruptAt sends SIGINT once stderr contains this text.
 */
export function runMain(args: readonly string[], interruptAt?: string): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...runtimeArgs(), main, ...args], { cwd: root });
    let stdout = "";
    let stderr = "";
    let interrupted = false;
    child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text);
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      if (interruptAt === undefined || interrupted || !stderr.includes(interruptAt)) return;
      interrupted = true;
      process.kill(child.pid!, "SIGINT"); // after child.kill, Deno reports no exit code
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Calls `action` with a new empty folder, which is gone afterwards. */
export async function inTemporaryFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "fa-audit-"));
  try {
    return await action(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The text of every file below a folder, by its path. */
export async function filesBelow(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) files.set(entry.name, await readFile(path, "utf8"));
    else {for (const [name, text] of await filesBelow(path)) {
        files.set(`${entry.name}/${name}`, text);
      }}
  }
  return files;
}

/** `audit.json` up to its `run` block, which comes last. */
export function withoutRun(json: string): string {
  const at = json.indexOf('\n  "run": {');
  if (at < 0) throw new Error("audit.json has no run block");
  return json.slice(0, at);
}

/**
 * Writes a file of the right size for CIFAR-10, sparse, all black and of class 0, but for the bytes
 * that are given by offset.
 */
export async function writeBatchFile(
  path: string,
  bytes: Readonly<Record<number, number>> = {},
  size = 30_730_000,
): Promise<void> {
  const handle = await open(path, "w");
  try {
    await handle.truncate(size);
    for (const [offset, value] of Object.entries(bytes)) {
      await handle.write(Uint8Array.of(value), 0, 1, Number(offset));
    }
  } finally {
    await handle.close();
  }
}
