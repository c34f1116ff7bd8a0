// Null calibration. Oracles: Γ as `collectEvidence` gives it; symmetry; the variance of the cosine with
// a random direction, 1/d.
import { matmul, neg, normal, Rng, type Tensor } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { collectEvidence, type CreditContext } from "../evidence/collect_evidence.ts";
import { isMeasured, type Measured } from "../evidence/measured.ts";
import { nullProbe } from "./null_probe.ts";
import { feedback, trainedNet } from "./_test_trained.ts";

const test = suite("nullProbe");
const rng = Rng.fromSeed(5, "null");
const net = trainedNet();

const number = (value: Measured): number => {
  if (!isMeasured(value)) throw new Error(value.reason);
  return value;
};

const dfa = (matrices: readonly Tensor[]) => ({ outputError }: CreditContext) =>
  matrices.map((B) => matmul(outputError, B, { transposeB: true }));

test("fresh feedback is within three standard errors of 0, at every layer", async () => {
  const draws = 20;
  const probe = await nullProbe(net.model, net.batches, {
    creditIndex: "input",
    trained: ({ bpGradient }) => bpGradient.slice(0, -1),
    fresh: (draw) => dfa(feedback(rng.fork(draw))),
    what: "feedback",
  });
  assert.equal([probe.draws, probe.samples, probe.fresh], [draws, 128, "feedback"]);
  assert.equal(probe.trained, { perLayer: [1, 1, 1], mean: 1, deep: 1 });
  const { mean, sampleStandardDeviation: s } = probe;
  for (const [l, value] of [...mean.perLayer, mean.mean, mean.deep].entries()) {
    const spread = number([...s.perLayer, s.mean, s.deep][l]!);
    assert.ok(spread > 0.01, `${spread}`); // one matrix for all samples: they do not average out
    assert.ok(Math.abs(number(value)) < 3 * spread / Math.sqrt(draws), `${value} of ${spread}`);
  }
});

test("every draw is the Γ that collectEvidence gives, and its statistics those of the draws", async () => {
  const all = [0, 1, 2].map((draw) => dfa(feedback(rng.fork("other", draw))));
  const gammas = [];
  for (const credits of all) {
    const { gamma } = await collectEvidence(net.model, net.batches, {
      creditIndex: "output",
      credits,
    });
    if ("valid" in gamma) throw new Error(gamma.reason);
    gammas.push([...gamma.perLayer.map(({ value }) => value), gamma.headline, gamma.deepOurs]
      .map(number));
  }
  const { mean, sampleStandardDeviation: s, trained } = await nullProbe(net.model, net.batches, {
    creditIndex: "output",
    trained: all[0]!,
    fresh: (draw) => all[draw]!,
    draws: 3,
    what: "feedback",
  });
  const flat = (each: typeof mean) => [...each.perLayer, each.mean, each.deep].map(number);
  assert.equal(flat(trained), gammas[0]);
  for (const [i, value] of flat(mean).entries()) {
    const [a, b, c] = gammas.map((values) => values[i]!) as [number, number, number];
    assert.ok(Math.abs(value - (a + b + c) / 3) < 1e-15);
    // Variance by the differences of pairs, ((a−b)² + (b−c)² + (a−c)²) / 6.
    const variance = ((a - b) ** 2 + (b - c) ** 2 + (a - c) ** 2) / 6;
    assert.ok(Math.abs(flat(s)[i]! ** 2 / variance - 1) < 1e-12);
  }
});

// Oracle: the cosine of a fixed direction with a random one has mean 0 and variance 1/d; over N samples
// with vectors of their own the mean cosine has 1/(dN). A variance from D draws errs by √(2/(D−1)).
test("random vectors have the variance of chance", async () => {
  const draws = 100;
  const { sampleStandardDeviation: s, mean } = await nullProbe(net.model, net.batches, {
    creditIndex: "input",
    trained: ({ hidden }) => hidden.slice(0, -1),
    fresh: (draw) => ({ hidden }) =>
      hidden.slice(0, -1).map((h, l) =>
        normal(rng.fork("free", draw, l, Math.round(1e9 * h.dataSync()[0]!)), h.shape, h)
      ),
    draws,
    what: "a random vector for each sample",
  });
  const expected = 1 / (24 * 128);
  for (const [l, each] of s.perLayer.entries()) {
    const ratio = number(each) ** 2 / expected;
    assert.ok(Math.abs(ratio - 1) < 3 * Math.sqrt(2 / (draws - 1)), `${ratio}`);
    assert.ok(Math.abs(number(mean.perLayer[l]!)) < 3 * Math.sqrt(expected / draws));
  }
  assert.ok(number(s.mean) < number(s.perLayer[0]!)); // layers are drawn independently
});

// Oracle: symmetry, exactly: a draw and its opposite.
test("opposite draws cancel to the last bit", async () => {
  const { mean } = await nullProbe(net.model, net.batches, {
    creditIndex: "input",
    trained: ({ bpGradient }) => bpGradient.slice(0, -1),
    fresh: (draw) => {
      const matrices = feedback(rng.fork("pair", draw >> 1));
      return dfa(draw % 2 === 0 ? matrices : matrices.map(neg));
    },
    draws: 4,
    what: "feedback and its opposite",
  });
  assert.equal(mean, { perLayer: [0, 0, 0], mean: 0, deep: 0 });
});

test("a draw that cannot be measured leaves its layer unmeasured, and one draw is not enough", async () => {
  const options = {
    creditIndex: "input",
    trained: ({ bpGradient }: CreditContext) => bpGradient.slice(0, -1),
    fresh: (draw: number) => ({ hidden, bpGradient }: CreditContext) =>
      hidden.slice(0, -1).map((_, l) =>
        draw === 1 && l === 2 ? normal(rng, bpGradient[0]!.shape, { std: 0 }) : bpGradient[l]!
      ),
    what: "nothing",
  } as const;
  const { mean, trained } = await nullProbe(net.model, net.batches, { ...options, draws: 2 });
  assert.equal(mean.perLayer.slice(0, 2), [1, 1]);
  const values = [mean.perLayer[2]!, mean.mean, mean.deep];
  assert.equal(values.map(isMeasured), [false, false, false]);
  assert.is(trained.mean, 1);
  const message = await nullProbe(net.model, net.batches, { ...options, draws: 1 })
    .then(() => "", (error) => error.message);
  assert.is(message, "Cannot calibrate the null as draws must be an integer ≥ 2: 1");
});

test.run();
