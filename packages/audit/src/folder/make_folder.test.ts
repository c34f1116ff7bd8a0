import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeFolder } from "./make_folder.ts";

const test = suite<{ folder: string }>("makeFolder");

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), "fa-out-"));
});
test.after.each(({ folder }) => rm(folder, { recursive: true, force: true }));

test("makes the folder and leaves nothing in it", async ({ folder }) => {
  const out = join(folder, "a", "b");
  await makeFolder(out);
  await makeFolder(out);
  assert.equal(await readdir(out), []);
});

// Oracle: the file system: nothing can be made below a file.
test("says what to do where it cannot write", async ({ folder }) => {
  const file = join(folder, "file");
  await writeFile(file, "");
  const out = join(file, "out");
  const { message } = await makeFolder(out).catch((error) => error);
  assert.match(message, `Cannot write results to ${out}: `);
  assert.match(message, "Choose another folder with --out");
});

test.run();
