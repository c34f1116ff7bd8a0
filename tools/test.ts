/**
 * Runs the test files of the whole repository in the runtime that it is started with: Deno, Bun or
 * Node (with tsx). The same files, the same uvu, three engines.
 *
 *     deno task test                     every *.test.ts but the slow ones
 *     deno task test layer_norm tensor/  only files whose path contains one of the words
 *     deno task test:slow                only *.slow.test.ts
 *
 * One line per file with its time; the last line is always `N passed, N failed[, N skipped]`.
 * Beside a failing test, these are failures too: a file that cannot be loaded or queues no suite, a
 * hook that throws (uvu alone would exit with 0), a test that is skipped without a reason or never
 * settles, a run that ends early or runs no test at all.
 *
 * To skip for want of data or hardware, say so on the console:
 *
 *     console.log("skip cifar10: no data under ./data");
 *     test.skip("reads the published batches");
 */
import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

/** What uvu queues for each `.run()`. */
type Run = () => Promise<
  [errors: string | true, passed: number, skipped: number, total: number]
>;
const uvu = globalThis as unknown as {
  UVU_DEFER: number;
  UVU_INDEX: number;
  UVU_QUEUE: [name: string | null, ...runs: Run[]][];
};
uvu.UVU_DEFER = 1; // before uvu is first imported: suites queue instead of starting at once
uvu.UVU_QUEUE = [];

const root = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);
const slow = args.includes("--slow");
const unknown = args.filter((arg) => arg.startsWith("-") && arg !== "--slow");
if (unknown.length > 0) {
  console.error(`Cannot run tests with ${unknown.join(" ")}: the only option is --slow`);
  process.exit(2);
}
const wanted = args.filter((arg) => !arg.startsWith("-"));
const ignored = new Set(["node_modules", "dist", "audit-out", "coverage"]);

/** Yields the paths of all files under `folder`, in an order that does not depend on the system. */
async function* walk(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith(".") || ignored.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else yield path;
  }
}

let passed = 0;
let failed = 0;
let skipped = 0;
const failures: string[] = [];
let finished = false;

process.on("exit", () => {
  if (finished) return;
  console.error("Exited before all tests had run: something called process.exit");
  process.exitCode = process.exitCode || 1;
});

/** Runs one suite with uvu's own progress output (dots and counts) held back. */
async function runQuietly(run: Run): ReturnType<Run> {
  const write = process.stdout.write;
  // deno-lint-ignore no-control-regex
  const colour = /\x1b\[\d+m/g;
  const progress = /^( .* |• |✘ | {2}\(\d+ \/ \d+\)\n)$/;
  process.stdout.write = function (this: unknown, ...args: Parameters<typeof write>): boolean {
    if (typeof args[0] === "string" && progress.test(args[0].replace(colour, ""))) return true;
    return write.apply(process.stdout, args);
  } as typeof write;
  try {
    return await run();
  } finally {
    process.stdout.write = write;
  }
}

/** Settles as `work` does, or rejects after the time that one file may take. */
async function inTime(work: Promise<void>): Promise<void> {
  const minutes = slow ? 30 : 3;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    const error = new Error(`A file must be done within ${minutes} minutes: a test never settled?`);
    timer = setTimeout(() => reject(error), minutes * 60_000);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Loads one test file, runs its suites and prints its line. */
async function runFile(path: string): Promise<void> {
  const name = relative(root, path).replaceAll(sep, "/");
  const started = performance.now();
  const problems: string[] = [];
  const count = { passed: 0, failed: 0, skipped: 0 };
  let reason = false;
  let broken = false;
  process.stdout.write(name); // before it runs, so that a file that hangs is known by name
  const log = console.log;
  console.log = (...values: unknown[]): void => {
    if (/\bskip/i.test(String(values[0]))) reason = true;
    if (!broken) log();
    broken = true;
    log(...values);
  };
  const group: [name: string | null, ...runs: Run[]] = [name];
  uvu.UVU_INDEX = uvu.UVU_QUEUE.push(group) - 1;
  try {
    await inTime((async () => {
      await import(pathToFileURL(path).href);
      if (group.length === 1) throw new Error("No suite was queued: is `test.run()` missing?");
      for (const run of group.slice(1) as Run[]) {
        const [errors, good, skips, total] = await runQuietly(run);
        count.passed += good;
        count.failed += total - good;
        count.skipped += skips;
        if (errors !== true) problems.push(errors);
        else if (good < total) problems.push("  A hook threw, or a test threw what is no Error\n");
      }
    })());
  } catch (error) {
    count.failed++;
    problems.push(
      `  Could not be run\n${error instanceof Error ? error.stack ?? error : error}\n`,
    );
  } finally {
    console.log = log;
  }
  if (count.skipped > 0 && !reason) {
    count.failed++;
    problems.push("  Skipped tests without a reason (or left `only` in): log `skip NAME: why`\n");
  }
  passed += count.passed;
  failed += count.failed;
  skipped += count.skipped;
  const parts = [
    broken ? name : "",
    count.failed > 0 ? "FAIL" : "ok",
    `${count.passed} passed` + (count.failed > 0 ? `, ${count.failed} failed` : "") +
    (count.skipped > 0 ? `, ${count.skipped} skipped` : ""),
    `${Math.round(performance.now() - started)} ms`,
  ];
  console.log(parts.join("  "));
  if (count.failed > 0) failures.push(name);
  if (problems.length > 0) console.log(`\n${problems.join("\n")}`);
}

for await (const path of walk(root)) {
  if (!path.endsWith(slow ? ".slow.test.ts" : ".test.ts")) continue;
  if (!slow && path.endsWith(".slow.test.ts")) continue;
  const name = relative(root, path).replaceAll(sep, "/");
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
  await runFile(path);
}

finished = true;
if (passed + failed === 0) console.log("No test was run");
if (failures.length > 0) console.log(`\nFailed files:\n  ${failures.join("\n  ")}\n`);
console.log(`${passed} passed, ${failed} failed` + (skipped > 0 ? `, ${skipped} skipped` : ""));
process.exit(failed > 0 || passed === 0 ? 1 : 0);
