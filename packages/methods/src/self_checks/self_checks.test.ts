// Training that watches itself: every alarm on an offender made for it, none on healthy training.
// Oracles: definitions, the chain rule (gradients taken on another way), closed forms, bits.
import { ResidualMLP } from "@fa/models";
import { add, jsBackend, mul, normal, rmsNormalize, Rng, type Tensor, vjp } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { creditRule, methodNames } from "../create_trainer.ts";
import type { CreditContext, CreditRule, Credits } from "../credit_rule.ts";
import { LocalTrainer } from "../local_trainer.ts";
import type { StepView } from "../trainer.ts";
import { disguiseTolerance, nearness, signalsOf } from "./_disguise.ts";
import {
  alarmOf,
  BATCH,
  bitsAfter,
  nonFiniteOps,
  sizes,
  STEPS,
  type TinyOptions,
  type TinyRun,
  tinyRun,
  trainEpoch,
} from "./_test_training.ts";
import { hiddenGradients } from "./_hidden_gradients.ts";
import { SelfCheckAlarm } from "./self_check_alarm.ts";
import { SelfChecks } from "./self_checks.ts";

const dtypes = ["float32", "float64"] as const;
const { depth, width } = sizes;

/** Values on the host; reading at once is what a device cannot. */
const { readSync: _, ...device } = { ...jsBackend, name: "device" };

/** g_0 … g_L of each sample's own loss, by the chain rule from above: not the checks' way. */
function trueGradients({ hidden, model, outputError }: CreditContext): Tensor[] {
  const top = (h: Tensor) => model.outHead(model.outLn ? model.outLn(h) : h);
  const gradients = [vjp(top, [hidden.at(-1)!]).pullback(outputError)[0]!];
  for (let l = depth - 1; l >= 0; l--) {
    const above = gradients[0]!;
    const through = vjp(model.blocks[l]!, [hidden[l]!]).pullback(above)[0]!;
    gradients.unshift(add(above, through));
  }
  return gradients;
}

/** A local rule whose signals are noise, but for what `put` changes, given the true gradients. */
function ruleWith(
  put: (gradients: readonly Tensor[], noise: () => Tensor) => Partial<Credits>,
  more: Partial<CreditRule> = {},
): CreditRule {
  return {
    name: "made",
    creditIndex: "input",
    creditNormalization: "sample",
    options: {},
    init: () => new Map(),
    credits(context) {
      const [h] = context.hidden as [Tensor];
      const { dtype, backend } = h;
      let drawn = 0;
      const noise = () => normal(Rng.fromSeed(drawn++), h.shape, { dtype, backend });
      const blocks = Array.from({ length: depth }, noise);
      return { blocks, embedding: blocks[0]!, ...put(trueGradients(context), noise) };
    },
    ...more,
  };
}

/** The alarm of training with the rule; fails if it is none. */
async function alarmWith(rule: CreditRule, options: TinyOptions = {}): Promise<SelfCheckAlarm> {
  const alarm = await alarmOf(tinyRun("made", { ...options, rule }));
  if (alarm instanceof Error && !(alarm instanceof SelfCheckAlarm)) throw alarm;
  assert.instance(alarm, SelfCheckAlarm);
  return alarm as SelfCheckAlarm;
}

const test = suite("SelfChecks");

test("nearness is the sine of the angle, sample by sample (closed form)", () => {
  const of = (a: number[], g: number[], batch: number) =>
    nearness(Float64Array.from(a), Float64Array.from(g), batch);
  assert.equal(of([3, 4], [2, 0], 1), { distance: 4 / 5, scale: 1.5 });
  assert.is(
    of([2, 4, 6, -5, 0, 0], [1, 2, 3, 3, 0, 0], 2).distance,
    0,
    "a multiple for each sample",
  );
  assert.is(of([1, 3], [1, 1], 2).distance, Math.sqrt(2 / 10), "one feature: one multiple for all");
  assert.is(of([3, 4], [0, 0], 1).distance, 1, "no gradient");
  assert.ok(Number.isNaN(of([0, 0], [3, 4], 1).distance), "no signal");
});

