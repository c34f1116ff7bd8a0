// What the figures were measured on: they describe it as much as the code.
import { execFile } from "node:child_process";
import os from "node:os";
import { promisify } from "node:util";
import { root } from "./runtimes.ts";

/** Stands at the head of every result. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** Vector extensions that decide what native code can reach. */
  readonly vectors: readonly string[];
  readonly memoryGiB: number;
  readonly system: string;
  /** Load average of the last minute before the run; a quiet machine is near 0. */
  readonly loadBefore: number;
  /** What was measured, if git tells. */
  readonly commit?: string;
  /** Versions of runtimes and engines, as they were found. */
  readonly versions: Readonly<Record<string, string>>;
}

/** This machine, now. */
export async function describeMachine(): Promise<Omit<Machine, "versions">> {
  const processors = os.cpus();
  return {
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    vectors: await vectors(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    loadBefore: os.loadavg()[0]!,
    ...(await output("git", ["rev-parse", "--short", "HEAD"], (text) => ({ commit: text.trim() }))),
  };
}

/** Vector extensions that the processor has, of those that matter to matrix products. */
async function vectors(): Promise<readonly string[]> {
  const flags = await output("lscpu", [], (text) => /^Flags:(.*)$/m.exec(text)?.[1]?.split(/\s+/));
  return ["sse4_2", "avx2", "fma", "avx512f"].filter((name) => flags?.includes(name));
}

/** What a program says, or nothing where there is no such program. */
async function output<T>(
  program: string,
  args: readonly string[],
  read: (text: string) => T,
): Promise<T | undefined> {
  try {
    return read((await promisify(execFile)(program, args, { cwd: root })).stdout);
  } catch {
    return undefined;
  }
}
