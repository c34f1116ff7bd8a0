// A file as a source of bytes. Oracle: readFile, and what was written.

import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSafetensors, normal, readSafetensors, Rng, SafetensorsError } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openFileSource } from "./open_file_source.ts";

const test = suite<{ folder: string }>("openFileSource");
test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), "fa-source-"));
});
test.after.each(({ folder }) => rm(folder, { recursive: true, force: true }));

test("gives any part of a file, and less only where the file ends", async ({ folder }) => {
  const path = join(folder, "bytes");
  const content = Uint8Array.from({ length: 300_000 }, (_, i) => i * i >> 3);
  await writeFile(path, content);
  const source = await openFileSource(path);
  assert.is(source.size, content.length);
  for (const [offset, length] of [[0, 300_000], [1, 1], [299_999, 1], [12_345, 70_000]] as const) {
    assert.equal(await source.read(offset, length), content.slice(offset, offset + length));
  }
  assert.is((await source.read(299_990, 20)).length, 10);
  await source.close();
});

test("a safetensors file is read tensor by tensor; one that is cut off meanwhile is an error", async ({ folder }) => {
  const path = join(folder, "model.safetensors");
  const [a, b] = [normal(Rng.fromSeed(1), [100]), normal(Rng.fromSeed(2), [50, 2])];
  await writeFile(path, await encodeSafetensors(new Map([["a", a], ["b", b]])));
  const source = await openFileSource(path);
  const file = await readSafetensors(source, { name: path });
  assert.equal((await file.tensor("b")).dataSync(), b.dataSync());
  await truncate(path, source.size - 1);
  assert.equal((await file.tensor("a")).dataSync(), a.dataSync());
  const error = await file.tensor("b").catch((error) => error);
  assert.instance(error, SafetensorsError);
  assert.match(error.message, `Cannot read ${path} as there must be 400 bytes`);
  await source.close();
});

test("a file that is not there is an error that names it", async ({ folder }) => {
  const path = join(folder, "none");
  const error = await openFileSource(path).catch((error) => error);
  assert.instance(error, Error);
  assert.match(error.message, `Cannot open ${path}: `);
});

test.run();