type Put = Parameters<typeof ruleWith>[0];
const offenders: [name: string, layer: string, gradient: string, scale: number | null, Put][] = [
  ["g_l at block 1", "blocks.1", "g_1", BATCH, (g, noise) => ({
    blocks: [noise(), g[1]!, noise()],
  })],
  ["−3·g_{l+1} at block 2", "blocks.2", "g_3", -3 * BATCH, (g, noise) => ({
    blocks: [noise(), noise(), mul(g[3]!, -3)],
  })],
  ["g_{l+1} with samples of equal length at block 0", "blocks.0", "g_1", null, (g, noise) => ({
    blocks: [rmsNormalize(g[1]!), noise(), noise()],
  })],
  ["g_0 at the embedding", "embedding", "g_0", BATCH, (g) => ({ embedding: g[0]! })],
  ["g_{l+1} among the other credits", "blocks.1", "g_2", BATCH, (g, noise) => ({
    others: { second: [noise(), g[2]!, noise()] },
  })],
  ["g_{l+1} as a lesson", "blocks.2", "g_3", BATCH, (g, noise) => ({
    lessons: [{ inputs: [noise(), noise(), noise()], signals: [noise(), noise(), g[3]!] }],
  })],
];
for (const dtype of dtypes) {
  for (const [name, layer, gradient, scale, put] of offenders) {
    test(`knows backpropagation in disguise, ${dtype}: ${name} (chain rule)`, async () => {
      const alarm = await alarmWith(ruleWith(put), { dtype });
      assert.is(alarm.check, "bp in disguise");
      assert.equal([alarm.method, alarm.layer, alarm.step, alarm.epoch], ["made", layer, 1, 1]);
      assert.is(alarm.values.gradient, gradient);
      if (scale !== null) assert.ok(Math.abs(alarm.values.scale as number / scale - 1) < 1e-5);
      assert.match(alarm.message, /^Cannot go on training made as the (credit|signal)/);
      assert.match(alarm.message, `·${gradient} up to `);
      assert.match(alarm.message, "at step 1 of epoch 1");
    });
  }

  test(`alarms below the tolerance and not above it, ${dtype} (definition)`, async () => {
    const near = (distance: number) =>
      ruleWith(([, g1], noise) => {
        const [direction, error] = [rmsNormalize(g1!), rmsNormalize(noise())];
        return { blocks: [add(direction, mul(error, distance)), noise(), noise()] };
      });
    // Noise is longer than its part across the gradient, by at most √(1 − 1/8 − …): a factor of 2 is safe.
    assert.is((await alarmWith(near(disguiseTolerance[dtype] / 2), { dtype })).layer, "blocks.0");
    const rule = near(disguiseTolerance[dtype] * 4);
    assert.is(await alarmOf(tinyRun("made", { dtype, rule })), undefined);
  });
}

test("blocks whose credit is exact by definition are exempt, others are not", async () => {
  const put: Put = (g, noise) => ({ blocks: [noise(), noise(), g[3]!] });
  const exempt = ruleWith(put, { exactBlocks: (depth) => [depth - 1] });
  assert.is(await alarmOf(tinyRun("made", { rule: exempt })), undefined);
  assert.is((await alarmWith(ruleWith(put, { exactBlocks: () => [0] }))).layer, "blocks.2");
  const embedding = ruleWith((g) => ({ embedding: g[0]! }), { exactBlocks: () => [0] });
  assert.is(await alarmOf(tinyRun("made", { rule: embedding })), undefined);
});

// Oracle: two features behind a LayerNorm, whose gradients are all multiples of (1, −1).
test("two features can be compared over the batch only", () => {
  const of = (a: number[], g: number[]) => nearness(Float64Array.from(a), Float64Array.from(g), 2);
  assert.ok(of([1, -1, 3, -3], [2, -2, 5, -5]).distance > 0.05);
  assert.ok(of([1, -1, 3, -3], [2, -2, 6, -6]).distance < 1e-15);
});

