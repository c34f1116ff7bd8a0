// Credit Bridge. Oracles: its definition in plain loops, central differences, DFA, metamorphic properties.
import { loadParameters, ResidualMLP } from "@fa/models";
import {
  add,
  type Backend,
  detach,
  grad,
  jsBackend,
  logF64,
  mul,
  normal,
  ones,
  Rng,
  type Tensor,
  variable,
} from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createTrainer, creditRule } from "./create_trainer.ts";
import { creditBridge, type CreditBridgeOptions } from "./credit_bridge.ts";
import { dfa } from "./dfa.ts";
import { LocalTrainer } from "./local_trainer.ts";
import {
  average,
  bridgeCase,
  checkLoss,
  differences,
  neededBy,
  permuted,
  plainBridge,
  rowsOf,
  small,
  squaredNorm,
} from "./testing/_bridge_case.ts";
import { contextOf, relativeError, smallNet, values } from "./testing/_small_net.ts";

const test = suite("cb");
const dtype = "float64";
const K = 3;
const tiny: CreditBridgeOptions = { ...small, samples: K };
const near = (a: number, b: number, error = 1e-13) =>
  assert.ok(Math.abs(a - b) <= error * Math.abs(b), `${a} and ${b}`);

/** ξ of the tests. */
const xi = (l: number): Tensor => normal(Rng.fromSeed(99).fork(l), [K, 6, 8], { dtype });

/** The parts of V's loss from their definitions, for T → 0 too. */
function plainParts(
  { context, auxiliary }: ReturnType<typeof bridgeCase>,
  { temperature = 0.1, noise = 0.1 }: CreditBridgeOptions,
): { values: number; mismatch: number } {
  const V = plainBridge(auxiliary, "V"), Vbar = plainBridge(auxiliary, "Vbar");
  const s = rowsOf(context.outputError), h = context.hidden.map(rowsOf);
  const p = rowsOf(context.logits).map((z) => {
    const e = z.map((v) => Math.exp(v - Math.max(...z)));
    return e.map((v) => v / e.reduce((a, b) => a + b));
  });
  let total = average(
    p.map((q, b) => (V(h[3]![b]!, 1, s[b]!)[0]! + logF64(q[context.y[b]!]!)) ** 2),
  );
  for (let l = 0; l < 3; l++) {
    const noises = rowsOf(xi(l));
    total += average(s.map((sb, b) => {
      const foreseen = Array.from({ length: K }, (_, k) => {
        const state = h[l + 1]![b]!.map((v, i) => v + noise * noises[k * 6 + b]![i]!);
        return Vbar(state, (l + 1) / 3, sb)[0]!;
      });
      const tau = temperature < 1e-6
        ? Math.min(...foreseen)
        : -temperature * Math.log(average(foreseen.map((v) => Math.exp(-v / temperature))));
      return (V(h[l]![b]!, l / 3, sb)[0]! - tau) ** 2;
    }));
  }
  const gamma = rowsOf(context.bpGradient[3]!);
  const errors = h[3]!.map((x, b) => {
    const slope = differences((at) => V(at, 1, s[b]!)[0]!, x);
    return squaredNorm(slope.map((v, i) => v - gamma[b]![i]!));
  });
  return { values: total, mismatch: average(errors) / average(gamma.map(squaredNorm)) };
}

test("its loss is that of its definition, with ξ given and T down to 1e-300 (plain loops)", () => {
  for (const temperature of [0.1, 3, 1e-300]) {
    for (const noise of [0.1, 0.7]) {
      const options = { ...tiny, temperature, noise };
      const asked: number[] = [];
      const drawNoise: CreditBridgeOptions["drawNoise"] = (shape, { l }) => {
        assert.equal(shape, [K, 6, 8]);
        asked.push(l);
        return xi(l);
      };
      const losses = [0, 1, 2.5].map((gradientWeight) => {
        const rule = creditBridge({ ...options, gradientWeight, drawNoise });
        const { context, auxiliary } = bridgeCase(rule);
        return rule.learning!.loss(context, auxiliary).item();
      });
      assert.equal(asked, [0, 1, 2, 0, 1, 2, 0, 1, 2]);
      const expected = plainParts(bridgeCase(creditBridge(options)), options);
      near(losses[0]!, expected.values);
      near(losses[1]!, expected.values + expected.mismatch, 1e-10);
      near(losses[2]!, expected.values + 2.5 * expected.mismatch, 1e-10);
      assert.ok(expected.mismatch > 0.01); // else the term was not tested
    }
  }
});

