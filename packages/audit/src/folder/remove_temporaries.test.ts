import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { temporaryFor } from "./_temporary.ts";
import { removeTemporaries } from "./remove_temporaries.ts";

const test = suite("removeTemporaries");

// Oracle: specification: our own half-written files go, everything else stays.
test("removes what we have left half-written, and nothing else", async () => {
  const out = await mkdtemp(join(tmpdir(), "fa-temporaries-"));
  try {
    const run = join(out, "runs", "bp-42");
    await mkdir(run, { recursive: true });
    const stay = [".lock-1", "audit.json", ".notes.tmp", ".a.0123abcg.tmp", "b.0123abcd.tmp"];
    for (const name of stay) await writeFile(join(out, name), "");
    for (const path of [join(out, "audit.md"), join(run, "evidence.json")]) {
      await writeFile(path, "");
      for (let i = 0; i < 3; i++) await writeFile(temporaryFor(path), "");
    }
    await writeFile(join(out, "runs", "file"), "");
    await removeTemporaries(out);
    assert.equal((await readdir(out)).sort(), [...stay, "audit.md", "runs"].sort());
    assert.equal(await readdir(run), ["evidence.json"]);
    await removeTemporaries(join(out, "missing"));
  } finally {
    await rm(out, { recursive: true, force: true });
  }
});

test.run();