// Oracle: the equations: after T steps the nudge has just arrived T blocks below the top.
test("a short nudged phase of ep, exact where it has just arrived, is no disguise", async () => {
  for (let steps = 1; steps <= depth + 1; steps++) {
    assert.is(await alarmOf(tinyRun("ep", { ruleOptions: { steps } })), undefined, `T = ${steps}`);
  }
  assert.equal(creditRule("ep")!.exactBlocks!(1), [0]);
  assert.equal(creditRule("ep")!.exactBlocks!(4), []);
});

test("what the rules give at real size stays far from every gradient (measured: 0.05 and more)", () => {
  const rng = Rng.fromSeed(42);
  const batch = 128;
  const x = normal(rng.fork("x"), [batch, 3072]);
  const y = Array.from({ length: batch }, (_, b) => b % 10);
  for (const method of methodNames) {
    const rule = creditRule(method);
    if (!rule) continue;
    const model = new ResidualMLP({ inputSize: 3072, rng: rng.fork("model") });
    const trainer = new LocalTrainer(model, { rule, rng: rng.fork("auxiliary") });
    let nearest = Infinity;
    const inspect = (view: StepView) => {
      const gradients = hiddenGradients(view);
      for (const { tensor, against } of signalsOf(view.credits!, rule)) {
        for (const l of against) {
          const { distance } = nearness(tensor.dataSync(), gradients[l]!.dataSync(), batch);
          nearest = Math.min(nearest, distance);
        }
      }
    };
    trainer.step(x, y, { lr: 1e-3, inspect });
    const { float32 } = disguiseTolerance;
    assert.ok(nearest > 100 * float32 && nearest < 1.01, `${method}: ${nearest}`);
  }
});

test("a disguise that is put on later is known at the next epoch", async () => {
  let honest = true;
  const rule = ruleWith((g, noise) => honest ? {} : { blocks: [noise(), g[2]!, noise()] });
  const alarm = await alarmOf(tinyRun("made", { rule }), {
    epochs: 3,
    tamper: (_, step, epoch) => honest = epoch === 1 && step < 3,
  }) as SelfCheckAlarm;
  assert.equal([alarm.check, alarm.step, alarm.epoch], ["bp in disguise", 1, 2]);
});

for (const method of ["bp", "dfa"]) {
  test(`${method}: knows gradients that are all zero, as below a head of zeros (chain rule)`, async () => {
    const tamper = ({ model }: TinyRun, step: number, epoch: number) => {
      if (step !== 1 || epoch !== 2) return;
      const head = model.namedParameters().get("out_head.weight")!;
      head.assign(new Float64Array(head.size));
    };
    const alarm = await alarmOf(tinyRun(method), { epochs: 2, tamper }) as SelfCheckAlarm;
    assert.equal([alarm.check, alarm.step, alarm.epoch], ["zero gradients", 1, 2]);
    assert.is(
      alarm.message,
      `Cannot go on training ${method} as some hidden state must have a gradient: g_0 … g_3 of all ` +
        "6 samples are exactly 0, but the output error is not, at step 1 of epoch 2",
    );
  });
}

test("gradients that are zero below a block only are no alarm", async () => {
  const tamper = ({ model }: TinyRun) => {
    const w2 = model.namedParameters().get("blocks.1.w2.weight")!;
    w2.assign(new Float64Array(w2.size)); // without a skip nothing goes back through it
  };
  assert.is(await alarmOf(tinyRun("bp", { residual: false }), { tamper }), undefined);
});

test("says when gradients are zero for want of an error", async () => {
  const tamper = ({ model }: TinyRun) => {
    // One class is sure by 2,000 nats, and all labels are that class.
    const { classes } = sizes;
    const bias = model.namedParameters().get("out_head.bias")!;
    bias.assign(Float64Array.from({ length: classes }, (_, k) => k === 1 ? 2000 : 0));
  };
  const run = tinyRun("bp");
  const batches = run.batches.map(({ x, y }) => ({ x, y: y.map(() => 1) }));
  const alarm = await alarmOf({ ...run, batches }, { tamper }) as SelfCheckAlarm;
  assert.is(alarm.check, "zero gradients");
  assert.match(alarm.message, "as the output error is");
});

