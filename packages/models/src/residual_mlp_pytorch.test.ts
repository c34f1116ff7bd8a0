// A model trained in PyTorch, brought here as a safetensors file, and back. Oracle: tools/pytorch's
// module in float64, its state dict written by tools/pytorch's own writer.

import { encodeSafetensors, readSafetensors, Rng, tensor } from "@fa/tensor";
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ResidualMLP } from "./residual_mlp.ts";

const read = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const fixture = read("pytorch_residual_mlp.safetensors");
const { x, logits }: { x: number[][]; logits: number[][] } = JSON.parse(
  read("pytorch_residual_mlp.json").toString(),
);
const options = { inputSize: 12, width: 8, depth: 2, classes: 4 };

const test = suite("ResidualMLP from PyTorch");

test("gives PyTorch's logits to 1e-12 with PyTorch's state dict", async () => {
  const model = new ResidualMLP({ ...options, dtype: "float64", rng: Rng.fromSeed(0) });
  model.load(await (await readSafetensors(fixture)).tensors());
  const expected = logits.flat();
  const actual = model.forward(tensor(x, { dtype: "float64" })).dataSync();
  const scale = Math.max(...expected.map(Math.abs));
  assert.is(actual.length, expected.length);
  expected.forEach((v, i) => assert.ok(Math.abs(actual[i]! - v) <= 1e-12 * scale, `logits[${i}]`));
});

test("its state dict is PyTorch's file again, byte for byte", async () => {
  const file = await readSafetensors(fixture);
  const model = new ResidualMLP({ ...options, dtype: "float64", rng: Rng.fromSeed(0) });
  model.load(await file.tensors());
  const bytes = await encodeSafetensors(model.namedParameters(), { metadata: file.metadata });
  assert.equal([...bytes], [...fixture]);
});

test("a float32 model takes the values rounded once (definition)", async () => {
  const state = await (await readSafetensors(fixture)).tensors();
  const model = new ResidualMLP({ ...options, rng: Rng.fromSeed(0) });
  model.load(state);
  for (const [name, parameter] of model.namedParameters()) {
    assert.equal(
      [...parameter.dataSync()],
      [...state.get(name)!.dataSync()].map(Math.fround),
      name,
    );
  }
});

test.run();
