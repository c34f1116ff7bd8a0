// State Bridge. Oracles: its definition in plain loops, central differences, metamorphic properties.
import { type Backend, detach, jsBackend, mul, ones, Rng, tensor } from "@fa/tensor";
import { ResidualMLP } from "@fa/models";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createTrainer, creditRule } from "./create_trainer.ts";
import { LocalTrainer } from "./local_trainer.ts";
import { stateBridge } from "./state_bridge.ts";
import {
  average,
  bridgeCase,
  checkLoss,
  differences,
  neededBy,
  permuted,
  plainBridge,
  plainLoss,
  rowsOf,
  small,
  squaredNorm,
} from "./testing/_bridge_case.ts";
import { contextOf, relativeError, smallNet, values } from "./testing/_small_net.ts";

const test = suite("sb");
const dtype = "float64";
const near = (a: number, b: number, error = 1e-13) =>
  assert.ok(Math.abs(a - b) <= error * Math.abs(b), `${a} and ${b}`);

test("ς ← .9ς + .1·mean‖h_L‖/16 at each loss, starting at 1 (closed form)", () => {
  for (const [scaleDecay, targetNorm] of [[0.9, 16], [0.25, 3]] as const) {
    const rule = stateBridge({ ...small, scaleDecay, targetNorm });
    const { context, auxiliary } = bridgeCase(rule);
    const norms = rowsOf(context.hidden.at(-1)!).map((h) => Math.sqrt(squaredNorm(h)));
    let scale = 1;
    assert.equal(values(auxiliary.get("scale")!), Float64Array.of(1));
    for (let i = 0; i < 3; i++) {
      rule.learning!.loss(context, auxiliary);
      scale = scaleDecay * scale + (1 - scaleDecay) * average(norms) / targetNorm;
      near(auxiliary.get("scale")!.item(), scale, 1e-15);
    }
    assert.not(Math.abs(scale - 1) < 0.01); // else nothing was tested
  }
});

test("its loss is Σ_l mean ‖G − h_L/ς‖²/max(‖h_L/ς‖², 1e-12) (definition, in plain loops)", () => {
  const rule = stateBridge(small);
  const { context, auxiliary } = bridgeCase(rule);
  // The second size puts ‖h_L/ς‖² below the floor, the third only that of three samples.
  const some = tensor([1, 1e-9, 1, 1e-9, 1e-9, 1], { shape: [6, 1], dtype });
  for (const size of [ones([6, 1], { dtype }), mul(ones([6, 1], { dtype }), 1e-9), some]) {
    const hidden = context.hidden.map((h) => mul(h, size));
    const s = rowsOf(context.outputError), h = hidden.map(rowsOf);
    const loss = rule.learning!.loss({ ...context, hidden }, auxiliary).item();
    const scale = auxiliary.get("scale")!.item(); // updated before use
    const G = plainBridge(auxiliary, "G");
    let expected = 0;
    for (let l = 0; l < 3; l++) {
      expected += average(s.map((sb, b) => {
        const target = h[3]![b]!.map((v) => v / scale);
        const error = G(h[l]![b]!, l / 3, sb).map((v, i) => v - target[i]!);
        return squaredNorm(error) / Math.max(squaredNorm(target), 1e-12);
      }));
    }
    near(loss, expected);
  }
});

test("gradient of its loss at every parameter of G (central differences)", () => {
  const rule = stateBridge(small);
  const { relativeError, worst } = checkLoss(rule, bridgeCase(rule));
  assert.ok(relativeError < 1e-8, `${relativeError} ${JSON.stringify(worst)}`);
});