/** Puts NaN into block 1's w1. */
function poison({ model }: TinyRun, at: number): void {
  const w1 = model.namedParameters().get("blocks.1.w1.weight")!;
  w1.assign(w1.dataSync().with(at, NaN));
}

for (const method of ["bp", "dfa"]) {
  for (const dtype of dtypes) {
    test(`${method} ${dtype}: knows a loss that is not finite, at once`, async () => {
      const alarm = await alarmOf(tinyRun(method, { dtype }), {
        epochs: 2,
        tamper: (run, step, epoch) => epoch === 2 && step === 3 && poison(run, 5),
      }) as SelfCheckAlarm;
      assert.equal([alarm.check, alarm.step, alarm.epoch], ["non-finite", 3, 2]);
      assert.equal(alarm.values, { loss: NaN });
      assert.is(
        alarm.message,
        `Cannot go on training ${method} as its loss must be finite: NaN, at step 3 of epoch 2`,
      );
    });
  }
}

test("knows what no loss shows at the end of the epoch: a parameter, a moment", async () => {
  // The last update comes after the last loss.
  const run = tinyRun("bp");
  const last = await alarmOf(run, {
    tamper: ({ trainer }, step) => {
      const name = "optimizer.blocks.1.w1.weight.exp_avg";
      const moment = trainer.state().tensors.get(name)!;
      if (step === STEPS) moment.assign(moment.dataSync().with(7, Infinity));
    },
  }) as SelfCheckAlarm;
  assert.equal([last.check, last.step, last.epoch], ["non-finite", STEPS, 1]);
  assert.equal(last.values, { tensor: "blocks.1.w1.weight", value: -Infinity });
  assert.match(last.message, "blocks.1.w1.weight holds -Infinity, and 1 other tensors");
  // An infinite second moment stops its weight for ever, and nothing else.
  const stopped = await alarmOf(tinyRun("dfa"), {
    tamper: ({ trainer }, step) => {
      const moment = trainer.state().tensors.get("optimizer.embed.weight.exp_avg_sq")!;
      if (step === 1) moment.assign(moment.dataSync().with(7, Infinity));
    },
  }) as SelfCheckAlarm;
  assert.equal(stopped.values, { tensor: "optimizer.embed.weight.exp_avg_sq", value: Infinity });
});

const name = "feedback.1";
const feedbackCases: [how: RegExp, step: number, tamper: (run: TinyRun) => void][] = [
  [/overwritten once/, 2, ({ trainer }) => {
    const feedback = trainer.auxiliary.get(name)!;
    feedback.assign(feedback.dataSync()); // the same values: nobody may write at all
  }],
  [/replaced by another tensor/, 2, ({ trainer }) => {
    const feedback = trainer.auxiliary.get(name)!;
    (trainer.auxiliary as Map<string, Tensor>).set(name, mul(feedback, 1));
  }],
  [/other values, first .* → 0\.5 at index 3/, STEPS, ({ trainer }) => {
    const { backend, storage, ...feedback } = hold(trainer.auxiliary.get(name)!);
    backend.write(storage, feedback.values.with(3, 0.5)); // past the tensor, which counts writes
  }],
];
const hold = (t: Tensor) => ({ backend: t.backend, storage: t.storage, values: t.dataSync() });
for (const dtype of dtypes) {
  for (const [how, step, tamper] of feedbackCases) {
    test(`knows a feedback matrix that was changed, ${dtype}: ${how.source}`, async () => {
      const alarm = await alarmOf(tinyRun("dfa", { dtype }), {
        epochs: 2,
        tamper: (run, step, epoch) => epoch === 2 && step === 2 && tamper(run),
      }) as SelfCheckAlarm;
      assert.equal([alarm.check, alarm.step, alarm.epoch], ["feedback changed", step, 2]);
      assert.is(alarm.values.tensor, name);
      assert.match(alarm.message, /^Cannot go on training dfa as feedback\.1 must never change: /);
      assert.match(alarm.message, how);
    });
  }
}

