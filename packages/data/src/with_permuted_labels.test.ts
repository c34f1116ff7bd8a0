// Tests of the permuted-labels control. Oracles: the permutation's invariants (histogram, order of
// the images), chance agreement within 5 sigma.

import { Rng } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { _cifar10 } from "./cifar10.ts";
import type { Dataset } from "./dataset.ts";
import { cifar10FromParts } from "./cifar10_from_parts.ts";
import { collect, difference, hashBatches, smallFiles } from "./_test_helpers.ts";
import { synthetic } from "./synthetic.ts";
import { withPermutedLabels } from "./with_permuted_labels.ts";

const test = suite("withPermutedLabels");
const rng = Rng.fromSeed(42, "data-test");
const options = { rng, batch: 50, dtype: "float32" } as const;
const files = smallFiles(250, Rng.fromSeed(2));
const cifar = _cifar10({ files, split: "holdout" }, 250);
const fresh = synthetic({ trainSize: 1000, testSize: 100, size: 6 });

function histogram(labels: readonly number[]): number[] {
  return Array.from({ length: 10 }, (_, k) => labels.filter((label) => label === k).length);
}

for (const dataset of [cifar, fresh]) {
  const control = withPermutedLabels(dataset, Rng.fromSeed(9));
  const plain = collect(dataset.trainEpoch(0, options));
  const permuted = collect(control.trainEpoch(0, options));

  test(`withPermutedLabels keeps images and label histogram of ${dataset.name}`, () => {
    assert.is(control.name, `${dataset.name}+permuted-labels`);
    assert.match(control.description, "train labels permuted");
    assert.is(difference({ x: permuted.x, y: plain.y }, plain), "");
    assert.equal(histogram(permuted.y), histogram(plain.y));
  });

  test(`withPermutedLabels agrees with true labels of ${dataset.name} only by chance`, () => {
    const agreeing = permuted.y.filter((label, n) => label === plain.y[n]).length;
    assert.ok(Math.abs(agreeing - 100) < 5 * Math.sqrt(1000 * 0.1 * 0.9), `${agreeing} of 1000`);
  });

  test(`withPermutedLabels leaves the test set of ${dataset.name} true`, () => {
    const testOptions = { batch: 30, dtype: "float32" } as const;
    assert.is(
      hashBatches(control.testBatches(testOptions)),
      hashBatches(dataset.testBatches(testOptions)),
    );
  });

  test(`withPermutedLabels of ${dataset.name} repeats bit for bit and follows its own seed`, () => {
    const hash = hashBatches(control.trainEpoch(0, options));
    const again = withPermutedLabels(dataset, Rng.fromSeed(9));
    const other = withPermutedLabels(dataset, Rng.fromSeed(10));
    assert.is(hashBatches(again.trainEpoch(0, options)), hash);
    assert.is.not(hashBatches(other.trainEpoch(0, options)), hash);
  });

  test(`withPermutedLabels refuses ${control.name}`, () => {
    assert.throws(() => withPermutedLabels(control, rng), /they are permuted already/);
  });
}

test("withPermutedLabels of fresh images draws another order for each batch and epoch", () => {
  // Labels 0, 1, …, 49 in every batch: the permuted labels are the order itself.
  const labelled: Dataset = {
    ...fresh,
    *trainEpoch(epoch, given) {
      for (const { x } of fresh.trainEpoch(epoch, given)) {
        yield { x, y: Uint8Array.from({ length: 50 }, (_, n) => n) };
      }
    },
  };
  const control = withPermutedLabels(labelled, Rng.fromSeed(9));
  const orders = [0, 1].flatMap((epoch) =>
    Array.from(control.trainEpoch(epoch, options), ({ y }) => y)
  );
  assert.is(orders.length, 40);
  assert.is(new Set(orders.map((order) => order.join())).size, 40);
  for (const order of orders) assert.ok(order.every((label, n) => label !== n), "no fixed point");
});

test("withPermutedLabels gives a CIFAR-10 image the same label of another in every epoch", () => {
  // Constant images: the pixel in the middle, which every crop shows, tells which image it is.
  const plain = cifar10FromParts({
    split: "standard",
    images: new Uint8Array(51 * 3072).map((_, i) => 5 * Math.floor(i / 3072)),
    labels: new Uint8Array(51).map((_, n) => n % 10),
    trainSize: 50,
    testSize: 1,
    permutedLabels: false,
    verified: false,
    notes: [],
  });
  const labelsByImage = (dataset: Dataset, epoch: number) => {
    const { x, y } = collect(dataset.trainEpoch(epoch, options));
    return y.map((label, n) => [x[n]![16 * 32 + 16]!, label] as const).sort(([a], [b]) => a - b)
      .map(([, label]) => label);
  };
  const control = withPermutedLabels(plain, Rng.fromSeed(9));
  const first = labelsByImage(control, 0);
  assert.equal(labelsByImage(control, 1), first);
  assert.is.not(first.join(), labelsByImage(plain, 0).join());
});

test("withPermutedLabels parts keep the permutation when posted to a worker", () => {
  const control = withPermutedLabels(cifar, Rng.fromSeed(9)) as typeof cifar;
  const rebuilt = cifar10FromParts(structuredClone(control.toTransferable()));
  assert.is(rebuilt.name, control.name);
  assert.is(
    hashBatches(rebuilt.trainEpoch(0, options)),
    hashBatches(control.trainEpoch(0, options)),
  );
});

test("withPermutedLabels refuses batches of 1 where labels move within a batch", () => {
  const control = withPermutedLabels(fresh, rng);
  assert.throws(() => control.trainEpoch(0, { ...options, batch: 1 }), /at least 2 images: 1/);
});

test.run();
