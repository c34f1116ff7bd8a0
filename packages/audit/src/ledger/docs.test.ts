// Oracle: the list of claims: what a page quotes of a row must stand in it.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { published } from "./published.ts";

const test = suite("rows that pages quote");
const docs = fileURLToPath(new URL("../../../../docs/", import.meta.url));

test("a quoted number stands in its row", async () => {
  let quoted = 0;
  for (const name of (await readdir(docs)).filter((name) => name.endsWith(".md"))) {
    const text = (await readFile(join(docs, name), "utf8")).replace(/\s+/g, " ");
    for (const [, row, printed] of text.matchAll(/\brow (\d+): ([^,;)]+?)(?=[,;)])/g)) {
      const claim = published[Number(row) - 1];
      const there = [claim?.v1, claim?.v2].some((cell) => cell?.includes(printed!.trim()));
      assert.ok(there, `${name} quotes row ${row} with ${printed}`);
      quoted++;
    }
  }
  assert.ok(quoted > 25, `only ${quoted} quotations were found`);
});

test.run();
