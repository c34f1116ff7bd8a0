import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { writeAtomic } from "./write_atomic.ts";

const test = suite<{ folder: string }>("writeAtomic");

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), "fa-atomic-"));
});
test.after.each(({ folder }) => rm(folder, { recursive: true, force: true }));

test("writes the whole text, makes folders, leaves nothing beside it", async ({ folder }) => {
  const path = join(folder, "runs", "dfa-42", "evidence.json");
  const text = "‖h_L‖ ".repeat(100_000);
  await writeAtomic(path, text);
  assert.is(await readFile(path, "utf8"), text);
  assert.equal(await readdir(join(folder, "runs", "dfa-42")), ["evidence.json"]);
});

test("replaces what was there", async ({ folder }) => {
  const path = join(folder, "audit.json");
  await writeFile(path, "a longer text than the new one");
  await writeAtomic(path, "new");
  assert.is(await readFile(path, "utf8"), "new");
});

// Oracle: definition of a rename that fails: the target is a folder, so nothing may change.
test("leaves everything as it was where it fails", async ({ folder }) => {
  const path = join(folder, "audit.json");
  await mkdir(join(path, "inside"), { recursive: true });
  let message = "";
  await writeAtomic(path, "new").catch((error) => message = error.message);
  assert.ok(message.startsWith(`Cannot write ${path}: `), message);
  assert.equal(await readdir(folder), ["audit.json"]);
});

// Oracle: specification: a reader sees the old or the new content, never a part of it.
test("never shows half a file", async ({ folder }) => {
  const path = join(folder, "audit.json");
  const texts = ["a", "b"].map((letter) => letter.repeat(1_000_000));
  await writeAtomic(path, texts[0]!);
  let writing = true;
  const writes = (async () => {
    for (let i = 0; i < 20; i++) await writeAtomic(path, texts[i % 2]!);
    writing = false;
  })();
  while (writing) assert.ok(texts.includes(await readFile(path, "utf8")));
  await writes;
});

test.run();
