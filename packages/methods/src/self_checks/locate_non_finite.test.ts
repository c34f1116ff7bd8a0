// Where a value first was not finite. Oracle: the place where the test made it so.
import { jsBackend, mul, parameter, sqrt, tensor } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CreditRule } from "../credit_rule.ts";
import { dfa } from "../dfa.ts";
import {
  alarmOf,
  sizes,
  type TinyOptions,
  tinyRun,
  trainEpoch,
  type TrainOptions,
} from "./_test_training.ts";
import { locateNonFinite } from "./locate_non_finite.ts";
import { SelfCheckAlarm } from "./self_check_alarm.ts";

/** The alarm of a run, and where a replay of the same run finds its origin. */
async function locate(
  method: string,
  options: TinyOptions,
  train: TrainOptions,
): Promise<{ alarm: SelfCheckAlarm; located: SelfCheckAlarm }> {
  const alarm = await alarmOf(tinyRun(method, options), train) as SelfCheckAlarm;
  assert.instance(alarm, SelfCheckAlarm);
  const again = tinyRun(method, options);
  const replay = () => void trainEpoch(again, 1, train);
  const located = await locateNonFinite({ alarm, ...again, replay });
  assert.is(located.check, "non-finite");
  assert.ok(located.message.startsWith(alarm.message), located.message);
  return { alarm, located };
}

const tail = ({ message }: Error) => message.slice(message.indexOf("It began"));
const filled = (n: number, value: number) => new Float64Array(n).fill(value);
const { width } = sizes;

/** A run in which block 1 overflows in its backward pass: 0·3e38 forward, g·3e38 backward. */
function overflowBackward(step: number): NonNullable<TrainOptions["tamper"]> {
  return ({ model }, now) => {
    if (now !== step) return;
    const p = model.namedParameters();
    for (const name of ["blocks.1.w1.weight", "blocks.1.w1.bias"]) {
      p.get(name)!.assign(filled(p.get(name)!.size, 0));
    }
    // One row, so that no product adds infinities of both signs to NaN.
    p.get("blocks.1.w2.weight")!.assign([
      ...filled(width, 3e38),
      ...filled(width * (width - 1), 0),
    ]);
    const head = p.get("out_head.weight")!;
    head.assign(Float64Array.from(head.dataSync(), (w) => 100 * w));
  };
}

const test = suite("locateNonFinite");

for (const method of ["bp", "dfa"]) {
  test(`${method}: NaN put into block 1's w1 at step 3`, async () => {
    const { alarm, located } = await locate(method, {}, {
      tamper: ({ model }, step) => {
        const w1 = model.namedParameters().get("blocks.1.w1.weight")!;
        if (step === 3) w1.assign(w1.dataSync().with(5, NaN));
      },
    });
    assert.is(alarm.step, 3);
    assert.equal([located.layer, located.step], ["blocks.1", 3]);
    assert.equal(located.values, { loss: NaN, op: "linear", stage: "blocks.1, forward" });
    assert.is(
      tail(located),
      "It began at step 3 with linear in blocks.1, forward, which gave NaN as blocks.1.w1.weight " +
        "held NaN before",
    );
  });

  test(`${method}: a batch that holds NaN`, async () => {
    const { located } = await locate(method, {}, {
      tamper: ({ batches }, step) => {
        const { x } = batches[1]!;
        if (step === 2) x.assign(x.dataSync().with(0, NaN));
      },
    });
    assert.is(
      tail(located),
      "It began at step 2 with linear in embedding, forward, which gave NaN as its input [6,12] " +
        "held NaN before",
    );
  });

  test(`${method} float32: an overflow in a forward pass`, async () => {
    const { located } = await locate(method, { dtype: "float32" }, {
      tamper: ({ model }, step) => {
        const p = model.namedParameters();
        if (step !== 2) return;
        for (const name of ["embed.bias", "blocks.0.w2.bias"]) {
          p.get(name)!.assign(filled(width, 3e38)); // 3e38 + 3e38 > 3.4e38
        }
      },
    });
    assert.equal([located.layer, located.step], ["blocks.0", 2]);
    assert.is(
      tail(located),
      "It began at step 2 with add in blocks.0, forward, which gave Infinity from finite values",
    );
  });
}

test("bp float32: an overflow in the backward pass, in the layer whose op it goes back through", async () => {
  const options = { dtype: "float32", terminalLayerNorm: false } as const;
  const { alarm, located } = await locate("bp", options, { tamper: overflowBackward(2) });
  assert.is(alarm.step, 3, "the loss tells one step later");
  assert.equal([located.layer, located.step], ["blocks.1", 2]);
  assert.match(
    tail(located),
    /^It began at step 2 with matmul in blocks\.1, backward, going back through linear, which gave -?Infinity from finite values$/,
  );
});

