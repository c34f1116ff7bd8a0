/**
 * Writes the constants of the elementary functions of `@fa/tensor`, or checks that the files in the
 * repository are what would be written.
 *
 *     deno run -A tools/elementary/generate.ts           writes packages/tensor/src/elementary/*.gen.ts
 *     deno run -A tools/elementary/generate.ts --check   exits with 1 if one of them differs
 */
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { generatedFiles } from "./tables.ts";

const folder = new URL("../../packages/tensor/src/elementary/", import.meta.url);
const check = process.argv.includes("--check");
for (const [name, text] of generatedFiles()) {
  const file = new URL(name, folder);
  if (!check) {
    await writeFile(file, text);
  } else if (await readFile(file, "utf8") !== text) {
    console.error(`${name} is stale: run tools/elementary/generate.ts`);
    process.exitCode = 1;
  }
}
