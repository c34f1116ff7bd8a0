// A checkpoint that PyTorch wrote, restored here. Oracle: tools/fixtures/make_checkpoint.py, a second
// implementation of docs/checkpoints.md, its own SHA-256 included, and three more steps in PyTorch f64.
import { ResidualMLP } from "@fa/models";
import { Rng, type Tensor, tensor } from "@fa/tensor";
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createTrainer } from "../create_trainer.ts";
import { decodeCheckpoint } from "./decode_checkpoint.ts";
import { encodeCheckpoint } from "./encode_checkpoint.ts";
import { restoreCheckpoint } from "./restore_checkpoint.ts";

interface FixtureTensor {
  shape: number[];
  data: number[];
}
interface Expected {
  x: FixtureTensor;
  logits: FixtureTensor;
  lr: number;
  batches: { x: FixtureTensor; y: number[] }[];
  losses: number[];
  weights: Record<string, FixtureTensor>;
}

const read = (name: string) => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));
const bytes = new Uint8Array(read("checkpoint.safetensors"));
const expected: Expected = JSON.parse(read("checkpoint.json").toString());
const dtype = "float64";
const fromFixture = ({ shape, data }: FixtureTensor) => tensor(data, { shape, dtype });

/** A model and trainer of the fixture's sizes, from another seed. */
function start() {
  const rng = Rng.fromSeed(0);
  const model = new ResidualMLP({ inputSize: 5, width: 4, depth: 2, classes: 3, dtype, rng });
  const trainer = createTrainer("dfa", model, { rng: rng.fork("auxiliary") });
  return { model, trainer };
}

function close(actual: Tensor, { data }: FixtureTensor, rtol: number, what: string): void {
  const scale = Math.max(...data.map(Math.abs));
  const values = actual.dataSync();
  assert.is(values.length, data.length);
  data.forEach((v, i) => {
    assert.ok(Math.abs(values[i]! - v) <= rtol * scale, `${what}[${i}]: ${values[i]} and ${v}`);
  });
}

const test = suite("checkpoints and PyTorch");

test("what PyTorch wrote is a checkpoint, and the same bytes when it is written here", async () => {
  const { record, trainer } = await decodeCheckpoint(bytes);
  assert.equal(record, { configuration: { lr: 0.01, method: "dfa" }, note: "größe" });
  assert.is(trainer!.step, 3);
  const { model, trainer: own } = start();
  restoreCheckpoint(await decodeCheckpoint(bytes), { model, trainer: own });
  const content = { model: model.namedParameters(), trainer: own.state(), record };
  assert.equal(await encodeCheckpoint(content), bytes);
});

test("its weights give PyTorch's logits to 1e-12, and three more steps PyTorch's weights to 1e-9", async () => {
  const { model, trainer } = start();
  restoreCheckpoint(await decodeCheckpoint(bytes), { model, trainer });
  close(model.forward(fromFixture(expected.x)), expected.logits, 1e-12, "logits");
  expected.batches.forEach(({ x, y }, i) => {
    const { loss } = trainer.step(fromFixture(x), y, { lr: expected.lr });
    assert.ok(Math.abs(loss.item() / expected.losses[i]! - 1) < 1e-9, `loss of step ${i}`);
  });
  assert.is(model.namedParameters().size, Object.keys(expected.weights).length);
  for (const [name, p] of model.namedParameters()) close(p, expected.weights[name]!, 1e-9, name);
});

test("its weights alone load by name", async () => {
  const { model } = start();
  model.load((await decodeCheckpoint(bytes)).model);
  close(model.forward(fromFixture(expected.x)), expected.logits, 1e-12, "logits");
});

test.run();
