/**
 * Makes one-line mistakes in the kernels, one at a time, and sees that the test which should find each
 * does so.
 *
 *     deno task mutations               all of mutations.ts
 *     deno task mutations AdamW heap    those whose name contains one of the words
 *
 * Works on a copy of the tree with a build of its own; the tree itself is not touched. Needs Node and,
 * for kernels in AssemblyScript, their compiler, which `deno task kernels` installs. Takes about ten
 * seconds for each. The last line is `N passed, N failed`.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type Mutation, mutations } from "./mutations.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const sources = ["packages/tensor", "tools", "package.json", "tsconfig.json", "tsconfig.base.json"];
const compiled = "packages/tensor/src/backends/wasm/_module.gen.ts";
const kernels = "packages/tensor/kernels/";
const words = process.argv.slice(2);
const chosen = mutations.filter(({ name }) =>
  words.length === 0 || words.some((word) => name.includes(word))
);

/** Copies the tree, without what git ignores; packages that npm installed are linked. */
function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), "mutations-"));
  const list = execFileSync("git", [
    ...["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"],
    ...sources,
  ], { cwd: root, encoding: "utf8" });
  for (const path of list.split("\0")) {
    if (path === "" || !existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    copyFileSync(join(root, path), join(copy, path));
  }
  for (const folder of ["node_modules", `${kernels}node_modules`]) {
    symlinkSync(join(root, folder), join(copy, folder), "junction");
  }
  return copy;
}

/** Runs a program of the copy in Node; gives what it printed, and whether it ended well. */
function run(copy: string, ...args: string[]): { ok: boolean; output: string } {
  const { status, stdout, stderr } = spawnSync("node", ["--import", "tsx", ...args], {
    cwd: copy,
    encoding: "utf8",
    timeout: 180_000,
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { ok: status === 0, output: `${stdout}${stderr}` };
}

/** Titles of the tests that failed. */
function failures(output: string): string[] {
  return [...output.matchAll(/^\s*FAIL\s.*?\s\s"(.*)"$/gm)].map(([, title]) => title!);
}

/** What a mistake led to: undefined if the right test found it. */
function tryMutation(copy: string, { file, from, to, test, title }: Mutation): string | undefined {
  const inKernels = file.startsWith(kernels);
  const changed = [file, ...(inKernels ? [compiled] : [])].map((path) => join(copy, path));
  const before = changed.map((path) => readFileSync(path));
  try {
    writeFileSync(changed[0]!, before[0]!.toString().replace(from, () => to));
    if (inKernels) {
      const { ok, output } = run(copy, "tools/kernels/build.ts");
      if (!ok) return `cannot be compiled: ${output.slice(0, 500)}`;
      if (readFileSync(changed[1]!).equals(before[1]!)) return "changes nothing in the module";
    }
    const { output } = run(copy, "tools/test.ts", test);
    const failed = failures(output);
    if (failed.includes(title)) return undefined;
    return failed.length > 0 ? `found by others only: ${failed.join("; ")}` : "not found";
  } finally {
    changed.forEach((path, i) => writeFileSync(path, before[i]!));
  }
}

const build = [join(root, "tools/kernels/build.ts"), "--check"];
const fresh = run(root, ...build); // installs the compiler where it is missing
if (!fresh.ok) {
  console.error(fresh.output);
  process.exit(1);
}
const copy = copyTree();
let failed = 0;
try {
  for (const test of new Set(chosen.map(({ test }) => test))) {
    const { ok, output } = run(copy, "tools/test.ts", test);
    if (ok) continue;
    console.error(`Cannot judge mutations by ${test} as it fails without them:\n${output}`);
    process.exitCode = 1;
  }
  if (!process.exitCode) {
    for (const mutation of chosen) {
      const problem = tryMutation(copy, mutation);
      if (problem) failed++;
      console.log(`${problem ? "FAIL" : "ok  "}  ${mutation.name}  (${mutation.file})`);
      console.log(`      ${mutation.test}: "${mutation.title}"`);
      if (problem) console.log(`      ${problem}`);
    }
    console.log(`${chosen.length - failed} passed, ${failed} failed`);
    process.exitCode = failed > 0 || chosen.length === 0 ? 1 : 0;
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
