// Runs the command line in a child process of the current runtime, for tests.

import { spawn } from "node:child_process";
import { mkdtemp, open, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import type { Io } from "./io.ts";
import { runCli } from "./run_cli.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/** Arguments of this runtime that run a TypeScript file with the permissions of `deno task audit`. */
function runtimeArgs(): string[] {
  if ("deno" in process.versions) {
    const permissions = ["--allow-read", "--allow-write", "--allow-env=NO_COLOR,TERM"];
    return ["run", "--cached-only", "--no-prompt", ...permissions, "--allow-sys=hostname"];
  }
  return "bun" in process.versions ? [] : ["--import", "tsx"];
}

/** What a command line did. */
export interface CliResult {
  /** Null if a signal ended it that it could not catch. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** When a command line is to be ended, and how. */
export interface Ending {
  /** Default SIGINT. */
  readonly signal?: "SIGINT" | "SIGTERM" | "SIGKILL";
  /** Once stderr contains this text; without it the time counts from the start. */
  readonly at?: string;
  /** So many milliseconds later. Default 0. */
  readonly after?: number;
}

/** Runs `audit` with these arguments. */
export function runMain(args: readonly string[], ending: Ending = {}): Promise<CliResult> {
  const { signal = "SIGINT", at, after = 0 } = ending;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...runtimeArgs(), main, ...args], { cwd: root });
    let stdout = "";
    let stderr = "";
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (): void => {
      // After child.kill, Deno reports no exit code.
      timer ??= setTimeout(() => process.kill(child.pid!, signal), after);
    };
    if (at === undefined && ending.after !== undefined) end();
    child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text);
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      if (at !== undefined && stderr.includes(at)) end();
    });
    child.on("error", reject);
    child.on("exit", () => clearTimeout(timer));
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs `audit` with these arguments in this process, which takes less time. */
export async function runHere(args: readonly string[]): Promise<CliResult> {
  let stdout = "";
  let stderr = "";
  const io: Io = {
    stdout: { write: (text) => stdout += text },
    stderr: { write: (text) => stderr += text },
    env: {},
    onInterrupt: () => () => {},
    onExit: () => () => {},
  };
  const code = await runCli(args, io);
  return { code, stdout, stderr };
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

/** The bytes of every file below a folder as text (Latin-1), by its path; in the order of the paths. */
export async function filesBelow(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) files.set(entry.name, await readFile(path, "latin1"));
    else {for (const [name, text] of await filesBelow(path)) {
        files.set(`${entry.name}/${name}`, text);
      }}
  }
  return files;
}

/** The results of an audit: all files but `run.json`. */
export async function resultsIn(folder: string): Promise<Map<string, string>> {
  const files = await filesBelow(folder);
  if (!files.delete("run.json")) throw new Error("run.json is missing");
  return files;
}

/** Checks that two audits have the same files with the same bytes. */
export function sameFiles(found: Map<string, string>, expected: Map<string, string>): void {
  assert.equal([...found.keys()], [...expected.keys()]);
  for (const [name, text] of found) assert.ok(text === expected.get(name), `${name} differs`);
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
