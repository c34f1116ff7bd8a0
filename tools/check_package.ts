/**
 * Packs @fa/tensor and @fa/protocol as they would be published, installs them into an empty folder, and
 * runs one program there in Node, Deno, Bun and a page of a headless Chromium: all must print the same
 * evidence and verdict. Checks the types, that optional packages stay unloaded, and the weight.
 *
 *     deno task check:package [runtime …]     only these of node, deno, bun, page
 *
 * Needs Node with npm; Deno and Bun are run by npx where they are not this runtime, the page is skipped
 * where there is no Chromium. The last line is `N passed, N failed[, N skipped]`.
 */
import { build } from "esbuild";
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { findBrowser, runInPage } from "./headless_page.ts";

/** What a page needs that goes from a model, or a record, to a verdict. */
const core = ["collectEvidence", "parseEvidence", "diagnose", "verdict"];
/** What all of @fa/protocol may weigh, but for its parts, in bytes, minified and gzipped; with @fa/tensor. */
const LIMIT = 60_000;
/** Packages that are loaded when they are asked for, and never before. */
const optional = ["mathjs", "gpu.js", "koffi"];
const packages = ["tensor", "protocol"];

const root = fileURLToPath(new URL("..", import.meta.url));
const wanted = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0 };

/** Runs a check and prints its line; an error is a failure, and `skip: …` for an answer a skip. */
async function check(name: string, action: () => Promise<string>): Promise<void> {
  const started = performance.now();
  let line: string;
  try {
    const found = await action();
    const skipped = found.startsWith("skip: ");
    counts[skipped ? "skipped" : "passed"]++;
    line = `${skipped ? "skip" : "ok  "}  ${name}  ${found.replace(/^skip: /, "")}`;
  } catch (error) {
    counts.failed++;
    line = `FAIL  ${name}  ${error instanceof Error ? error.message : error}`;
  }
  console.log(`${line}  (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}

/** Runs a command and returns what it printed. */
function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, timeout: 300_000, maxBuffer: 2 ** 26 }, (error, out, err) => {
      if (error) {
        const said = `${out}\n${err}`.trim().slice(-2000);
        reject(new Error(`${command} ${args.join(" ")} failed:\n${said}`));
      } else resolve(out);
    });
  });
}

/** Compiles and packs the packages: paths of the archives. */
async function pack(folder: string): Promise<string[]> {
  // From nothing, so that no file of a source that is gone gets in.
  for (const name of packages) {
    await rm(join(root, "packages", name, "dist"), { recursive: true, force: true });
  }
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  await run("node", [compiler, "-b", "packages/protocol"], root);
  const archives: string[] = [];
  for (const name of packages) {
    const args = ["pack", "--json", "--pack-destination", folder];
    const out = await run("npm", args, join(root, "packages", name));
    const [{ filename, files }] = JSON.parse(out) as [
      { filename: string; files: { path: string }[] },
    ];
    const wrong = files.find(({ path }) => /\.test\.|_test_|\/testing\/|tsbuildinfo/.test(path));
    if (wrong) throw new Error(`@fa/${name} would publish ${wrong.path}`);
    archives.push(join(folder, filename));
  }
  return archives;
}

/** An empty project that has the archives installed, and nothing optional. */
async function install(folder: string, archives: readonly string[]): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, "package.json"), `{ "private": true, "type": "module" }\n`);
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", ...archives], folder);
  // In place of each optional package one that tells when it is loaded.
  for (const name of optional) {
    const trap = join(folder, "node_modules", name);
    await mkdir(trap, { recursive: true });
    await writeFile(join(trap, "package.json"), `{ "type": "module", "exports": "./index.js" }\n`);
    await writeFile(join(trap, "index.js"), `throw new Error("${name} was loaded");\n`);
  }
  await copyFile(join(root, "tools/package/program.mjs"), join(folder, "program.mjs"));
}

/** What a project says that checks its types against those of the packages. */
async function checkTypes(folder: string): Promise<string> {
  await writeFile(
    join(folder, "types.mts"),
    `import { type Measured, type Snapshot, verdict } from "@fa/protocol";
import type { Pitfall } from "@fa/protocol/pitfalls";
import type { Tensor } from "@fa/tensor";
export const norm = (snapshot: Snapshot): Measured => snapshot.hiddenNorms[0]!;
export const word: string = verdict([], "default").verdict;
export type Both = [Pitfall, Tensor];
// @ts-expect-error the types are there, and say no
export const wrong: number = verdict;
`,
  );
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023"];
  const lib = ["--lib", "es2023,dom"];
  await run("node", [compiler, ...options, ...lib, "types.mts"], folder);
  return "under tsc --strict";
}

/** Bytes that a browser loads for these exports, gzipped, and who is asked for later. */
async function weigh(folder: string, source: string): Promise<{ bytes: number; later: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: folder },
    bundle: true,
    minify: true,
    splitting: true, // what import() loads is apart
    format: "esm",
    platform: "browser",
    target: "es2022",
    outdir: folder,
    absWorkingDir: folder,
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const entry = Object.keys(metafile.outputs).find((path) => metafile.outputs[path]!.entryPoint)!;
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: next, kind } of metafile.outputs[path]!.imports) {
      if (kind === "import-statement") load(next);
    }
  };
  load(entry);
  let bytes = 0;
  for (const path of loaded) {
    const file = outputFiles.find((each) => each.path === join(folder, path))!;
    bytes += gzipSync(file.contents).length;
    const inputs = Object.keys(metafile.outputs[path]!.inputs);
    const early = optional.find((name) => inputs.some((i) => i.includes(`node_modules/${name}/`)));
    if (early) throw new Error(`${early} is loaded at once`);
  }
  const inputs = Object.keys(metafile.inputs);
  const later = optional.filter((name) => inputs.some((i) => i.includes(`node_modules/${name}/`)));
  return { bytes, later };
}

const kilo = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

async function checkWeight(folder: string): Promise<string> {
  const whole = await weigh(folder, `export * from "@fa/protocol";`);
  const lean = await weigh(folder, `export { ${core.join(", ")} } from "@fa/protocol";`);
  const found =
    `${kilo(lean.bytes)} gzipped for ${core.join(", ")}; ${kilo(whole.bytes)} for all ` +
    `exports; on demand: ${whole.later.join(", ") || "nothing"}`;
  if (whole.bytes > LIMIT) throw new Error(`${found}: the limit is ${kilo(LIMIT)}`);
  return found;
}

/** The program's line in each place, compared with the first that gave one. */
async function checkRuntimes(folder: string): Promise<void> {
  const inDeno = "deno" in process.versions;
  const deno = inDeno ? [process.execPath] : ["npx", "-y", "deno"];
  const places: Record<string, () => Promise<string>> = {
    node: () => run("node", ["program.mjs"], folder),
    deno: () => {
      const [command, ...args] = deno as [string, ...string[]];
      const options = ["--node-modules-dir=manual", "--no-config", "--cached-only", "--no-prompt"];
      return run(command, [...args, "run", ...options, "program.mjs"], folder);
    },
    bun: () => run("npx", ["-y", "bun", "run", "--bun", "program.mjs"], folder),
    page: async () => {
      const browser = findBrowser();
      if (browser === undefined) return "skip: there is no Chromium in PATH";
      return JSON.stringify(await runInPage(browser, join(folder, "program.mjs")));
    },
  };
  const unknown = wanted.find((name) => !(name in places));
  if (unknown !== undefined) throw new Error(`Cannot run in ${unknown}`);
  let expected: string | undefined;
  for (const [name, action] of Object.entries(places)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    await check(`program in ${name}`, async () => {
      const line = (await action()).trim();
      if (line.startsWith("skip: ")) return line;
      const { verdict } = JSON.parse(line) as { verdict: string };
      expected ??= line;
      if (line !== expected) throw new Error(`prints\n${line}\nand not\n${expected}`);
      return `${verdict}, ${line.length} characters, the same everywhere`;
    });
  }
}

/** Importing the packages loads nothing optional; asking for it would. */
async function checkTraps(folder: string): Promise<string> {
  const script = `for (const part of ["", "/bundle", "/pitfalls", "/probes", "/report"]) {
      await import("@fa/protocol" + part);
    }
    for (const name of ${JSON.stringify(optional)}) {
      const found = await import(name).then(() => "nothing", (error) => error.message);
      if (found !== name + " was loaded") throw new Error("no trap for " + name + ": " + found);
    }`;
  await run("node", ["--input-type=module", "--eval", script], folder);
  return `importing loads none of ${optional.join(", ")}`;
}

const folder = await mkdtemp(join(tmpdir(), "fa-package-"));
try {
  const app = join(folder, "app");
  await check("pack and install", async () => {
    const archives = await pack(folder);
    await install(app, archives);
    const sizes = await Promise.all(archives.map(async (path) => (await readFile(path)).length));
    return packages.map((name, i) => `@fa/${name} ${kilo(sizes[i]!)}`).join(", ");
  });
  if (counts.failed === 0) {
    await check("optional packages", () => checkTraps(app));
    await check("types", () => checkTypes(app));
    await checkRuntimes(app);
    await check("weight", () => checkWeight(app));
  }
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exit(counts.failed > 0 ? 1 : 0);