for (const terminalLayerNorm of [true, false]) {
  test(`a_l is ∂/∂h_l Σ CE(top(ς·G(h_l, t_l, s)), y) (differences of plain loops), terminal LayerNorm ${terminalLayerNorm}`, () => {
    const rule = stateBridge(small);
    const { net, context, auxiliary } = bridgeCase(rule, { terminalLayerNorm });
    auxiliary.get("scale")!.assign([1.7]);
    const { blocks, embedding } = rule.credits(context, auxiliary);
    const G = plainBridge(auxiliary, "G");
    const s = rowsOf(context.outputError);
    assert.is(blocks.length, 3);
    blocks.forEach((a, l) => {
      const expected = rowsOf(context.hidden[l]!).map((h, b) =>
        differences((x) => {
          const foreseen = G(x, l / 3, s[b]!).map((v) => 1.7 * v);
          return plainLoss(net, foreseen, context.y[b]!);
        }, h)
      );
      const error = relativeError([values(a)], [expected.flat()]);
      assert.ok(error < 1e-9, `a_${l}: ${error}`);
    });
    assert.equal(values(embedding), values(blocks[0]!));
  });
}

test("credits come from the network and the ς that this batch has just updated", () => {
  const { model, x, y } = smallNet();
  const rule = stateBridge({ ...small, learningRate: 0.05 });
  const trainer = new LocalTrainer(model, { rule, rng: Rng.fromSeed(1) });
  const context = contextOf({ model, x, y });
  const before = rule.credits(context, trainer.auxiliary).blocks.map(values);
  let seen: Float64Array[] = [];
  trainer.step(x, y, { lr: 0, inspect: ({ credits }) => seen = credits!.blocks.map(values) });
  const after = rule.credits(context, trainer.auxiliary).blocks.map(values);
  assert.ok(relativeError(seen, after) < 1e-12);
  assert.ok(relativeError(seen, before) > 0.01);
});

test("on a fixed batch G learns to foresee h_L (its loss falls by a factor of ten)", () => {
  const { model, x, y } = smallNet();
  const rule = { hiddenWidth: 16, timeWidth: 4, learningRate: 1e-2 };
  const trainer = createTrainer("sb", model, { rng: Rng.fromSeed(1), rule });
  const losses = Array.from(
    { length: 300 },
    () => trainer.step(x, y, { lr: 0 }).auxiliaryLoss!.item(),
  );
  // ς settles in the first 50 steps, and the targets with it.
  assert.ok(losses.at(-1)! < 0.1 * losses[50]!, `${losses[50]} to ${losses.at(-1)}`);
});

test("permuting the samples permutes the credits, bit for bit (metamorphic)", () => {
  const rule = stateBridge(small);
  const { context, auxiliary } = bridgeCase(rule);
  const order = [3, 0, 5, 1, 4, 2];
  const one = rule.credits(context, auxiliary).blocks.map(rowsOf);
  const other = rule.credits(permuted(context, order), auxiliary).blocks.map(rowsOf);
  one.forEach((rows, l) => assert.equal(order.map((i) => rows[i]), other[l]));
  const fresh = () => new Map([...auxiliary, ["scale", ones([1], { dtype })] as const]);
  const [loss, again] = [context, permuted(context, order)].map((c) =>
    rule.learning!.loss(c, fresh()).item()
  );
  near(again!, loss!, 1e-14); // sums over the batch are taken in another order
});

test("the same seed gives the same bits, another seed others", () => {
  const train = (seed: number) => {
    const { model, x, y } = smallNet();
    const trainer = createTrainer("sb", model, { rng: Rng.fromSeed(seed), rule: small });
    const before = [...trainer.auxiliary.values()].map(values);
    for (let i = 0; i < 3; i++) trainer.step(x, y, { lr: 1e-2 });
    const after = [...trainer.auxiliary.values(), ...model.namedParameters().values()].map(values);
    return [before, after];
  };
  assert.equal(train(1), train(1));
  assert.not.equal(train(1)[0], train(2)[0]);
});

test("every tensor that it needs is asked for by name", () => {
  const rule = stateBridge(small);
  const { context, auxiliary } = bridgeCase(rule);
  const all = [...auxiliary.keys()];
  assert.equal(neededBy(auxiliary, (a) => rule.credits(context, a)), all);
  assert.equal(neededBy(auxiliary, (a) => rule.learning!.loss(context, a)), all);
});

