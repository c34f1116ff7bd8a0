// Tests of reading CIFAR-10. Oracle: hand-made files of a few records, the format's definition.

import { Rng } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { _normalizationTable } from "./cifar10_normalization.ts";
import { _cifar10, cifar10 } from "./cifar10.ts";
import { collect, difference, smallFiles } from "./_test_helpers.ts";

const test = suite("cifar10");
const records = 6;
const files = smallFiles(records, Rng.fromSeed(1));
const f64 = { batch: 4, dtype: "float64" } as const;

/** What the test set must be: label and normalised pixels of the first records of one file. */
function expectedTest(bytes: Uint8Array, count: number): { x: number[][]; y: number[] } {
  const table = _normalizationTable("float64");
  const starts = Array.from({ length: count }, (_, record) => record * 3073);
  return {
    x: starts.map((at) =>
      Array.from(bytes.slice(at + 1, at + 3073), (v, p) => table[256 * Math.floor(p / 1024) + v]!)
    ),
    y: starts.map((at) => bytes[at]!),
  };
}

test("cifar10 standard trains on batches 1–5 and tests on test_batch, in file order", () => {
  const dataset = _cifar10({ files, split: "standard" }, records);
  assert.equal([dataset.name, dataset.trainSize, dataset.testSize], ["cifar10", 30, 6]);
  assert.is(
    difference(collect(dataset.testBatches(f64)), expectedTest(files["test_batch.bin"]!, 6)),
    "",
  );
  const { labels } = dataset.toTransferable();
  for (let image = 0; image < 30; image++) {
    const file = files[`data_batch_${Math.floor(image / 6) + 1}.bin`]!;
    assert.is(labels[image], file[(image % 6) * 3073]);
  }
});

test("cifar10 holdout trains on batches 1–4 and tests on batch 5, without test_batch", () => {
  const { "test_batch.bin": _, ...given } = files;
  const dataset = _cifar10({ files: given, split: "holdout" }, records);
  assert.equal([dataset.name, dataset.trainSize, dataset.testSize], ["cifar10-holdout", 24, 6]);
  assert.match(dataset.description, "not the official test set");
  assert.is(
    difference(collect(dataset.testBatches(f64)), expectedTest(files["data_batch_5.bin"]!, 6)),
    "",
  );
});

test("cifar10 limit takes the first images and needs only their files", () => {
  const given = {
    "data_batch_1.bin": files["data_batch_1.bin"]!,
    "data_batch_5.bin": files["data_batch_5.bin"]!,
  };
  const dataset = _cifar10({ files: given, split: "holdout", limit: 4 }, records);
  assert.equal([dataset.trainSize, dataset.testSize], [4, 4]);
  assert.is(
    difference(collect(dataset.testBatches(f64)), expectedTest(files["data_batch_5.bin"]!, 4)),
    "",
  );
  const longer = _cifar10({ files, split: "holdout", limit: 20 }, records);
  assert.equal([longer.trainSize, longer.testSize], [20, 6]);
  for (const limit of [0, 2.5, 25, NaN]) {
    assert.throws(() => _cifar10({ files, split: "holdout", limit }, records), /Cannot load/);
  }
});

test("cifar10 says that it did not verify the files", () => {
  const { verified, notes } = _cifar10({ files, split: "standard" }, records);
  assert.is(verified, false);
  assert.match(notes[0]!, "not compared with their official SHA-256");
});

test("cifar10 rejects a file of the wrong size: name, sizes, last whole record", () => {
  const one = (bytes: Uint8Array) => () =>
    cifar10({
      files: { "data_batch_1.bin": bytes, "data_batch_5.bin": bytes },
      split: "holdout",
      limit: 1,
    });
  const cases: [number, string][] = [
    [30_729_999, "found 30729999, the last whole record ends at byte 30726927 (9999 records)"],
    [30_730_001, "found 30730001, the last whole record ends at byte 30730000 (10000 records)"],
    [3_073_000, "found 3073000, the last whole record ends at byte 3073000 (1000 records)"],
    [0, "found 0, the last whole record ends at byte 0 (0 records)"],
  ];
  for (const [size, message] of cases) {
    assert.throws(
      one(new Uint8Array(size)),
      (error: Error) =>
        error instanceof RangeError && error.message.includes("Cannot read data_batch_1.bin") &&
        error.message.includes("exactly 30730000 bytes") && error.message.includes(message),
    );
  }
});

test("cifar10 rejects a label above 9, also beyond the limit: name, record, offset, value", () => {
  const broken = { ...files, "data_batch_2.bin": files["data_batch_2.bin"]!.slice() };
  broken["data_batch_2.bin"]![4 * 3073] = 10;
  assert.throws(
    () => _cifar10({ files: broken, split: "holdout", limit: 7 }, records),
    (error: Error) =>
      error instanceof RangeError && error.message.includes("data_batch_2.bin") &&
      error.message.includes("record 4 (from 0) at byte offset 12292 has label 10"),
  );
});

test("cifar10 names all missing files", () => {
  assert.throws(
    () => cifar10({ files: {}, split: "holdout", limit: 10_001 }),
    /missing: data_batch_1.bin, data_batch_2.bin, data_batch_5.bin$/,
  );
});

test("cifar10 rejects an unknown split", () => {
  const split = "test" as "standard";
  assert.throws(() => _cifar10({ files, split }, records), /"standard" or "holdout": test/);
});

test.run();
