// Random targets. Oracles: properties (images untouched, labels uniform and independent of the images).
import { Rng } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { synthetic } from "./synthetic.ts";
import { withPermutedLabels } from "./with_permuted_labels.ts";
import { withRandomLabels } from "./with_random_labels.ts";

const plain = synthetic({ trainSize: 1280, testSize: 128 });
const options = { rng: Rng.fromSeed(42), batch: 128, dtype: "float32" } as const;
const test = suite("withRandomLabels");

test("leaves the images as they are, and the test labels", () => {
  const random = withRandomLabels(plain, Rng.fromSeed(1));
  const [a] = plain.trainEpoch(0, options);
  const [b] = random.trainEpoch(0, options);
  assert.equal(a!.x.dataSync(), b!.x.dataSync());
  const [c] = plain.testBatches(options);
  const [d] = random.testBatches(options);
  assert.equal([...c!.y], [...d!.y]);
});

test("draws labels that are uniform, and right as often as chance", () => {
  const random = withRandomLabels(plain, Rng.fromSeed(1));
  const counts = new Array<number>(10).fill(0);
  let right = 0, all = 0;
  for (let epoch = 0; epoch < 8; epoch++) {
    const truth = [...plain.trainEpoch(epoch, options)];
    let i = 0;
    for (const { y } of random.trainEpoch(epoch, options)) {
      y.forEach((label, b) => {
        counts[label]!++;
        if (label === truth[i]!.y[b]) right++;
        all++;
      });
      i++;
    }
  }
  const error = Math.sqrt(all * 0.1 * 0.9);
  // Eleven numbers are judged: 4 standard errors, so that a fair draw fails once in 1,400 seeds.
  for (const n of [...counts, right]) assert.ok(Math.abs(n - all / 10) < 4 * error, `${n}`);
});

test("refuses labels that were changed already", () => {
  const permuted = withPermutedLabels(plain, Rng.fromSeed(1));
  assert.throws(() => withRandomLabels(permuted, Rng.fromSeed(1)), /changed already/);
});

test.run();
