// Tests of checkImports on small trees in a temporary folder. Oracle: the table of the architecture.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkImports } from "./check_imports.ts";

/** The problems of a tree of these files; paths are below packages/. */
async function problemsOf(files: Record<string, string>): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), "fa-imports-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      const file = join(root, "packages", path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    return await checkImports(root);
  } finally {
    await rm(root, { recursive: true });
  }
}

const clean = {
  "tensor/src/mod.ts": `export { a } from "./a.ts";`,
  "tensor/src/a.ts": `// Math.exp in a comment, "Math.exp" in a string
    export const a = Math.sqrt(2) + 2 ** -53 + Number(2n ** 3n);`,
  "models/src/mod.ts": `import { a } from "@fa/tensor"; export const b = a;`,
  "protocol/src/mod.ts": `export const d = 1;`,
  "protocol/src/pitfalls/mod.ts": `export const e = 2;`,
  "audit/src/e.ts": `export { e } from "@fa/protocol/pitfalls"; export { d } from "@fa/protocol";`,
  "audit/src/mod.ts": `import process from "node:process"; import { b } from "@fa/models";
    import { Command } from "commander"; export const c = [process, b, Command, Math.exp(1)];`,
};

const test = suite("checkImports");

test("finds nothing in a tree that keeps the law", async () => {
  assert.equal(await problemsOf(clean), []);
});

/** Each case: what it shows, the files beside the clean ones, and the one problem expected. */
const cases: readonly (readonly [string, Record<string, string>, string])[] = [
  [
    "an import against an arrow, with its line",
    { "data/src/mod.ts": `// first line\nimport { b } from "@fa/models";` },
    `packages/data/src/mod.ts:2 imports @fa/models; data may import tensor`,
  ],
  [
    "an import of a type against an arrow",
    { "tensor/src/b.ts": `export type B = import("@fa/models").B;` },
    `packages/tensor/src/b.ts:1 imports @fa/models; tensor may import no package`,
  ],
  [
    "a test that imports against an arrow",
    { "tensor/src/b.test.ts": `await import("@fa/models");` },
    `packages/tensor/src/b.test.ts:1 imports @fa/models; tensor may import no package`,
  ],
  [
    "a relative import that leaves its package",
    { "models/src/b.ts": `export * from "../../tensor/src/a.ts";` },
    `packages/models/src/b.ts:1 imports ../../tensor/src/a.ts, which is outside of packages/models/src; write @fa/…`,
  ],
  [
    "an import of another package's inside",
    { "models/src/b.ts": `import "@fa/tensor/src/a.ts";` },
    `packages/models/src/b.ts:1 imports @fa/tensor/src/a.ts; write @fa/tensor`,
  ],
  [
    "an import of its own package by name",
    { "models/src/b.ts": `import "@fa/models";` },
    `packages/models/src/b.ts:1 imports its own package as @fa/models; write a relative path`,
  ],
  [
    "a file that does not exist",
    { "models/src/b.ts": `import "./c.ts";` },
    `packages/models/src/b.ts:1 imports ./c.ts, which does not exist`,
  ],
  [
    "a dependency that the package may not have",
    { "models/src/b.ts": `import { erf } from "mathjs";` },
    `packages/models/src/b.ts:1 imports mathjs; models may not depend on mathjs here`,
  ],
  [
    "a cycle, once, from its first file",
    {
      "data/src/q.ts": `import "./p.ts";`,
      "data/src/p.ts": `import "./r.ts";`,
      "data/src/r.ts": `import { type Q } from "./q.ts";`,
    },
    "packages/data/src/p.ts:1 imports itself: packages/data/src/p.ts -> packages/data/src/r.ts -> " +
    "packages/data/src/q.ts -> packages/data/src/p.ts",
  ],
  [
    "a library that uses a test's helper",
    { "data/src/p.ts": `import "./_test_p.ts";`, "data/src/_test_p.ts": "" },
    "packages/data/src/p.ts:1 imports ./_test_p.ts, which is there for tests only",
  ],
  [
    "a module of a runtime",
    { "data/src/p.ts": `import { readFile } from "node:fs";` },
    "packages/data/src/p.ts:1 imports node:fs; only audit and tests may use a runtime",
  ],
  [
    "a global of a runtime",
    { "data/src/p.ts": `export const p = Deno.cwd;` },
    "packages/data/src/p.ts:1 uses Deno, which is the affair of the caller",
  ],
  [
    "a clock through globalThis",
    { "data/src/p.ts": `export const p = globalThis.Date;` },
    "packages/data/src/p.ts:1 uses globalThis.Date, which is the affair of the caller",
  ],
  [
    "a function that depends on the engine",
    { "data/src/p.ts": `export const p = Math.exp(1);` },
    "packages/data/src/p.ts:1 uses Math.exp, whose bits depend on the engine; " +
    "use the functions of @fa/tensor",
  ],
  [
    "global randomness",
    { "data/src/p.ts": `export const p = Math.random();` },
    "packages/data/src/p.ts:1 uses Math.random, whose bits depend on the engine; take an Rng",
  ],
  [
    "Math under another name",
    { "data/src/p.ts": `export const { exp } = Math;` },
    "packages/data/src/p.ts:1 passes Math on; name its member where it is used",
  ],
  [
    "a power",
    { "data/src/p.ts": `export const p = (x: number): number => x ** 2;` },
    "packages/data/src/p.ts:1 uses **, whose bits depend on the engine; " +
    "multiply, or write a power of 2",
  ],
];
for (const [name, files, problem] of cases) {
  test(`finds ${name}`, async () => {
    assert.equal(await problemsOf({ ...clean, ...files }), [problem]);
  });
}

test("lets tests use a runtime, Math and uvu", async () => {
  const files = {
    "data/src/p.test.ts": `import "node:fs"; import "uvu/assert"; export const p = Math.exp(1);`,
    "data/src/testing/p.ts": `export const p = Date.now();`,
  };
  assert.equal(await problemsOf({ ...clean, ...files }), []);
});

test("takes no cycle from types, and no global from a name of the file's own", async () => {
  const files = {
    "data/src/p.ts": `import type { Q } from "./q.ts"; export const process = (q: Q) => q;
      export const o = { document: 1 }; export const d = o.document; process(d);`,
    "data/src/q.ts": `import "./p.ts"; export type Q = number;`,
  };
  assert.equal(await problemsOf({ ...clean, ...files }), []);
});

test.run();
