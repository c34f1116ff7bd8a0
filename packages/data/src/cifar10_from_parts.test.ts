// Tests of CIFAR-10's batches. Oracles: the slow definition of an augmented image, moments within
// 5 sigma, metamorphic properties (batch size, dtype, message round trip).

import { Rng } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { _cifar10 } from "./cifar10.ts";
import type { Cifar10Parts } from "./cifar10_dataset.ts";
import { cifar10FromParts } from "./cifar10_from_parts.ts";
import { collect, difference, hashBatches, smallFiles } from "./_test_helpers.ts";

const test = suite("cifar10FromParts");
const rng = Rng.fromSeed(42, "data-test");
const dataset = _cifar10({ files: smallFiles(20, Rng.fromSeed(2)), split: "holdout" }, 20);
const f64 = { rng, batch: 10, dtype: "float64" } as const;

/** 50 images that are constant: image n has pixel value 5·n, so its number can be read off. */
function numbered(): Cifar10Parts {
  const images = new Uint8Array(50 * 3072).map((_, i) => 5 * Math.floor(i / 3072));
  const labels = new Uint8Array(50).map((_, n) => n % 10);
  const sizes = { trainSize: 40, testSize: 10 };
  return {
    split: "standard",
    images,
    labels,
    ...sizes,
    permutedLabels: false,
    verified: false,
    notes: [],
  };
}

test("cifar10 epoch shows every image once, with its own label, in a new order each epoch", () => {
  const orders = [0, 1].map((epoch) => {
    const { x, y } = collect(cifar10FromParts(numbered()).trainEpoch(epoch, f64));
    // The crop always covers the middle of the image: undo the normalisation there.
    const numbers = x.map((image) =>
      Math.round((image[16 * 32 + 16]! * 0.2470 + 0.4914) * 255 / 5)
    );
    assert.equal(numbers.toSorted((a, b) => a - b), Array.from({ length: 40 }, (_, n) => n));
    assert.equal(y, numbers.map((n) => n % 10));
    return numbers.join();
  });
  assert.is.not(orders[0], orders[1]);
});

test("cifar10 epoch pads with pixel value 0 before normalisation", () => {
  const { x } = collect(cifar10FromParts(numbered()).trainEpoch(0, f64));
  const black = (0 - 0.4914) / 0.2470;
  for (const image of x) {
    // Constant images: every red value is the image's own or that of a black pixel.
    const own = image[16 * 32 + 16]!;
    assert.ok(image.slice(0, 1024).every((value) => value === own || value === black));
  }
  const corners = x.filter((image) => image[16 * 32 + 16]! > black && image[0] === black).length;
  assert.ok(corners > 0, "some crop reaches into the padding");
});

test("cifar10 epoch drops the last partial batch and gives the dtype and shape asked for", () => {
  const batches = [...dataset.trainEpoch(0, { rng, batch: 33, dtype: "float32" })];
  assert.equal(batches.map(({ x, y }) => [x.shape, x.dtype, y.length]), [
    [[33, 3072], "float32", 33],
    [[33, 3072], "float32", 33],
  ]);
});

test("cifar10 images do not depend on the batch size, and float32 is float64 rounded", () => {
  const wide = collect(dataset.trainEpoch(5, f64));
  assert.is(difference(collect(dataset.trainEpoch(5, { ...f64, batch: 20 })), wide), "");
  const narrow = collect(dataset.trainEpoch(5, { ...f64, dtype: "float32" }));
  const rounded = { x: wide.x.map((image) => image.map(Math.fround)), y: wide.y };
  assert.is(difference(narrow, rounded), "");
});

test("cifar10 epochs repeat bit for bit and leave the stream alone", () => {
  const before = rng.state();
  const epoch = dataset.trainEpoch(0, f64);
  const hash = hashBatches(epoch);
  assert.is(hashBatches(epoch), hash, "walked twice");
  assert.is(
    hashBatches(dataset.trainEpoch(0, { ...f64, rng: Rng.fromSeed(42, "data-test") })),
    hash,
  );
  assert.is.not(
    hashBatches(dataset.trainEpoch(0, { ...f64, rng: Rng.fromSeed(43, "data-test") })),
    hash,
  );
  assert.equal(rng.state(), before);
});

test("cifar10 gives the same bits in every runtime (pinned hash; a characterisation)", () => {
  assert.is(hashBatches(dataset.trainEpoch(0, f64)), "a732b9bb");
});

test("cifar10 parts survive structuredClone, without a copy where memory is shared", () => {
  const parts = dataset.toTransferable();
  const received = structuredClone(parts);
  const rebuilt = cifar10FromParts(received);
  assert.is(hashBatches(rebuilt.trainEpoch(0, f64)), hashBatches(dataset.trainEpoch(0, f64)));
  assert.is(rebuilt.name, dataset.name);
  assert.is(rebuilt.toTransferable().images, received.images, "rebuilt in place");
  if (typeof SharedArrayBuffer === "undefined") return;
  assert.instance(parts.images.buffer, SharedArrayBuffer);
  parts.images[7]! ^= 255;
  assert.is(received.images[7], parts.images[7], "one memory");
  parts.images[7]! ^= 255;
});

test("cifar10FromParts rejects parts that do not fit together", () => {
  const parts = numbered();
  const labels = parts.labels.slice();
  labels[12] = 77;
  assert.throws(() => cifar10FromParts({ ...parts, labels }), /image 12 has 77/);
  assert.throws(() => cifar10FromParts({ ...parts, trainSize: 41 }), /50 labels, 153600 bytes/);
  assert.throws(() => cifar10FromParts({ ...parts, images: new Uint8Array(3) }), RangeError);
});

test("cifar10 rejects a batch larger than the train set", () => {
  assert.throws(
    () => dataset.trainEpoch(0, { ...f64, batch: 81 }),
    /batch of 81 images as the train set has fewer: 80/,
  );
});

test.run();