for (const gradientWeight of [1, 100]) {
  test(`gradient of its loss at every parameter of V, w = ${gradientWeight} (central differences)`, () => {
    const rule = creditBridge({ ...tiny, gradientWeight });
    const { relativeError, worst } = checkLoss(rule, bridgeCase(rule));
    assert.ok(relativeError < 1e-8, `${relativeError} ${JSON.stringify(worst)}`);
  });
}

test("its targets are constants: V̄ changes the loss and has no gradient, were it a variable", () => {
  const rule = creditBridge(tiny);
  const { context, auxiliary } = bridgeCase(rule);
  const name = "Vbar.net.6.bias";
  const bias = variable(auxiliary.get(name)!);
  auxiliary.set(name, bias);
  const loss = rule.learning!.loss(context, auxiliary);
  assert.is(grad(loss, [bias], { allowUnused: true })[0]!.item(), 0);
  bias.assign(add(detach(bias), 1));
  assert.not(Math.abs(rule.learning!.loss(context, auxiliary).item() - loss.item()) < 0.1);
});

test("a_l is the gradient of V(h_l, t_l, s) at h_l (differences of plain loops)", () => {
  const rule = creditBridge(tiny);
  const { context, auxiliary } = bridgeCase(rule);
  const { blocks, embedding } = rule.credits(context, auxiliary);
  const V = plainBridge(auxiliary, "V");
  const s = rowsOf(context.outputError);
  assert.is(blocks.length, 3);
  blocks.forEach((a, l) => {
    const expected = rowsOf(context.hidden[l]!).flatMap((h, b) =>
      differences((x) => V(x, l / 3, s[b]!)[0]!, h)
    );
    const error = relativeError([values(a)], [expected]);
    assert.ok(error < 1e-9, `a_${l}: ${error}`);
  });
  assert.equal(values(embedding), values(blocks[0]!));
});

test("V̄ starts as a copy of V and after n updates is V + .995ⁿ(V̄_0 − V) (closed form)", () => {
  for (const averageDecay of [0.995, 0.5]) {
    const rule = creditBridge({ ...tiny, averageDecay });
    const sizes = { width: 8, depth: 3, classes: 4, dtype } as const;
    const auxiliary = rule.init(sizes, Rng.fromSeed(1));
    const names = rule.learning!.trained(auxiliary);
    assert.is(names.length, 14);
    for (const name of names) {
      const [now, mean] = [auxiliary.get(name)!, auxiliary.get(name.replace("V", "Vbar"))!];
      assert.equal(values(mean), values(now));
      now.assign(add(detach(now), 1)); // separate memory: V̄ stays behind
    }
    for (let n = 0; n < 3; n++) rule.learning!.updated!(auxiliary);
    const stays = averageDecay * averageDecay * averageDecay;
    for (const name of names) {
      const [now, mean] = [auxiliary.get(name)!, auxiliary.get(name.replace("V", "Vbar"))!];
      const [v, m] = [values(now), values(mean)];
      v.forEach((x, i) => assert.ok(Math.abs(m[i]! - (x - stays)) < 1e-14, name));
    }
  }
});

