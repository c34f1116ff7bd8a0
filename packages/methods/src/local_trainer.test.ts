// The local trainer with rules made for the test. Oracles: the chain rule, closed forms, BP itself.
import { ResidualMLP } from "@fa/models";
import {
  add,
  crossEntropy,
  grad,
  localVjp,
  mul,
  normal,
  Rng,
  type Tensor,
  variable,
  vjp,
  zeros,
} from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BackpropTrainer } from "./backprop_trainer.ts";
import { createTrainer } from "./create_trainer.ts";
import type { CreditRule } from "./credit_rule.ts";
import { LocalTrainer } from "./local_trainer.ts";

const dtype = "float64";
const B = 6;

/** A model whose gradients are all of order one, and a batch. */
function make() {
  const rng = Rng.fromSeed(21);
  const model = new ResidualMLP({ inputSize: 12, width: 8, depth: 3, classes: 4, dtype, rng });
  for (const [name, p] of model.namedParameters()) {
    const noise = normal(rng.fork(name), p.shape, { std: 0.4, dtype });
    p.assign(add(p, noise).dataSync());
  }
  return { model, x: normal(rng.fork("x"), [B, 12], { dtype }), y: [0, 1, 2, 3, 1, 0] };
}

/** Logits from h_l on. */
function from(model: ResidualMLP, h: Tensor, l: number): Tensor {
  for (const block of model.blocks.slice(l)) h = add(h, block(h));
  return model.outHead(model.outLn!(h));
}

/** The exact teaching signals, as a rule: a_l = ∂CE_b/∂h_{l+1} by vjp, the embedding's at h_0. */
function exactRule(model: ResidualMLP): CreditRule {
  return {
    name: "exact",
    creditIndex: "output",
    creditNormalization: "none",
    options: {},
    init: () => new Map(),
    credits({ hidden, y, outputError }) {
      const at = (l: number) =>
        vjp((h) => from(model, h, l), [hidden[l]!]).pullback(outputError)[0]!;
      assert.is(y.length, B);
      return { blocks: model.blocks.map((_, l) => at(l + 1)), embedding: at(0) };
    },
  };
}

const test = suite("LocalTrainer");

test("g_{l+1} is the exact teaching signal of block l, g_l is not (chain rule)", () => {
  const { model, x, y } = make();
  const hidden = [variable(model.embed(x))];
  for (const block of model.blocks) hidden.push(add(hidden.at(-1)!, block(hidden.at(-1)!)));
  const loss = crossEntropy(model.outHead(model.outLn!(hidden.at(-1)!)), y);
  const g = grad(loss, hidden);
  const difference = (a: Tensor[], b: Tensor[]) => {
    let error = 0, norm = 0;
    a.forEach((t, i) => {
      const [v, w] = [t.dataSync(), b[i]!.dataSync()];
      v.forEach((_, k) => {
        error += (v[k]! - w[k]!) ** 2;
        norm += w[k]! ** 2;
      });
    });
    return Math.sqrt(error / norm);
  };
  model.blocks.forEach((block, l) => {
    const parameters = [...model.parameterGroups.blocks[l]!.values()];
    const exact = grad(loss, parameters);
    const part = localVjp(block, hidden[l]!);
    assert.ok(difference(part.pullback(g[l + 1]!, parameters), exact) < 1e-14);
    assert.ok(difference(part.pullback(g[l]!, parameters), exact) > 0.01);
  });
});

test("with exact, unnormalised credits of a rule that uses vjp, it trains as BP does", () => {
  const a = make(), b = make();
  const local = new LocalTrainer(a.model, { rule: exactRule(a.model), rng: Rng.fromSeed(1) });
  const bp = new BackpropTrainer(b.model);
  for (let step = 0; step < 3; step++) {
    const report = local.step(a.x, a.y, { lr: 1e-2 });
    const reference = bp.step(b.x, b.y, { lr: 1e-2 });
    assert.ok(Math.abs(report.loss.item() / reference.loss.item() - 1) < 1e-9);
    assert.equal([...report.zeroCredits!.dataSync()], [0, 0, 0]);
  }
  for (const [name, p] of a.model.namedParameters()) {
    const expected = b.model.namedParameters().get(name)!.dataSync();
    p.dataSync().forEach((v, i) => assert.ok(Math.abs(v - expected[i]!) < 1e-9, name));
  }
});

test("counts a credit as zero only if it is: 1e-25 in float32 is none (definition)", () => {
  const model = new ResidualMLP({ inputSize: 12, width: 8, depth: 2, rng: Rng.fromSeed(1) });
  const rule: CreditRule = {
    name: "tiny",
    creditIndex: "input",
    creditNormalization: "none",
    options: {},
    init: () => new Map(),
    credits: ({ hidden: [h] }) => {
      const tiny = add(zeros(h!.shape), 1e-25);
      return { blocks: [tiny, zeros(h!.shape)], embedding: tiny };
    },
  };
  const x = normal(Rng.fromSeed(2), [B, 12]);
  for (const creditNormalization of ["none", "sample", "batch"] as const) {
    const trainer = new LocalTrainer(model, {
      rule: { ...rule, creditNormalization },
      rng: Rng.fromSeed(3),
    });
    const { zeroCredits } = trainer.step(x, [0, 1, 2, 3, 1, 0], { lr: 0 });
    assert.equal([...zeroCredits!.dataSync()], [0, B]);
  }
});

test("normalisation takes any scale of a sample away ('sample'), of the batch ('batch'), or none", () => {
  const first = (creditNormalization: "sample" | "batch" | "none", scales: number[]) => {
    const { model, x, y } = make();
    const rule: CreditRule = {
      ...exactRule(model),
      credits: (context) => {
        const scale = normal(Rng.fromSeed(0), [B, 1], { mean: 0, std: 0, dtype });
        scale.assign(scales);
        const { blocks, embedding } = exactRule(model).credits(context, new Map());
        return { blocks: blocks.map((a) => mul(a, scale)), embedding: mul(embedding, scale) };
      },
    };
    // Without moments' memory of the scale AdamW hides it: compare after two different batches.
    const trainer = new LocalTrainer(model, {
      rule: { ...rule, creditNormalization },
      rng: Rng.fromSeed(3),
      lambda: 0.1, // fixes the scale against which the credit is seen
    });
    trainer.step(x, y, { lr: 1e-2 });
    trainer.step(mul(x, -1), y, { lr: 1e-2 });
    return [...model.namedParameters().get("blocks.1.w1.weight")!.dataSync()];
  };
  const near = (a: number[], b: number[]) => a.every((v, i) => Math.abs(v - b[i]!) < 1e-10);
  const one = [1, 1, 1, 1, 1, 1], same = [8, 8, 8, 8, 8, 8], each = [1, 2, 4, 8, 16, 32];
  assert.ok(near(first("sample", one), first("sample", each)));
  assert.ok(near(first("batch", one), first("batch", same)));
  assert.not(near(first("batch", one), first("batch", each)));
  assert.not(near(first("none", one), first("none", same)));
});

test("createTrainer names the nearest method, and inherits none from Object", () => {
  const { model } = make();
  const rng = Rng.fromSeed(0);
  assert.throws(() => createTrainer("dfaa", model, { rng }), /did you mean 'dfa'/);
  assert.throws(() => createTrainer("constructor", model, { rng }), /Cannot find method/);
});

test.run();
