// How exact the gradients of a run are, and that finding out changes nothing.
import { synthetic } from "@fa/data";
import { decodeCheckpoint } from "@fa/methods";
import { type Alignment, hashTensors, isMeasured, type Snapshot } from "@fa/protocol";
import { cosineLr, openBackend, type Tensor } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { executeRun } from "./execute_run.ts";
import type { RunSpec } from "./run_spec.ts";
import { setUp } from "./_setup.ts";

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
  width: 16,
  depth: 3,
  terminalLayerNorm: true,
  residual: true,
  batch: 32,
  epochs: 3,
  stopAfter: 3,
  learningRate: 1e-3,
  evaluation: { batches: 4, batch: 32 },
  probes: "none",
};
const dataset = () => synthetic({ trainSize: 256, testSize: 128 });

const test = suite("exactness of a run");

/** Every bit of the values, as float64. */
const bytes = (t: Tensor) => new Uint8Array(Float64Array.from(t.dataSync()).buffer).join();

/** Names the first tensor that differs in a bit. */
function assertSame(
  found: ReadonlyMap<string, Tensor>,
  expected: ReadonlyMap<string, Tensor>,
): void {
  assert.equal([...found.keys()].sort(), [...expected.keys()].sort());
  for (const [name, tensor] of expected) {
    assert.ok(bytes(found.get(name)!) === bytes(tensor), `${name} differs`);
  }
}

// Oracle: documented contract: measuring changes nothing, also in float64, with probes and hashes.
for (const method of ["bp", "dfa", "sb"]) {
  test(`${method} has the same weights, bit by bit, measured after every epoch and never`, async () => {
    const run = { ...spec, method, probes: "every-epoch" as const };
    let checkpoint = new Uint8Array();
    await executeRun(run, dataset(), {
      onCheckpoint: (bytes) => Promise.resolve(void (checkpoint = bytes as typeof checkpoint)),
    });
    const measured = await decodeCheckpoint(checkpoint, { name: "the run" });

    const backend = await openBackend(run.backend, {});
    const { model, trainer, dataset: data, dataRng } = setUp(run, dataset(), backend);
    const { batch, dtype, epochs, learningRate } = run;
    for (let epoch = 0; epoch < epochs; epoch++) {
      const when = {
        lr: cosineLr({ lr: learningRate, epoch, epochs }),
        epoch: epoch + 1,
        epochs,
      };
      for (const { x, y } of data.trainEpoch(epoch, { rng: dataRng, batch, dtype, backend })) {
        trainer.step(x, y, when);
      }
    }
    assertSame(measured.model, model.namedParameters());
    assertSame(measured.trainer!.tensors, trainer.state().tensors);
  });
}

const gammaOf = ({ gamma }: Snapshot): Alignment => {
  if ("valid" in gamma) throw new Error(gamma.reason);
  return gamma;
};

// Oracle: float32 has 24 bits: a gradient through 3 blocks loses a few of them, far from 1e-5.
test("float32 gradients of a healthy run err by far less than 1e-5, in every layer and epoch", async () => {
  const { initial, epochs } = await executeRun(spec, dataset());
  console.log("epoch  relative error of ∂CE/∂h_0 … ∂CE/∂h_3, float32 against float64");
  for (const [epoch, snapshot] of [initial, ...epochs.map((e) => e.snapshot)].entries()) {
    const { working, perLayer } = snapshot.referenceError!;
    assert.is(working, "float32");
    assert.is(perLayer.length, 4);
    console.log(`${epoch}      ${perLayer.map((e) => (e as number).toExponential(2)).join("  ")}`);
    for (const error of perLayer) assert.ok(isMeasured(error) && error > 1e-9 && error < 1e-5);
    const { perLayer: layers, deepPaper, passport } = gammaOf(snapshot);
    for (const { regime } of layers) assert.is(regime, "exact");
    assert.ok(isMeasured(deepPaper!));
    assert.is(passport!.dtype, "float32");
  }
});

// Oracle: definition: the copy follows the weights.
test("float64 gradients are those of the weights as they are at each measurement", async () => {
  const backend = await openBackend(spec.backend, {});
  const { model, exactModel } = setUp(spec, dataset(), backend);
  assertSame(exactModel()!.namedParameters(), model.namedParameters());
  model.namedParameters().get("out_head.bias")!.assign(new Float32Array(10).fill(0.1));
  assertSame(exactModel()!.namedParameters(), model.namedParameters());
  assert.is(exactModel()!.dtype, "float64");
  assert.is(setUp({ ...spec, dtype: "float64" }, dataset(), backend).exactModel(), undefined);
});

// Oracle: definition. Float64 is what others are measured against.
test("a run in float64 is exact without a second model", async () => {
  const { initial } = await executeRun(
    { ...spec, dtype: "float64", epochs: 0, stopAfter: 0 },
    dataset(),
  );
  assert.is(initial.referenceError, undefined);
  for (const { regime } of gammaOf(initial).perLayer) assert.is(regime, "exact");
});

// Oracle: definition of the passport: the hash is that of the feedback that the credits were made with.
test("an alignment names the feedback that it was measured with", async () => {
  const backend = await openBackend(spec.backend, {});
  const { trainer } = setUp(spec, dataset(), backend);
  const { initial, epochs } = await executeRun({ ...spec, epochs: 1, stopAfter: 1 }, dataset());
  const hash = await hashTensors(trainer.auxiliary);
  for (const snapshot of [initial, epochs[0]!.snapshot]) {
    assert.is(gammaOf(snapshot).passport!.feedbackHash, hash);
  }
  const other = await executeRun({ ...spec, seed: 123, epochs: 0, stopAfter: 0 }, dataset());
  assert.is.not(gammaOf(other.initial).passport!.feedbackHash, hash);
  for (
    const [method, reason] of [
      ["bp", "backpropagation has no feedback"],
      ["ep", "ep has no auxiliary tensors"],
    ] as const
  ) {
    const { initial } = await executeRun({ ...spec, method, epochs: 0, stopAfter: 0 }, dataset());
    assert.equal(gammaOf(initial).passport!.feedbackHash, { valid: false, reason });
  }
});

// Oracle: definitions. BP's credit is the gradient everywhere; DFA's at h_L is that of the last block.
test("deep alignment counts the credit at h_L, where a method has one", async () => {
  const deep = async (method: string) =>
    gammaOf((await executeRun({ ...spec, method, epochs: 0, stopAfter: 0 }, dataset())).initial);
  assert.is((await deep("bp")).deepPaper, 1);
  const { deepPaper, perLayer, terminal } = await deep("dfa");
  const parts = [perLayer[1]!, perLayer[2]!, terminal!].map((layer) => layer.value as number);
  const mean = parts.reduce((a, b) => a + b) / 3;
  assert.ok(Math.abs(deepPaper as number - mean) < 1e-15, `${deepPaper} is not ${mean}`);
  const { deepPaper: none } = await deep("sb");
  assert.equal(none, { valid: false, reason: "the method offers no credit at h_L" });
  const ep = await deep("ep");
  assert.is(ep.deepPaper, ep.headline);
});

test.run();
