// A run end to end. Oracles: published values at initialisation (on real images, where they are at
// hand), and properties: determinism, paired seeds, frozen blocks that stay frozen.
import { cifar10FromParts, loadCifar10, synthetic } from "@fa/data";
import { firstFire, isMeasured, parseEvidence, type RunEvidence } from "@fa/protocol";
import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { executeRun, type ExecuteRunOptions } from "./execute_run.ts";
import type { Progress, RunSpec } from "./run_spec.ts";

const spec: RunSpec = {
  id: "dfa-42",
  method: "dfa",
  role: "method",
  seed: 42,
  rule: {},
  trainedBlocks: 3,
  lambda: 0,
  labels: "true",
  dtype: "float32",
  backend: "wasm",
  width: 8,
  depth: 3,
  terminalLayerNorm: true,
  residual: true,
  batch: 64,
  epochs: 2,
  stopAfter: 2,
  learningRate: 1e-3,
  evaluation: { batches: 10, batch: 128 },
  probes: "none",
};
const dataset = synthetic({ trainSize: 256, testSize: 1280 });

const test = suite("executeRun");

test("gives the same record twice, one that can be read back", async () => {
  const progress: Progress[] = [];
  const once = await executeRun(spec, dataset, { onProgress: (p) => progress.push(p) });
  const twice = await executeRun(spec, synthetic({ trainSize: 256, testSize: 1280 }));
  assert.is(JSON.stringify(once), JSON.stringify(twice));
  parseEvidence(JSON.parse(JSON.stringify(once)), "evidence.json");
  assert.equal(once.epochs.map((e) => e.epoch), [1, 2]);
  assert.is(progress.at(-1)!.epoch, 2);
});

test("methods of one seed share initial weights, other seeds do not", async () => {
  const norms = async (change: Partial<RunSpec>) =>
    (await executeRun({ ...spec, epochs: 1, stopAfter: 1, ...change }, dataset)).initial.hiddenNorms
      .join();
  const dfa = await norms({});
  assert.is(await norms({ method: "bp" }), dfa);
  assert.is(await norms({ trainedBlocks: 0, role: "baseline" }), dfa);
  assert.is.not(await norms({ seed: 123 }), dfa);
});

test("frozen blocks do not move by a bit, trained ones do", async () => {
  const growth = async (trainedBlocks: number): Promise<number[]> => {
    const { epochs } = await executeRun({ ...spec, trainedBlocks }, dataset);
    return epochs.at(-1)!.parameterGrowth.flatMap((block) => Object.values(block) as number[]);
  };
  assert.equal(await growth(0), [1, 1, 1, 1, 1, 1]);
  assert.not((await growth(3)).includes(1));
});

// Oracle: AdamW's first step has length lr: with 1e30 the next forward pass overflows float32.
// Oracle: §4: samples without a prediction say nothing of the worth of depth, at any epoch.
test("an epoch with NaN logits has no accuracy, and is no first fire of (d)", async () => {
  const broken = { ...spec, method: "bp", learningRate: 1e30 } as const;
  const run = await executeRun(broken, dataset, { selfChecks: false });
  const read = parseEvidence(JSON.parse(JSON.stringify(run)), "evidence.json");
  assert.is(read.finalAccuracy.withoutPrediction, 1280);
  for (const { accuracy } of read.epochs) {
    if (isMeasured(accuracy)) throw new Error(`found ${accuracy}`);
    assert.is(accuracy.reason, "1280 of 1280 test samples have no prediction");
  }
  const baseline = await executeRun(
    { ...spec, method: "bp", trainedBlocks: 0, role: "baseline" },
    dataset,
  );
  assert.is(firstFire(read, { baseline })[3]!.text, "not evaluated");
});

test("stops where training is no longer finite, and says where that began", async () => {
  const wild = { ...spec, epochs: 3, stopAfter: 3, learningRate: 1e30 };
  const message = async (change: Partial<RunSpec>, options: ExecuteRunOptions = {}) => {
    try {
      await executeRun({ ...wild, ...change }, dataset, options);
    } catch (error) {
      return (error as Error).message;
    }
    return "no alarm";
  };
  const found = await message({ method: "bp" });
  assert.match(
    found,
    /^Cannot go on training bp as .* must be finite: .* epoch 1\. It began at step/,
  );
  assert.match(
    await message({}),
    /^Cannot go on training dfa .* It began at step \d+ with \w+ in /,
  );
  assert.is(await message({ method: "bp" }, { selfChecks: false }), "no alarm");
});

const folder = process.env.FA_DATA === undefined
  ? new URL("../../../../../shared/data/cifar-10-batches-bin/", import.meta.url)
  : new URL("cifar-10-batches-bin/", pathToFileURL(`${process.env.FA_DATA}/`));

const name = "on real images the initial norms are those published";
if (!existsSync(folder)) {
  console.log(`skip ${name}: CIFAR-10 is not at hand; set FA_DATA to the folder that holds it`);
  test.skip(name, () => {});
} else {
  test(name, async () => {
    const loaded = await loadCifar10({
      split: "holdout",
      limit: 1280,
      read: (file) => readFile(new URL(file, folder)),
    });
    const { initial }: RunEvidence = await executeRun(
      { ...spec, width: 256, depth: 4, stopAfter: 0, batch: 128 },
      cifar10FromParts(loaded.toTransferable()),
    );
    const [h0] = initial.hiddenNorms;
    assert.ok(isMeasured(h0!) && h0 >= 8.7 && h0 <= 9.2, `‖h_0‖ = ${h0}`);
    const g = initial.gradientNorms.at(-1)!;
    // Published for CE averaged over 1,024 samples.
    assert.ok(isMeasured(g) && Math.abs(g * 128 / 1024 / 9.8e-4 - 1) < 0.05, `‖g_L‖ = ${g}`);
  });
}

test.run();
