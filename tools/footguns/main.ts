/**
 * Writes docs/footguns.md from the programs of its pitfalls; `deno fmt docs/footguns.md` wraps it.
 *
 *     node --import tsx tools/footguns/main.ts
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { footgunsPage } from "./page.ts";

await writeFile(
  fileURLToPath(new URL("../../docs/footguns.md", import.meta.url)),
  await footgunsPage(),
);