test("in a step V learns from V̄ as it was, then V̄ follows, then the credits are taken", () => {
  const { model, x, y } = smallNet();
  const rule = creditBridge({ ...tiny, learningRate: 0.05, drawNoise: (_, { l }) => xi(l) });
  const trainer = new LocalTrainer(model, { rule, rng: Rng.fromSeed(1) });
  const context = { ...contextOf({ model, x, y }), rng: Rng.fromSeed(0) };
  trainer.step(x, y, { lr: 0 });
  const before = new Map([...trainer.auxiliary].map(([name, t]) => [name, mul(detach(t), 1)]));
  const loss = rule.learning!.loss(context, trainer.auxiliary).item();
  let seen: Float64Array[] = [];
  const { auxiliaryLoss } = trainer.step(x, y, {
    lr: 0,
    inspect: ({ credits }) => seen = credits!.blocks.map(values),
  });
  near(auxiliaryLoss!.item(), loss, 1e-12);
  for (const name of rule.learning!.trained(trainer.auxiliary)) {
    const now = values(trainer.auxiliary.get(name)!);
    const was = values(before.get(name)!);
    const averageWas = values(before.get(name.replace("V", "Vbar"))!);
    assert.ok(now.some((v, i) => v !== was[i]), name);
    values(trainer.auxiliary.get(name.replace("V", "Vbar"))!).forEach((v, i) =>
      assert.ok(Math.abs(v - (0.995 * averageWas[i]! + 0.005 * now[i]!)) < 1e-14, name)
    );
  }
  const after = rule.credits(context, trainer.auxiliary).blocks.map(values);
  assert.ok(relativeError(seen, after) < 1e-12);
  assert.ok(relativeError(seen, rule.credits(context, before).blocks.map(values)) > 0.01);
});

test("while epoch ≤ warmup·epochs its credits are DFA's bit for bit, after that V's", () => {
  const credits = (epoch: number, epochs: number, warmup?: number) => {
    const rule = creditBridge(warmup === undefined ? tiny : { ...tiny, warmup });
    const { context, auxiliary } = bridgeCase(rule);
    const time = { epoch, epochs };
    const early = dfa().credits({ ...context, time }, auxiliary).blocks.map(values);
    const { blocks, embedding } = rule.credits({ ...context, time }, auxiliary);
    assert.equal(values(embedding), values(blocks[0]!));
    const found = blocks.map(values);
    const equal = found.every((a, l) => a.every((v, i) => v === early[l]![i]));
    if (!equal) assert.ok(relativeError(found, early) > 0.1);
    return equal;
  };
  const taught = (epochs: number, warmup?: number) =>
    Array.from({ length: epochs + 1 }, (_, epoch) => credits(epoch, epochs, warmup));
  assert.equal(taught(10), [true, true, true, ...new Array(8).fill(false)]);
  assert.equal(taught(3), [true, false, false, false]); // .2 · 3 is less than one epoch
  assert.equal(taught(2, 1), [true, true, true]);
  assert.equal(taught(2, 0), [false, false, false]);
  // .29 · 100 is 28.999999999999996 in double.
  assert.ok(credits(29, 100, 0.29) && !credits(30, 100, 0.29));
  assert.ok(credits(0, 0) && !credits(1, 1));
});

test("V learns during the warm-up, and its matrices are those that DFA would draw", () => {
  const { model, x, y } = smallNet();
  const trainer = createTrainer("cb", model, { rng: Rng.fromSeed(1), rule: { hiddenWidth: 5 } });
  const other = createTrainer("dfa", smallNet().model, { rng: Rng.fromSeed(1) });
  const before = values(trainer.auxiliary.get("V.net.2.weight")!);
  for (let i = 0; i < 2; i++) {
    trainer.step(x, y, { lr: 1e-2, epoch: 1, epochs: 5 });
    trainer.step(x, y, { lr: 1e-2, epoch: 1, epochs: 5 });
  }
  assert.not.equal(values(trainer.auxiliary.get("V.net.2.weight")!), before);
  const fixed = creditBridge().fixed!(trainer.auxiliary);
  assert.equal(fixed, ["feedback.0", "feedback.1", "feedback.2"]);
  for (const name of fixed) {
    assert.equal(values(trainer.auxiliary.get(name)!), values(other.auxiliary.get(name)!));
  }
});

test("on a fixed batch V learns (its loss falls by a factor of ten)", () => {
  const { model, x, y } = smallNet();
  const rule = { hiddenWidth: 16, timeWidth: 4, learningRate: 1e-2 };
  const trainer = createTrainer("cb", model, { rng: Rng.fromSeed(1), rule });
  const losses = Array.from(
    { length: 300 },
    () => trainer.step(x, y, { lr: 0 }).auxiliaryLoss!.item(),
  );
  assert.ok(losses.at(-1)! < 0.1 * losses[0]!, `${losses[0]} to ${losses.at(-1)}`);
});

