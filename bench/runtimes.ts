// Finds the programs that run the engines, and says how each starts a file.
import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The repository. */
export const root: string = fileURLToPath(new URL("..", import.meta.url));

/** Where an engine may run. */
export type RuntimeName = "node" | "deno" | "bun" | "python";

/** A program that is there. */
export interface Runtime {
  readonly program: string;
  readonly version: string;
}

/** One thread for everybody: the libraries below PyTorch and our `blas` read these. */
export const environment: Readonly<Record<string, string | undefined>> = {
  ...process.env,
  OPENBLAS_NUM_THREADS: "1",
  OMP_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1",
  NO_COLOR: "1",
};

/**
 * The runtime of that name.
 * @throws {Error} that says what is missing.
 */
export function findRuntime(name: RuntimeName): Promise<Runtime> {
  return finders[name]();
}

const finders: Readonly<Record<RuntimeName, () => Promise<Runtime>>> = {
  async node() {
    const version = await firstLine("node", ["--version"]);
    // Where there is no Node, Deno answers in its place.
    if (!/^v\d/.test(version)) throw new Error("no node on the PATH");
    return { program: "node", version: version.slice(1) };
  },
  deno: () =>
    Promise.resolve({ program: process.execPath, version: process.versions["deno"] ?? "unknown" }),
  async bun() {
    const tell = ["-e", "console.log(process.execPath)"];
    let program: string;
    try {
      program = await firstLine("bun", tell);
    } catch {
      // npx itself shall not run while something is timed, so its bun is called by its path.
      program = await firstLine("npx", ["-y", "bun", ...tell]).catch(() => {
        throw new Error("neither bun nor npx on the PATH");
      });
    }
    return { program, version: await firstLine(program, ["--version"]) };
  },
  async python() {
    const candidates = [process.env["PYTHON"], "python3", "/usr/bin/python3"];
    for (const program of candidates.filter((candidate) => candidate !== undefined)) {
      try {
        const version = await firstLine(program, [
          "-c",
          "import platform, torch; print(platform.python_version())",
        ]);
        return { program, version };
      } catch {
        continue;
      }
    }
    throw new Error(
      "no Python with torch: set $PYTHON to one that has it (Debian: apt-get install python3-torch)",
    );
  },
};

async function firstLine(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(program, args, { cwd: root, timeout: 120_000 });
  return stdout.trim().split("\n")[0]!;
}

/** The arguments that run `file` with one argument, from the root of the repository. */
export function argumentsFor(
  name: RuntimeName,
  { file, argument, ours }: { file: string; argument: string; ours: boolean },
): string[] {
  switch (name) {
    case "node":
      return ["--import", "tsx", file, argument];
    case "deno": {
      // The workspace knows our packages and not the peers', which are found by their paths.
      const packages = ours
        ? ["--config", "deno.json", "--allow-ffi", "--allow-env"]
        : ["--no-config", "--node-modules-dir=manual"];
      return ["run", ...packages, "--cached-only", "--no-prompt", "--allow-read", file, argument];
    }
    case "bun":
    case "python":
      return [file, argument];
  }
}