test("a sign of zero is a change too (bits)", async () => {
  const run = tinyRun("dfa");
  run.trainer.auxiliary.get(name)!.assign(new Float64Array(width * sizes.classes));
  const alarm = await alarmOf(run, {
    tamper: ({ trainer }) => {
      const { backend, storage, values } = hold(trainer.auxiliary.get(name)!);
      backend.write(storage, values.with(0, -0));
    },
  });
  assert.match((alarm as Error).message, "other values, first 0 → 0 at index 0");
});

test("after a restored checkpoint, what was restored must not change", async () => {
  const first = tinyRun("dfa");
  const trained = (run: TinyRun, checks: SelfChecks) => alarmOf(run, { checks });
  assert.is(await trained(first, new SelfChecks(first)), undefined);
  const state = first.trainer.state();

  const again = tinyRun("dfa");
  const checks = new SelfChecks(again);
  again.trainer.restore(state);
  assert.match((await trained(again, checks) as Error).message, "overwritten once");

  const resumed = tinyRun("dfa");
  const watching = new SelfChecks(resumed);
  resumed.trainer.restore(state);
  watching.restored();
  assert.is(await trained(resumed, watching), undefined);
  resumed.trainer.auxiliary.get(name)!.assign(new Float64Array(width * sizes.classes));
  assert.match((await trained(resumed, watching) as Error).message, "feedback.1 must never change");
});

test("on a device that reads asynchronously, all are known at the end of the epoch", async () => {
  const disguised = ruleWith((g, noise) => ({ blocks: [noise(), g[2]!, noise()] }));
  const options = { backend: device, dtype: "float32" } as const;
  assert.is((await alarmWith(disguised, options)).layer, "blocks.1");

  let reached = 0;
  const alarm = await alarmOf(tinyRun("dfa", options), {
    tamper: ({ model }, step) => {
      reached = step;
      const w1 = model.namedParameters().get("blocks.1.w1.weight")!;
      if (step === 2) w1.assign(new Float32Array(w1.size).fill(NaN));
    },
  }) as SelfCheckAlarm;
  assert.equal([alarm.check, alarm.step, reached], ["non-finite", 2, STEPS]);
  assert.is(await alarmOf(tinyRun("dfa", options), { epochs: 2 }), undefined);
});

test("is silent after an alarm, so that the epoch can be replayed", async () => {
  const run = tinyRun("dfa");
  const checks = new SelfChecks(run);
  assert.ok(await alarmOf(run, { checks, tamper: (run, step) => step === 2 && poison(run, 0) }));
  trainEpoch(run, 1, { checks });
  await checks.endEpoch();
});

test("refuses to check what it cannot see", async () => {
  const run = tinyRun("dfa");
  const checks = new SelfChecks(run);
  assert.throws(() => trainEpoch(run, 1, { checks }), /no epoch has begun: call startEpoch\(\)/);
  checks.startEpoch(1);
  const { x, y } = run.batches[0]!;
  checks.afterStep(run.trainer.step(x, y, { lr: 1e-3 }));
  const error = await checks.endEpoch().catch((error) => error);
  assert.match(error.message, "no step of it was inspected");
  const without = { ...run.rule!, fixed: () => ["feedback.9"] };
  assert.throws(() => new SelfChecks({ ...run, rule: without }), /feedback\.9 as it is missing/);
});

for (const method of methodNames) {
  for (const dtype of dtypes) {
    test(`healthy ${method} ${dtype}: no alarm, the same bits with and without checks`, async () => {
      const [watched, plain] = [tinyRun(method, { dtype }), tinyRun(method, { dtype })];
      assert.is(await alarmOf(watched, { epochs: 3 }), undefined);
      for (let epoch = 1; epoch <= 3; epoch++) trainEpoch(plain, epoch, { epochs: 3 });
      assert.equal(bitsAfter(watched), bitsAfter(plain));
    });
  }

  test(`healthy ${method}: no op gives a value that is not finite (what an alarm's origin rests on)`, () => {
    const run = tinyRun(method, { dtype: "float32" });
    const names = nonFiniteOps(() => {
      for (let epoch = 1; epoch <= 2; epoch++) trainEpoch(run, epoch, { epochs: 2 });
    });
    assert.equal(names, []);
  });
}

test.run();
