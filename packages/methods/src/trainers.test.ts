// 20 training steps in f64 from given weights and batches, against PyTorch fixtures (tools/fixtures).
import { ResidualMLP } from "@fa/models";
import { cosineLr, Rng, type Tensor, tensor } from "@fa/tensor";
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BackpropTrainer } from "./backprop_trainer.ts";
import { dfa } from "./dfa.ts";
import { LocalTrainer } from "./local_trainer.ts";

interface FixtureTensor {
  shape: number[];
  data: number[];
}
type Parameters = Record<string, FixtureTensor>;
interface Run {
  config: {
    input: number;
    d: number;
    L: number;
    C: number;
    epochs: number;
    stepsPerEpoch: number;
    lr: number;
    weightDecay: number;
  };
  method: "bp" | "dfa";
  lambda: number;
  frozenBlocks: boolean;
  initial: Parameters;
  feedback: FixtureTensor[];
  batches: { x: FixtureTensor; y: number[] }[];
  learningRates: number[];
  losses: number[];
  zeroCredits?: number[][];
  weights: Record<string, Parameters>;
}

const dtype = "float64";
const fromFixture = ({ shape, data }: FixtureTensor) =>
  tensor(Float64Array.from(data), { shape, dtype });
const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8"));

function close(actual: Tensor, expected: FixtureTensor, what: string): void {
  const scale = Math.max(...expected.data.map(Math.abs));
  const values = actual.dataSync();
  assert.is(values.length, expected.data.length);
  expected.data.forEach((v, i) => {
    assert.ok(
      Math.abs(values[i]! - v) <= 1e-9 * scale,
      `${what}[${i}]: ${values[i]} and ${v}`,
    );
  });
}

function follow(run: Run): void {
  const { input, d, L, C, epochs, stepsPerEpoch, lr, weightDecay } = run.config;
  const model = new ResidualMLP({
    inputSize: input,
    width: d,
    depth: L,
    classes: C,
    dtype,
    rng: Rng.fromSeed(0),
  });
  model.load(new Map(Object.entries(run.initial).map(([n, t]) => [n, fromFixture(t)])));
  const options = {
    ...(run.frozenBlocks && { trainedBlocks: 0 }),
    lambda: run.lambda,
    optimizer: { weightDecay },
  };
  const trainer = run.method === "bp" ? new BackpropTrainer(model, options) : new LocalTrainer(
    model,
    {
      rule: dfa(),
      rng: Rng.fromSeed(0),
      auxiliary: new Map(run.feedback.map((B, l) => [`feedback.${l}`, fromFixture(B)])),
      ...options,
    },
  );
  run.batches.forEach(({ x, y }, step) => {
    const rate = cosineLr({ lr, epoch: Math.floor(step / stepsPerEpoch), epochs });
    assert.ok(Math.abs(rate - run.learningRates[step]!) <= 1e-15 * lr, "learning rate");
    const { loss, zeroCredits } = trainer.step(fromFixture(x), y, { lr: rate });
    assert.ok(Math.abs(loss.item() / run.losses[step]! - 1) < 1e-9, `loss of step ${step}`);
    if (run.zeroCredits) assert.equal([...zeroCredits!.dataSync()], run.zeroCredits[step]);
    const expected = run.weights[step + 1];
    for (const [name, p] of expected ? model.namedParameters() : []) {
      close(p, expected![name]!, `${name} after step ${step + 1}`);
    }
  });
}

const test = suite("trainers against PyTorch f64");

for (const name of ["bp", "bp_penalty", "bp_frozen", "dfa", "dfa_penalty", "dfa_frozen"]) {
  test(`${name}: losses and weights of 20 steps to 1e-9`, () => follow(read(`${name}_20_steps`)));
}

for (const c of read("dfa_zero_credit").cases) {
  test(`credits that are exactly zero teach nothing and are counted: ${c.name}`, () => {
    follow({ ...read("dfa_zero_credit"), ...c });
  });
}

test.run();
