// docs/footguns.md. Oracle: the programs that compute its values.

import { readFile } from "node:fs/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { footgunsPage } from "./page.ts";

const test = suite("docs/footguns.md");

/** Words only: the formatter may wrap lines, pad tables and code. */
function words(markdown: string): string[] {
  return markdown.replace(/^\|[ -|]*-[ -|]*$/gm, "|").split(/\s+/).filter((word) => word !== "");
}

test("has every value that the programs compute, and no other", async () => {
  const page = await readFile(new URL("../../docs/footguns.md", import.meta.url), "utf8");
  assert.equal(words(page), words(await footgunsPage()));
});

test.run();
