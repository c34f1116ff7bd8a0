// The list of mistakes. Oracle: the sources, in which each must have exactly one place.
import { existsSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { mutations } from "./mutations.ts";

const test = suite("mutations");
const root = new URL("../../", import.meta.url);

test("each changes one line, which occurs once, and names a test file that is there", () => {
  for (const { name, file, from, to, test } of mutations) {
    const text = readFileSync(new URL(file, root), "utf8");
    assert.is(text.split(from).length - 1, 1, `${name}: ${from} in ${file}`);
    assert.ok(from !== to && !`${from}${to}`.includes("\n"), name);
    assert.ok(existsSync(new URL(test, root)), `${name}: ${test}`);
  }
  assert.is(new Set(mutations.map(({ name }) => name)).size, mutations.length);
});

test.run();