test("its tensors have PyTorch's names and shapes and start as PyTorch's do", () => {
  const rule = stateBridge();
  const sizes = { width: 8, depth: 3, classes: 4, dtype } as const;
  const auxiliary = rule.init(sizes, Rng.fromSeed(1));
  const shapes = Object.fromEntries([...auxiliary].map(([name, { shape }]) => [name, shape]));
  assert.equal(shapes, {
    "G.ln.weight": [8],
    "G.ln.bias": [8],
    "G.time.0.weight": [32, 1],
    "G.time.0.bias": [32],
    "G.time.2.weight": [32, 32],
    "G.time.2.bias": [32],
    "G.net.0.weight": [256, 44],
    "G.net.0.bias": [256],
    "G.net.2.weight": [256, 256],
    "G.net.2.bias": [256],
    "G.net.4.weight": [256, 256],
    "G.net.4.bias": [256],
    "G.net.6.weight": [8, 256],
    "G.net.6.bias": [8],
    "scale": [1],
  });
  for (const [name, { shape }] of auxiliary) {
    const [outputs, inputs] = auxiliary.get(name.replace("bias", "weight"))!.shape;
    if (!inputs || shape.length === 0) continue;
    const bound = 1 / Math.sqrt(inputs);
    const largest = Math.max(...values(auxiliary.get(name)!).map(Math.abs));
    // n uniform values stay below .7 of the bound with a chance of .7ⁿ; outputs are 8 at least.
    assert.ok(outputs! >= 8 && largest <= bound && largest > 0.7 * bound, name);
  }
  const layer = (name: string) => values(auxiliary.get(`G.net.${name}.weight`)!);
  assert.not.equal(layer("2"), layer("4")); // each from a stream of its own
  assert.equal(values(auxiliary.get("G.ln.weight")!), new Float64Array(8).fill(1));
  assert.equal(values(auxiliary.get("G.ln.bias")!), new Float64Array(8));
});

test("needs no reading from the device: neither to learn nor for credits", () => {
  const { readSync: _, ...rest } = jsBackend;
  const backend: Backend = {
    ...rest,
    name: "blind",
    read: () => {
      throw new Error("read");
    },
  };
  const size = { inputSize: 12, width: 8, depth: 2, classes: 4 };
  const model = new ResidualMLP({ ...size, dtype, backend, rng: Rng.fromSeed(1) });
  const trainer = createTrainer("sb", model, { rng: Rng.fromSeed(1), rule: small });
  const { auxiliaryLoss } = trainer.step(ones([2, 12], { dtype, backend }), [0, 1], { lr: 1e-3 });
  assert.throws(() => auxiliaryLoss!.item(), /reads asynchronously/); // it is blind
});

test("echoes its options and refuses what is out of range", () => {
  const defaults = {
    creditIndex: "input",
    creditNormalization: "sample",
    hiddenWidth: 256,
    timeWidth: 32,
    scaleDecay: 0.9,
    targetNorm: 16,
    learningRate: 1e-3,
    weightDecay: 0.01,
  };
  assert.equal(stateBridge().options, defaults);
  assert.equal(creditRule("sb", { hiddenWidth: 8 })!.options, { ...defaults, hiddenWidth: 8 });
  const { optimizer } = creditRule("sb", { learningRate: 0.5, weightDecay: 0.25 })!.learning!;
  assert.equal(optimizer, { lr: 0.5, weightDecay: 0.25 });
  assert.throws(() => creditRule("sb", { creditIndex: "top" }), /one of input, output: top/);
  assert.throws(() => creditRule("sb", { timeWidth: 2.5 }), /timeWidth of sb .* ≥ 1: 2.5/);
  assert.throws(() => creditRule("sb", { scaleDecay: 1.5 }), /scaleDecay of sb .* 0 to 1: 1.5/);
  assert.throws(() => creditRule("sb", { targetNorm: 0 }), /targetNorm of sb .* above 0: 0/);
  assert.throws(() => creditRule("sb", { weightDecay: NaN }), /weightDecay of sb .* ≥ 0: NaN/);
});

test("trains everything of G and nothing else", () => {
  const rule = stateBridge(small);
  const { auxiliary } = bridgeCase(rule);
  const trained = rule.learning!.trained(auxiliary);
  assert.equal(trained, [...auxiliary.keys()].filter((name) => name !== "scale"));
  assert.ok(trained.every((name) => detach(auxiliary.get(name)!) !== auxiliary.get(name)));
});

test.run();
