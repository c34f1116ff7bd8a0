import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { prepareFolder, removeIfEmpty } from "./prepare_folder.ts";

const test = suite<{ folder: string }>("prepareFolder");

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), "fa-out-"));
});
test.after.each(({ folder }) => rm(folder, { recursive: true, force: true }));

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(() => "", (error) => error.message);
}

test("makes the folder and leaves nothing in it", async ({ folder }) => {
  const out = join(folder, "a", "b");
  await prepareFolder(out, "01234567");
  assert.equal(await readdir(out), []);
  await removeIfEmpty(out);
  assert.equal(await readdir(join(folder, "a")), []);
});

// Oracle: the file system: nothing can be made below a file.
test("says what to do where it cannot write", async ({ folder }) => {
  const file = join(folder, "file");
  await writeFile(file, "");
  const out = join(file, "out");
  const message = await messageOf(prepareFolder(out, "01234567"));
  assert.match(message, `Cannot write results to ${out}: `);
  assert.match(message, "Choose another folder with --out");
});

test("refuses a folder that holds another audit, takes one of the same", async ({ folder }) => {
  const path = join(folder, "audit.json");
  await writeFile(path, JSON.stringify({ configuration: { hash: "01234567" } }));
  await prepareFolder(folder, "01234567");
  assert.match(
    await messageOf(prepareFolder(folder, "89abcdef")),
    "another configuration (01234567 instead of 89abcdef)",
  );
  await writeFile(path, "{");
  assert.match(await messageOf(prepareFolder(folder, "89abcdef")), "(unknown instead of");
  await removeIfEmpty(folder);
  assert.equal(await readdir(folder), ["audit.json"]);
});

test.run();
