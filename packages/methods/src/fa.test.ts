// Feedback alignment. Oracles: its definition in plain loops, the chain rule, BP itself.
import { Rng, type Tensor, vjp } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { predict } from "./_energy.ts";
import { BackpropTrainer } from "./backprop_trainer.ts";
import { createTrainer, creditRule } from "./create_trainer.ts";
import type { CreditContext } from "./credit_rule.ts";
import { fa, type FaOptions } from "./fa.ts";
import { LocalTrainer } from "./local_trainer.ts";
import { contextOf, gradientsOf, relativeError, smallNet, values } from "./testing/_small_net.ts";

const test = suite("fa");
const dtype = "float64";
const sizes = { width: 8, depth: 3, classes: 4, dtype } as const;

/** B_l replaced, sample by sample, by (I + ∂F_l/∂h_l)ᵀ. */
const transport = (l: number, a: Tensor, { model, hidden }: CreditContext): Tensor =>
  vjp((h) => predict(model, l, h), [hidden[l]!]).pullback(a)[0]!;

test("a_L is g_L and a_l is B_l a_{l+1} and nothing else (definition, in plain loops)", () => {
  const context = contextOf(smallNet());
  const rule = fa();
  const auxiliary = rule.init(sizes, Rng.fromSeed(1));
  assert.equal([...auxiliary.keys()], ["feedback.0", "feedback.1", "feedback.2"]);
  const { blocks, embedding } = rule.credits(context, auxiliary);
  assert.is(blocks.length, 3);
  let above = values(context.bpGradient[3]!);
  for (let l = 2; l >= 0; l--) {
    const B = values(auxiliary.get(`feedback.${l}`)!);
    const below = new Float64Array(6 * 8);
    for (let b = 0; b < 6; b++) {
      for (let i = 0; i < 8; i++) {
        for (let j = 0; j < 8; j++) below[b * 8 + i]! += B[i * 8 + j]! * above[b * 8 + j]!;
      }
    }
    assert.ok(relativeError([values(blocks[l]!)], [below]) < 1e-14, `a_${l}`);
    above = below;
  }
  assert.equal(values(embedding), values(blocks[0]!));
});

test("credits at the outputs are the same chain one further up, the embedding's stays", () => {
  const context = contextOf(smallNet());
  const auxiliary = fa().init(sizes, Rng.fromSeed(1));
  const input = fa().credits(context, auxiliary);
  const output = fa({ creditIndex: "output" }).credits(context, auxiliary);
  assert.equal(output.blocks.slice(0, 2).map(values), input.blocks.slice(1).map(values));
  assert.ok(relativeError([values(output.blocks[2]!)], [values(context.bpGradient[3]!)]) < 1e-15);
  assert.equal(values(output.embedding), values(input.embedding));
});

for (const residual of [true, false]) {
  for (const terminalLayerNorm of [true, false]) {
    const variant = { residual, terminalLayerNorm };
    test(`with the true Jacobians it is the chain rule: a_l = g_l, ${JSON.stringify(variant)}`, () => {
      const context = contextOf(smallNet(variant));
      const { blocks, embedding } = fa({ transport }).credits(context, new Map());
      blocks.forEach((a, l) => {
        assert.ok(relativeError([values(a)], [values(context.bpGradient[l]!)]) < 1e-14, `a_${l}`);
      });
      assert.equal(values(embedding), values(blocks[0]!));
    });
  }
}

test("with the true Jacobians, at the outputs and unnormalised, its gradients are BP's", () => {
  const net = smallNet();
  const expected = gradientsOf(new BackpropTrainer(net.model), net);
  const errorOf = (options: FaOptions) => {
    const rule = fa({ transport, ...options });
    const found = gradientsOf(new LocalTrainer(net.model, { rule, rng: Rng.fromSeed(1) }), net);
    assert.equal([...found.keys()].sort(), [...expected.keys()].sort());
    return (name: string) => relativeError([found.get(name)!], [expected.get(name)!]);
  };
  const exact = errorOf({ creditIndex: "output", creditNormalization: "none" });
  const shifted = errorOf({ creditIndex: "input", creditNormalization: "none" });
  const normalized = errorOf({ creditIndex: "output" });
  for (const name of expected.keys()) {
    assert.ok(exact(name) < 1e-13, `${name}: ${exact(name)}`);
    // The comparison can fail: at the inputs, or normalised, the same credits are not the gradient.
    if (!name.startsWith("blocks.")) continue;
    assert.ok(shifted(name) > 1e-2, name);
    assert.ok(normalized(name) > 1e-2, name);
  }
});

test("draws B_l ~ N(0, scale²/d), one stream for each block (moments of the normal)", () => {
  const wide = { width: 64, depth: 2, classes: 4, dtype } as const;
  const drawn = (feedbackScale?: number) => {
    const rule = fa(feedbackScale === undefined ? {} : { feedbackScale });
    return [...rule.init(wide, Rng.fromSeed(3)).values()];
  };
  const one = drawn();
  for (const B of one) {
    assert.equal(B.shape, [64, 64]);
    const n = B.size;
    const sum = values(B).reduce((s, v) => s + v), squares = values(B).reduce((s, v) => s + v * v);
    assert.ok(Math.abs(sum) < 5 * Math.sqrt(n / 64)); // five standard deviations
    assert.ok(Math.abs(squares * 64 / n - 1) < 5 * Math.sqrt(2 / n));
  }
  assert.not.equal(values(one[0]!), values(one[1]!));
  drawn(2).forEach((B, l) => assert.equal(values(B), values(one[l]!).map((v) => 2 * v)));
  assert.is(fa({ transport }).init(wide, Rng.fromSeed(3)).size, 0);
});

test("a missing matrix is an error, not a fresh one", () => {
  const context = contextOf(smallNet());
  const auxiliary = new Map(fa().init(sizes, Rng.fromSeed(1)));
  auxiliary.delete("feedback.1");
  assert.throws(
    () => fa().credits(context, auxiliary),
    /fa as auxiliary tensor feedback.1 is missing/,
  );
});

test("echoes its options, lists what is fixed, and owns up to the exact block", () => {
  const defaults = { creditIndex: "input", creditNormalization: "sample", feedbackScale: 1 };
  assert.equal(fa().options, defaults);
  assert.equal(fa({ transport }).options, defaults);
  const rule = creditRule("fa", { creditIndex: "output", feedbackScale: 2 })!;
  assert.equal(rule.options, { ...defaults, creditIndex: "output", feedbackScale: 2 });
  assert.is(rule.creditIndex, "output");
  assert.equal(rule.exactBlocks!(4), [3]);
  assert.equal(fa().exactBlocks!(4), []);
  const { model } = smallNet();
  const { auxiliary } = createTrainer("fa", model, { rng: Rng.fromSeed(1) });
  assert.equal(rule.fixed!(auxiliary), ["feedback.0", "feedback.1", "feedback.2"]);
  assert.throws(() => creditRule("fa", { creditIndex: "top" }), /one of input, output: top/);
  assert.throws(() => creditRule("fa", { creditNormalization: "smaple" }), RangeError);
});

test.run();
