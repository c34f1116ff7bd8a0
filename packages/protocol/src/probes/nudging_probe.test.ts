// Nudging. Oracle: the cross-entropy of two classes in closed form, ln(1 + e^−margin).
import { expF64, logF64, mul, neg, Rng, tensor } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CreditContext } from "../evidence/collect_evidence.ts";
import { isMeasured, type Measured } from "../evidence/measured.ts";
import { nudgingProbe } from "./nudging_probe.ts";
import { feedback, linearModel, trainedNet } from "./_test_trained.ts";

const test = suite("nudgingProbe");
const dtype = "float64";

const number = (value: Measured): number => {
  if (!isMeasured(value)) throw new Error(value.reason);
  return value;
};

const loss = (margin: number) => logF64(1 + expF64(-margin));

test("gives the change of CE in closed form", async () => {
  // Logits are 2.25 h_0 = 1.5 h_1; â is [−1, 1], [1, −1] and [0, 0].
  const x = tensor([[1, -1], [0.5, 0], [2, 1]], { dtype });
  const credit = tensor([[-3, 3], [5e-30, -5e-30], [0, 0]], { dtype });
  const probe = await nudgingProbe(linearModel([0.5, 0.5]), [{ x, y: [0, 0, 1] }], {
    credits: () => [credit, credit],
    creditIndex: "input",
    eta: 0.25,
  });
  assert.equal([probe.eta, probe.samples], [0.25, 3]);
  // Margins of the labels are 2.25·(2, 0.5, −1); a nudge at h_l adds ±2η times what is left.
  [2.25, 1.5].forEach((rest, l) => {
    const first = loss(4.5 + rest * 0.5) - loss(4.5);
    const second = loss(1.125 - rest * 0.5) - loss(1.125);
    const expected = (first + second) / 3; // the third does not move
    const found = number(probe.change.perLayer[l]!);
    assert.ok(Math.abs(found - expected) < 1e-15, `${found} is not ${expected}`);
  });
});

const downhill = ({ bpGradient }: CreditContext) => bpGradient.slice(1);

// Oracle: a small step down the gradient lowers the loss, a step up raises it.
test("falls along the gradient, rises against it, at every layer of a trained net", async () => {
  const { model, batches } = trainedNet();
  const of = async (credits: (context: CreditContext) => ReturnType<typeof downhill>) => {
    const probe = await nudgingProbe(model, batches, { credits, creditIndex: "output" });
    assert.equal([probe.eta, probe.samples], [0.01, 128]);
    return [...probe.change.perLayer, probe.change.mean, probe.change.deep].map(number);
  };
  const down = await of(downhill);
  const up = await of((context) => downhill(context).map(neg));
  assert.ok(down.every((change) => change < 0) && up.every((change) => change > 0));
  assert.equal(await of((context) => downhill(context).map((g) => mul(g, 2 ** 40))), down);
  const matrices = feedback(Rng.fromSeed(1)); // no credit is better than the gradient
  const other = await of(({ hidden }) => matrices.map((_, l) => hidden[l + 1]!));
  other.forEach((change, l) => assert.ok(change > down[l]!, `${change}`));
});

test("is unmeasured where the loss is not finite, and refuses what cannot be measured", async () => {
  const model = linearModel([1]);
  const batch = { x: tensor([[1, 2]], { dtype }), y: [0] };
  const credits = () => [tensor([[NaN, 1]], { dtype })];
  const { change } = await nudgingProbe(model, [batch], { credits, creditIndex: "input" });
  assert.equal(change.mean, {
    valid: false,
    reason: "the change of mean CE by nudging block 0 is NaN",
    nonFinite: "NaN",
  });
  for (const eta of [0, -1, NaN, Infinity]) {
    const message = await nudgingProbe(model, [batch], { credits, creditIndex: "input", eta })
      .then(() => "", (error) => error.message);
    assert.is(message, `Cannot nudge states as eta must be above 0: ${eta}`);
  }
});

test.run();