test("dfa float32: an overflow in a local gradient", async () => {
  const ruleOptions = { creditNormalization: "none", feedbackScale: 100 };
  const options = { dtype: "float32", terminalLayerNorm: false, ruleOptions } as const;
  const { located } = await locate("dfa", options, { tamper: overflowBackward(2) });
  assert.equal([located.layer, located.step], ["blocks.1", 2]);
  assert.match(
    tail(located),
    /^It began at step 2 with matmul in blocks\.1, local gradient, going back through linear, /,
  );
});

test("bp float32: an overflow in LayerNorm's fused gradient", async () => {
  const { located } = await locate("bp", { dtype: "float32" }, {
    tamper: ({ model }, step) => {
      const p = model.namedParameters();
      if (step !== 1) return;
      for (const [name, tensor] of p) {
        if (/^embed|w2/.test(name)) tensor.assign(filled(tensor.size, 0));
      }
      // h_L = 0 is normalised to 0, and 0·3e38 = 0; on its way back the gradient is not 0.
      p.get("out_ln.weight")!.assign(filled(width, 3e38));
      const head = p.get("out_head.weight")!;
      head.assign(Float64Array.from(head.dataSync(), (w) => 100 * w));
    },
  });
  assert.equal([located.layer, located.step], ["readout", 1]);
  assert.match(
    tail(located),
    /^It began at step 1 with layerNormGradients in readout, backward, going back through layerNorm, /,
  );
});

test("an update that overflows, by the name of its parameter", async () => {
  const { alarm, located } = await locate("bp", { dtype: "float32" }, { lr: 1e39 });
  assert.is(alarm.step, 2);
  assert.equal([located.layer, located.step], ["embedding", 1]);
  assert.match(
    tail(located),
    /^It began at step 1 with the update of embed\.weight, which gave -?Infinity from finite values$/,
  );
});

test("a second moment that overflows, which no loss shows", async () => {
  const { alarm, located } = await locate("dfa", { dtype: "float32" }, {
    tamper: ({ batches }, step) => {
      const { x } = batches[2]!;
      if (step === 3) x.assign(x.dataSync().with(0, 1e25)); // squared, 1e50
    },
  });
  assert.is(alarm.values.tensor, "optimizer.embed.weight.exp_avg_sq");
  assert.equal([located.layer, located.step], ["embedding", 3]);
  assert.match(
    tail(located),
    "with the update of optimizer.embed.weight.exp_avg_sq, which gave Inf",
  );
});

/** DFA beside a network of its own, whose loss is the root of a weight that training makes negative. */
function withNetwork(): CreditRule {
  const rule = dfa();
  return {
    ...rule,
    init: (sizes, rng) =>
      new Map([...rule.init(sizes, rng), ["N.weight", parameter(tensor([1], sizes))]]),
    fixed: (auxiliary) => [...auxiliary.keys()].filter((name) => name.startsWith("feedback")),
    learning: {
      trained: () => ["N.weight"],
      loss: (_, auxiliary) => mul(sqrt(auxiliary.get("N.weight")!), 1),
      optimizer: { lr: 0.6, weightDecay: 0 },
    },
  };
}

test("NaN in a network of the rule's own: the root of a negative weight", async () => {
  const { alarm, located } = await locate("dfa", { rule: withNetwork() }, {});
  assert.match(alarm.message, "as the loss of its own networks must be finite: NaN, at step 3");
  assert.is(located.step, 3);
  assert.is(
    tail(located),
    "It began at step 3 with sqrt in auxiliary networks, which gave NaN from finite values",
  );
});

test("says so if the replay meets nothing", async () => {
  const run = tinyRun("bp");
  const alarm = await alarmOf(run, {
    tamper: ({ model }, step) => {
      const head = model.namedParameters().get("out_head.bias")!;
      if (step === 2) head.assign(filled(head.size, NaN));
    },
  }) as SelfCheckAlarm;
  const healthy = tinyRun("bp");
  const replay = () => void trainEpoch(healthy, 1);
  const located = await locateNonFinite({ alarm, ...healthy, replay });
  assert.match(located.message, "A replay of the epoch met no such value");
  assert.is(located.step, 2);
});

test("what goes wrong in a replay is not hidden", async () => {
  const run = tinyRun("bp");
  const alarm = new SelfCheckAlarm("", {
    check: "non-finite",
    method: "bp",
    step: 1,
    epoch: 1,
    values: {},
  });
  const replay = () => {
    throw new RangeError("mine");
  };
  const error = await locateNonFinite({ alarm, ...run, replay }).catch((error) => error);
  assert.is(error.message, "mine");
});

test("on a device that reads asynchronously: op, layer and step, without values", async () => {
  const { readSync: _, ...backend } = { ...jsBackend, name: "device" };
  const { located } = await locate("dfa", { backend, dtype: "float32" }, {
    tamper: ({ model }, step) => {
      const w1 = model.namedParameters().get("blocks.1.w1.weight")!;
      if (step === 3) w1.assign(filled(w1.size, NaN));
    },
  });
  assert.equal([located.layer, located.step], ["blocks.1", 3]);
  assert.is(
    tail(located),
    "It began at step 3 with linear in blocks.1, forward, which gave a value that is not finite",
  );
});

test.run();