test("permuting the samples permutes the credits, bit for bit (metamorphic)", () => {
  const rule = creditBridge(tiny);
  const { context, auxiliary } = bridgeCase(rule);
  const order = [3, 0, 5, 1, 4, 2];
  for (const epoch of [1, 5]) {
    const at = { ...context, time: { epoch, epochs: 5 } };
    const one = rule.credits(at, auxiliary).blocks.map(rowsOf);
    const other = rule.credits(permuted(at, order), auxiliary).blocks.map(rowsOf);
    one.forEach((rows, l) => assert.equal(order.map((i) => rows[i]), other[l]));
  }
  // Without noise the loss of the batch is the same, but for the order of sums.
  const silent = creditBridge({ ...tiny, noise: 0 }).learning!;
  const [loss, again] = [context, permuted(context, order)].map((c) =>
    silent.loss(c, auxiliary).item()
  );
  near(again!, loss!, 1e-13);
});

test("the same seed gives the same bits, another seed others; so does the noise of a step", () => {
  const train = (seed: number) => {
    const { model, x, y } = smallNet();
    const trainer = createTrainer("cb", model, { rng: Rng.fromSeed(seed), rule: small });
    const before = [...trainer.auxiliary.values()].map(values);
    for (let i = 0; i < 3; i++) trainer.step(x, y, { lr: 1e-2 });
    const after = [...trainer.auxiliary.values(), ...model.namedParameters().values()].map(values);
    return [before, after];
  };
  assert.equal(train(1), train(1));
  assert.not.equal(train(1)[0], train(2)[0]);
  const rule = creditBridge(tiny);
  const { context, auxiliary } = bridgeCase(rule);
  const loss = (rng: Rng) => rule.learning!.loss({ ...context, rng }, auxiliary).item();
  assert.is(loss(Rng.fromSeed(1)), loss(Rng.fromSeed(1)));
  assert.is.not(loss(Rng.fromSeed(1)), loss(Rng.fromSeed(2)));
});

test("goes on from a state in the same bits, through the end of the warm-up (metamorphic)", () => {
  const make = () => {
    const net = smallNet();
    const trainer = createTrainer("cb", net.model, { rng: Rng.fromSeed(1), rule: small });
    return { ...net, trainer };
  };
  const run = ({ trainer, x, y }: ReturnType<typeof make>, from: number, to: number) => {
    for (let epoch = from; epoch <= to; epoch++) {
      trainer.step(x, y, { lr: 1e-2, epoch, epochs: 10 });
    }
  };
  const whole = make(), first = make(), second = make();
  run(whole, 1, 5);
  run(first, 1, 2);
  second.trainer.restore(first.trainer.state());
  loadParameters(second.model.namedParameters(), first.model.namedParameters());
  run(second, 3, 5);
  const all = ({ trainer, model }: ReturnType<typeof make>) =>
    [...trainer.state().tensors.values(), ...model.namedParameters().values()].map(values);
  assert.equal(all(second), all(whole));
});

test("its noise is standard normal, other for each block (documented stream)", () => {
  const rng = Rng.fromSeed(5);
  const given = creditBridge({
    ...tiny,
    drawNoise: (shape, { l, rng }) => normal(rng.fork("noise", l), [...shape], { dtype }),
  });
  const { context, auxiliary } = bridgeCase(given);
  const [a, b] = [given, creditBridge(tiny)].map(({ learning }) =>
    learning!.loss({ ...context, rng }, auxiliary).item()
  );
  assert.is(a, b);
  const wrong = creditBridge({ ...tiny, drawNoise: () => ones([6, 8], { dtype }) });
  assert.throws(
    () => wrong.learning!.loss(context, auxiliary),
    /drawNoise must give \[3,6,8\]: \[6,8\]/,
  );
});

