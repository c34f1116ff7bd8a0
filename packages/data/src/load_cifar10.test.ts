// Tests of loading CIFAR-10. Oracles: the synchronous reader, the published SHA-256, the real files
// where this machine has them ($FA_DATA, else ../shared/data beside the repository).

import { Rng } from "@fa/tensor";
import { access, readFile } from "node:fs/promises";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { _cifar10 } from "./cifar10.ts";
import { _loadCifar10, loadCifar10 } from "./load_cifar10.ts";
import { hashBatches, smallFiles } from "./_test_helpers.ts";

const test = suite("loadCifar10");
const records = 6;
const files = smallFiles(records, Rng.fromSeed(1));
const options = { rng: Rng.fromSeed(42), batch: 5, dtype: "float32" } as const;

test("loadCifar10 gives the bits of cifar10, and notes every file that is not official", async () => {
  const asked: string[] = [];
  const read = (name: string) => {
    asked.push(name);
    return Promise.resolve(files[name]!);
  };
  const loaded = await _loadCifar10({ split: "standard", read, limit: 14 }, records);
  const direct = _cifar10({ split: "standard", files, limit: 14 }, records);
  assert.is(
    hashBatches(loaded.trainEpoch(0, options)),
    hashBatches(direct.trainEpoch(0, options)),
  );
  const needed = ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "test_batch.bin"];
  assert.equal(asked, needed, "reads only what the limit needs");
  assert.is(loaded.verified, false);
  assert.is(loaded.notes.length, 4);
  loaded.notes.forEach((note, i) => assert.match(note, `${needed[i]} is not the official file`));
});

test("loadCifar10 takes a file in shared memory", async () => {
  if (typeof SharedArrayBuffer === "undefined") return;
  const read = (name: string) => {
    const shared = new Uint8Array(new SharedArrayBuffer(files[name]!.length));
    shared.set(files[name]!);
    return Promise.resolve(shared);
  };
  const loaded = await _loadCifar10({ split: "holdout", read }, records);
  assert.is(loaded.trainSize, 24);
});

test("loadCifar10 explains a file that cannot be read", async () => {
  const cause = new Error("no such file");
  const read = (name: string) =>
    name === "data_batch_2.bin" ? Promise.reject(cause) : Promise.resolve(files[name]!);
  try {
    await _loadCifar10({ split: "holdout", read }, records);
    assert.unreachable();
  } catch (error) {
    const { message } = error as Error;
    assert.is((error as Error).cause, cause);
    assert.match(message, "data_batch_2.bin could not be read: no such file");
    assert.match(message, "data_batch_1.bin, data_batch_2.bin, data_batch_3.bin, data_batch_4.bin");
    assert.match(message, "www.cs.toronto.edu/~kriz/cifar.html");
  }
});

const folder = process.env.FA_DATA === undefined
  ? new URL("../../../../shared/data/cifar-10-batches-bin/", import.meta.url)
  : new URL("cifar-10-batches-bin/", pathToFileURL(`${process.env.FA_DATA}/`));
const present = await access(new URL("data_batch_1.bin", folder)).then(() => true, () => false);

if (present) {
  test("loadCifar10 verifies the real files (published SHA-256, counts, channel statistics)", async () => {
    const read = async (name: string) => new Uint8Array(await readFile(new URL(name, folder)));
    const dataset = await loadCifar10({ split: "holdout", read });
    assert.equal(dataset.notes, []);
    assert.is(dataset.verified, true);
    assert.equal([dataset.trainSize, dataset.testSize], [40_000, 10_000]);

    // Published: 5,000 images of each class in batches 1–5 together.
    const { images, labels } = dataset.toTransferable();
    const counts = new Array<number>(10).fill(0);
    for (const label of labels) counts[label]!++;
    assert.equal(counts, new Array(10).fill(5_000));

    // Published: channel means .49140/.48216/.44653 over the same 50,000 images.
    const sums = [0, 0, 0];
    for (let at = 0; at < images.length; at++) sums[(at >> 10) % 3]! += images[at]!;
    const means = sums.map((sum) => (sum / 255 / 50_000 / 1024).toFixed(5));
    assert.equal(means, ["0.49140", "0.48216", "0.44653"]);
  });
} else {
  console.log(`skip loadCifar10 with the real files: none under ${folder.pathname}`);
  test.skip("loadCifar10 verifies the real files", () => {});
}

test.run();
