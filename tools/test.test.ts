// Tests of the test runner, on copies of it beside small suites. Oracle: what is wrong with them.

import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("..", import.meta.url));
const head = `import { suite } from "uvu"; const test = suite("s");\n`;

/** Arguments with which this runtime runs a TypeScript file. */
function runtimeArgs(): string[] {
  if ("deno" in process.versions) return ["run", "--cached-only", "--no-prompt", "-A"];
  return "bun" in process.versions ? [] : ["--import", "tsx"];
}

/** Runs the runner on these files: its exit code, its output and the last line of that. */
async function runSuites(files: Record<string, string>, ...args: string[]) {
  const folder = await mkdtemp(join(root, ".examples-")); // in here, where uvu is found
  try {
    await mkdir(join(folder, "tools"));
    await writeFile(join(folder, "package.json"), `{ "type": "module" }`);
    await copyFile(join(root, "tools/test.ts"), join(folder, "tools/test.ts"));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const runner = join(folder, "tools/test.ts");
    const { status, stdout } = spawnSync(process.execPath, [...runtimeArgs(), runner, ...args], {
      cwd: root,
      encoding: "utf8",
    });
    return { status, stdout, last: stdout.trimEnd().split("\n").at(-1) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const test = suite("test runner");

test("counts what passes, and what is skipped with a reason", async () => {
  const found = await runSuites({
    "a.test.ts": head + `test("a", () => {}); test("b", () => {}); test.run();`,
    "b.test.ts": head + `console.log("skip c: no data"); test.skip("c"); test("d", () => {});
      test.run();`,
    "c.slow.test.ts": head + `test("e", () => { throw new Error("slow"); }); test.run();`,
  });
  assert.is(found.last, "3 passed, 0 failed, 1 skipped");
  assert.is(found.status, 0);
});

test("counts everything that is wrong, and names the files", async () => {
  const found = await runSuites({
    "a.test.ts": head + `test("a", () => {}); test("b", () => { throw new Error("no"); });
      test.run();`,
    "b.test.ts": head + `test.before(() => { throw new Error("no"); }); test("c", () => {});
      test.run();`,
    "c.test.ts": head + `test("d", () => {});`,
    "d.test.ts": `import "./no_such_file.ts";`,
    "e.test.ts": head + `test.skip("e"); test.run();`,
    "f.test.ts": head + `test("f", () => {}); test.only("g", () => {}); test.run();`,
  });
  assert.is(found.last, "2 passed, 6 failed, 2 skipped");
  assert.is(found.status, 1);
  for (const name of "abcdef") assert.match(found.stdout, `  ${name}.test.ts\n`);
});

test("fails where no test is run", async () => {
  const found = await runSuites({ "a.test.ts": head + `test("a", () => {}); test.run();` }, "nix");
  assert.is(found.last, "0 passed, 0 failed");
  assert.is(found.status, 1);
});

test("fails where a test exits early", async () => {
  const text = `import process from "node:process"; test("a", () => process.exit(0)); test.run();`;
  const found = await runSuites({ "a.test.ts": head + text });
  assert.is.not(found.status, 0);
});

test("runs the slow files alone with --slow", async () => {
  const found = await runSuites({
    "a.test.ts": head + `test("a", () => {}); test("b", () => {}); test.run();`,
    "b.slow.test.ts": head + `test("c", () => {}); test.run();`,
  }, "--slow");
  assert.is(found.last, "1 passed, 0 failed");
  assert.is(found.status, 0);
});

test.run();