test("every tensor that it needs is asked for by name", () => {
  const rule = creditBridge(tiny);
  const { context, auxiliary } = bridgeCase(rule);
  const named = (prefix: string) => [...auxiliary.keys()].filter((n) => n.startsWith(prefix));
  const learning = rule.learning!;
  assert.is(named("").length, 14 + 14 + 3);
  assert.equal(
    neededBy(auxiliary, (a) => learning.loss(context, a)),
    [...named("V."), ...named("Vbar.")],
  );
  assert.equal(neededBy(auxiliary, (a) => learning.updated!(a)), named("Vbar."));
  assert.equal(neededBy(auxiliary, (a) => rule.credits(context, a)), named("V."));
  const early = { ...context, time: { epoch: 0, epochs: 5 } };
  assert.equal(neededBy(auxiliary, (a) => rule.credits(early, a)), named("feedback."));
});

test("its tensors have PyTorch's names and shapes", () => {
  const sizes = { width: 8, depth: 2, classes: 4, dtype } as const;
  const auxiliary = creditBridge().init(sizes, Rng.fromSeed(1));
  const shapes = Object.fromEntries([...auxiliary].map(([name, { shape }]) => [name, shape]));
  const network = (prefix: string) => ({
    [`${prefix}.ln.weight`]: [8],
    [`${prefix}.ln.bias`]: [8],
    [`${prefix}.time.0.weight`]: [32, 1],
    [`${prefix}.time.0.bias`]: [32],
    [`${prefix}.time.2.weight`]: [32, 32],
    [`${prefix}.time.2.bias`]: [32],
    [`${prefix}.net.0.weight`]: [256, 44],
    [`${prefix}.net.0.bias`]: [256],
    [`${prefix}.net.2.weight`]: [256, 256],
    [`${prefix}.net.2.bias`]: [256],
    [`${prefix}.net.4.weight`]: [256, 256],
    [`${prefix}.net.4.bias`]: [256],
    [`${prefix}.net.6.weight`]: [1, 256],
    [`${prefix}.net.6.bias`]: [1],
  });
  const feedback = { "feedback.0": [8, 4], "feedback.1": [8, 4] };
  assert.equal(shapes, { ...network("V"), ...network("Vbar"), ...feedback });
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
  const trainer = createTrainer("cb", model, { rng: Rng.fromSeed(1), rule: small });
  for (const epoch of [1, 5]) {
    const x = ones([2, 12], { dtype, backend });
    const { auxiliaryLoss } = trainer.step(x, [0, 1], { lr: 1e-3, epoch, epochs: 5 });
    assert.throws(() => auxiliaryLoss!.item(), /reads asynchronously/); // it is blind
  }
});

test("echoes its options and refuses what is out of range", () => {
  const defaults = {
    creditIndex: "input",
    creditNormalization: "sample",
    hiddenWidth: 256,
    timeWidth: 32,
    learningRate: 1e-3,
    weightDecay: 0.01,
    temperature: 0.1,
    samples: 8,
    noise: 0.1,
    gradientWeight: 1,
    averageDecay: 0.995,
    warmup: 0.2,
    feedbackScale: 1,
  };
  assert.equal(creditBridge({ drawNoise: (_, { l }) => xi(l) }).options, defaults);
  assert.equal(creditRule("cb", { samples: 2 })!.options, { ...defaults, samples: 2 });
  const { optimizer } = creditRule("cb", { learningRate: 0.5, weightDecay: 0.25 })!.learning!;
  assert.equal(optimizer, { lr: 0.5, weightDecay: 0.25 });
  const doubled = creditRule("cb", { feedbackScale: 2 })!;
  const sizes = { width: 8, depth: 1, classes: 4, dtype } as const;
  const [one, two] = [creditRule("cb")!, doubled].map((rule) =>
    values(rule.init(sizes, Rng.fromSeed(1)).get("feedback.0")!)
  );
  assert.equal(two, one!.map((v) => 2 * v));
  assert.throws(() => creditRule("cb", { creditIndex: "top" }), /one of input, output: top/);
  assert.throws(() => creditRule("cb", { samples: 0 }), /samples of cb .* ≥ 1: 0/);
  assert.throws(() => creditRule("cb", { temperature: 0 }), /temperature of cb .* above 0: 0/);
  assert.throws(() => creditRule("cb", { warmup: 20 }), /warmup of cb .* from 0 to 1: 20/);
  assert.throws(() => creditRule("cb", { noise: -1 }), /noise of cb .* ≥ 0: -1/);
});

test.run();
