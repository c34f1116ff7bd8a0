import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { version } from "./version.ts";

const test = suite("version");

// Oracle: the manifests, which are what gets published.
test("is that of package.json and deno.json", () => {
  for (const name of ["package.json", "deno.json"]) {
    const manifest = JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), "utf8"));
    assert.is(version, manifest.version, name);
  }
});

test.run();
