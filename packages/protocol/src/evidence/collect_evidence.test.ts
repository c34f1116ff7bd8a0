import { readFileSync } from "node:fs";
import { add, layerNorm, mul, ones, parameter, type Tensor, tensor, zeros } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { referenceDiagnostic } from "../diagnostics/reference.ts";
import { type FixtureTensor, fromFixture, resmlp } from "./_test_resmlp.ts";
import { accuracy } from "./accuracy.ts";
import type { AuditableModel } from "./auditable_model.ts";
import type { Batch } from "./batch.ts";
import { collectEvidence, type CreditContext } from "./collect_evidence.ts";
import { exampleEvidence } from "./example_evidence.ts";
import { forwardWithHidden } from "./forward_with_hidden.ts";
import { isMeasured, type Measured } from "./measured.ts";
import { parseEvidence } from "./parse_evidence.ts";
import type { Alignment, Snapshot } from "./snapshot.ts";

const test = suite("collectEvidence");

interface Fixture {
  readonly batches: readonly { readonly x: FixtureTensor; readonly y: number[] }[];
  readonly cases: readonly {
    readonly name: string;
    readonly parameters: Record<string, FixtureTensor>;
    readonly hidden: readonly (readonly FixtureTensor[])[];
    readonly credit: readonly (readonly FixtureTensor[])[];
    readonly expected: {
      readonly hiddenNorms: FixtureTensor;
      readonly growthRatios: FixtureTensor;
      readonly growth: number;
      readonly gradientNorms: FixtureTensor;
      readonly perSampleLossGradientNorms: FixtureTensor;
      readonly stability: { readonly meanCosine: number };
      readonly gamma: {
        readonly perLayer: FixtureTensor;
        readonly headline: number;
        readonly deepOurs: number;
      };
      readonly accuracy: number;
    };
  }[];
}

const fixture = JSON.parse(
  readFileSync(new URL("../../fixtures/diagnostics.json", import.meta.url), "utf8"),
) as Fixture;
const batches: Batch[] = fixture.batches.map(({ x, y }) => ({ x: fromFixture(x), y }));

const modelOf = ({ parameters }: Fixture["cases"][number]): AuditableModel =>
  resmlp(
    Object.fromEntries(Object.entries(parameters).map(([k, t]) => [k, parameter(fromFixture(t))])),
  );

const number = (value: Measured): number => {
  if (!isMeasured(value)) throw new Error(value.reason);
  return value;
};

function near(found: readonly Measured[], expected: readonly number[], what: string, tol = 1e-11) {
  assert.is(found.length, expected.length, what);
  found.forEach((value, i) => {
    const error = Math.abs(number(value) - expected[i]!);
    assert.ok(
      error <= tol * Math.abs(expected[i]!) + 1e-15,
      `${what}[${i}]: ${value} is not ${expected[i]}`,
    );
  });
}

const alignment = ({ gamma }: Snapshot): Alignment => {
  if ("valid" in gamma) throw new Error(gamma.reason);
  return gamma;
};

for (const found of fixture.cases) {
  // Oracle: PyTorch in float64 (tools/fixtures), which computed states and gradients by itself.
  test(`collectEvidence agrees with PyTorch on case ${found.name}`, async () => {
    const { expected } = found;
    let batch = 0;
    const snapshot = await collectEvidence(modelOf(found), batches, {
      creditIndex: "input",
      credits: () => found.credit[batch++]!.slice(0, -1).map(fromFixture),
    });
    assert.is(snapshot.samples, 24);
    assert.is(snapshot.terminalNorm, true);
    near(snapshot.hiddenNorms, expected.hiddenNorms.data, "hiddenNorms");
    near(snapshot.growth.perLayer, expected.growthRatios.data, "growth");
    near([snapshot.growth.max], [expected.growth], "max growth");
    near(snapshot.gradientNorms, expected.gradientNorms.data, "gradientNorms");
    near(
      snapshot.sampleLossGradientNorms,
      expected.perSampleLossGradientNorms.data,
      "sampleLossGradientNorms",
    );
    near([snapshot.stability.value], [expected.stability.meanCosine], "stability", 1e-10);
    const { perLayer, headline, deepOurs } = alignment(snapshot);
    near(perLayer.map((layer) => layer.value), expected.gamma.perLayer.data, "gamma", 1e-10);
    near([headline, deepOurs], [expected.gamma.headline, expected.gamma.deepOurs], "Γ", 1e-10);
  });

  test(`accuracy and hidden states agree with PyTorch on case ${found.name}`, async () => {
    const model = modelOf(found);
    const result = await accuracy(model, batches);
    assert.is(result.value, found.expected.accuracy);
    assert.is(result.total, 24);
    const { hidden, branches } = forwardWithHidden(model, batches[0]!.x);
    found.hidden[0]!.forEach((h, l) =>
      near([...hidden[l]!.dataSync()], h.data, `hidden[${l}]`, 1e-10)
    );
    // The identity of §1, bit by bit.
    branches.forEach((branch, l) =>
      assert.equal(hidden[l + 1]!.dataSync(), add(hidden[l]!, branch).dataSync())
    );
  });
}

const [random] = fixture.cases as [Fixture["cases"][number]];

const join = (parts: readonly Batch[]): Batch => ({
  x: tensor(parts.flatMap(({ x }) => [...x.dataSync()]), {
    shape: [parts.reduce((n, { y }) => n + y.length, 0), 12],
    dtype: "float64",
  }),
  y: parts.flatMap(({ y }) => [...y as number[]]),
});

const bp = {
  creditIndex: "input" as const,
  credits: ({ bpGradient }: CreditContext) => bpGradient.slice(0, -1),
};

// Oracle: metamorphic. The gradient of a mean loss is 1/B of that of each sample's loss.
test("collectEvidence over one batch of 24 differs from three of 8 by the factor 1/B only", async () => {
  const model = modelOf(random);
  const small = await collectEvidence(model, batches);
  const large = await collectEvidence(model, [join(batches)]);
  assert.equal(large.hiddenNorms, small.hiddenNorms);
  near(large.sampleLossGradientNorms, small.sampleLossGradientNorms as number[], "sample", 1e-14);
  near(large.gradientNorms, (small.gradientNorms as number[]).map((g) => g / 3), "mean", 1e-14);
  const judged = [small, large].map((s) => number(referenceDiagnostic(s, 1e-7).value));
  near([judged[0]!], [judged[1]!], "(b) at B=128", 1e-14);
});

// Oracle: metamorphic. A median does not know the order of samples.
test("collectEvidence does not change when samples change places", async () => {
  const model = modelOf(random);
  const [before] = [await collectEvidence(model, batches, bp)];
  const flat = join(batches);
  const order = Array.from({ length: 24 }, (_, i) => (i * 7 + 3) % 24);
  const x = flat.x.dataSync();
  const permuted = [0, 1, 2].map((k): Batch => {
    const mine = order.slice(8 * k, 8 * k + 8);
    return {
      x: tensor(mine.flatMap((i) => [...x.subarray(12 * i, 12 * i + 12)]), {
        shape: [8, 12],
        dtype: "float64",
      }),
      y: mine.map((i) => flat.y[i]!),
    };
  });
  const after = await collectEvidence(model, permuted, bp);
  assert.equal(after.hiddenNorms, before.hiddenNorms);
  near(after.gradientNorms, before.gradientNorms as number[], "gradientNorms", 1e-14);
  assert.equal(alignment(after), alignment(before));
});

// Oracle: definition. a_l = g_l has cosine 1, exactly, in every sample.
test("collectEvidence gives BP's own credit Γ = 1 with either credit index", async () => {
  const model = modelOf(random);
  const output = {
    creditIndex: "output" as const,
    credits: ({ bpGradient }: CreditContext) => bpGradient.slice(1),
  };
  for (const options of [bp, output]) {
    const gamma = alignment(await collectEvidence(model, batches, options));
    assert.is(gamma.creditIndex, options.creditIndex);
    assert.is(gamma.headline, 1);
    assert.is(gamma.deepOurs, 1);
    assert.ok(gamma.perLayer.every(({ invalidSamples }) => invalidSamples === 0));
  }
  // Judged at the wrong index the same credit is no longer perfect (pitfall 11).
  const wrong = alignment(
    await collectEvidence(model, batches, { ...output, ...{ creditIndex: "input" as const } }),
  );
  assert.ok(number(wrong.headline) < 0.9999, `${wrong.headline}`);
});

// Oracle: closed form. Logits = h, so g = (softmax(h) − onehot(y)) / B, which the context holds.
test("collectEvidence hands out e_T = softmax − onehot and g = e_T / B of an identity model", async () => {
  const model: AuditableModel = { embed: (x) => x, blocks: [], outHead: (h) => h };
  const x = tensor([[Math.log(3), 0], [0, 0]], { dtype: "float64" });
  const seen: number[][] = [];
  const snapshot = await collectEvidence(model, [{ x, y: [0, 1] }], {
    creditIndex: "input",
    credits: ({ outputError, bpGradient }) => {
      seen.push([...outputError.dataSync()], [...bpGradient[0]!.dataSync()]);
      return [];
    },
  });
  near(seen[0]!, [-0.25, 0.25, 0.5, -0.5], "e_T", 1e-15);
  near(seen[1]!, [-0.125, 0.125, 0.25, -0.25], "g_0", 1e-15);
  near(snapshot.gradientNorms, [(0.125 + 0.25) / 2 * Math.SQRT2], "median ‖g‖", 1e-15);
  assert.equal(snapshot.growth.max, { valid: false, reason: "the model has no blocks" });
});

// Oracle: metamorphic, exact. With eps = 0, LN(2^k h) = LN(h) and its gradient is 2^-k as large.
test("collectEvidence sees the gradient shrink by exactly 2^-k behind a LayerNorm with eps 0", async () => {
  const weight = ones([8], { dtype: "float64" });
  const bias = zeros([8], { dtype: "float64" });
  const scaled = (scale: number): AuditableModel => ({
    embed: (x) => mul(x, scale),
    blocks: [(h) => h],
    outLn: (h) => layerNorm(h, weight, bias, { eps: 0 }),
    outHead: (h) => h,
  });
  const x = tensor(random.hidden[0]![0]!.data as number[], { shape: [8, 8], dtype: "float64" });
  const batch = { x, y: [0, 1, 2, 3, 4, 5, 6, 7] };
  const measure = (scale: number) => collectEvidence(scaled(scale), [batch, batch], bp);
  const one = await measure(1);
  for (const k of [4, 30, -20]) {
    const other = await measure(2 ** k);
    assert.equal(other.hiddenNorms, (one.hiddenNorms as number[]).map((h) => h * 2 ** k));
    assert.equal(other.gradientNorms, (one.gradientNorms as number[]).map((g) => g * 2 ** -k));
    assert.equal(other.stability, one.stability);
    assert.is(alignment(other).headline, 1);
    assert.is(alignment(other).perLayer[0]!.regime, k === 30 ? "below-floor" : "exact");
  }
});

// Oracle: documented contract: measuring changes nothing.
test("collectEvidence leaves parameters, inputs and tapes as they were", async () => {
  const parameters = Object.fromEntries(
    Object.entries(random.parameters).map(([k, t]) => [k, parameter(fromFixture(t))]),
  );
  const bits = () => Object.values(parameters).map((p) => [...p.dataSync()]);
  const before = bits();
  const x = batches[0]!.x.dataSync();
  await collectEvidence(resmlp(parameters), batches, bp);
  await accuracy(resmlp(parameters), batches);
  assert.equal(bits(), before);
  assert.equal(batches[0]!.x.dataSync(), x);
  assert.ok(Object.values(parameters).every((p) => p.node?.inputs.length === 0));
});

test("collectEvidence hands credits only constants, once for each batch", async () => {
  let calls = 0;
  await collectEvidence(modelOf(random), batches, {
    creditIndex: "input",
    credits: ({ hidden, logits, outputError, bpGradient }) => {
      calls++;
      for (const t of [...hidden, logits, outputError, ...bpGradient]) assert.is(t.node, null);
      return bpGradient.slice(0, -1);
    },
  });
  assert.is(calls, 3);
});

test("collectEvidence takes batches from an asynchronous source", async () => {
  async function* later(): AsyncGenerator<Batch> {
    for (const batch of batches) yield await Promise.resolve(batch);
  }
  const model = modelOf(random);
  assert.equal(await collectEvidence(model, later()), await collectEvidence(model, batches));
});

// Oracle: hand computation on a float32 stream that overflows.
test("collectEvidence records overflow as such and the NaN behind it as unmeasured", async () => {
  const model: AuditableModel = {
    embed: (x) => x,
    blocks: [(h) => mul(h, 3e38), (h) => mul(h, 0)],
    outHead: (h) => h,
  };
  const x = tensor([[3, 4], [30, 40]], { dtype: "float32" });
  const snapshot = await collectEvidence(model, [{ x, y: [0, 1] }, { x, y: [0, 1] }], {
    creditIndex: "input",
    credits: ({ hidden }) => hidden.slice(0, 2),
  });
  assert.is(snapshot.dtype, "float32");
  assert.is(snapshot.hiddenNorms[0], 27.5);
  assert.equal(snapshot.nonFiniteHidden, [0, 4, 4]);
  assert.is((snapshot.hiddenNorms[1] as { nonFinite: string }).nonFinite, "+Infinity");
  assert.is((snapshot.hiddenNorms[2] as { nonFinite: string }).nonFinite, "NaN");
  assert.is((snapshot.growth.max as { nonFinite: string }).nonFinite, "+Infinity");
  assert.not(isMeasured(snapshot.stability.value));
  assert.equal(snapshot.nonFiniteGradients, [4, 4, 4]);
  const { perLayer, headline } = alignment(snapshot);
  assert.equal(perLayer.map(({ samples, invalidSamples }) => [samples, invalidSamples]), [[0, 4], [
    0,
    4,
  ]]);
  assert.not(isMeasured(headline));
});

test("collectEvidence leaves out and counts samples with a zero credit", async () => {
  const snapshot = await collectEvidence(modelOf(random), batches, {
    creditIndex: "input",
    credits: ({ bpGradient }) =>
      bpGradient.slice(0, -1).map((g) => {
        const rows = Float64Array.from({ length: 8 }, (_, b) => (b < 3 ? 0 : -2));
        return mul(g, tensor(rows, { shape: [8, 1] }));
      }),
  });
  for (const layer of alignment(snapshot).perLayer) {
    assert.equal([layer.value, layer.samples, layer.invalidSamples], [-1, 15, 9]);
    // Tools that clamp count zero vectors as 0.
    assert.equal(layer.naive, { productClamp: -15 / 24, perNormClamp: -15 / 24 });
  }
});

test("collectEvidence follows h_{l+1} = F_l(h_l) where the model has no skip", async () => {
  const model: AuditableModel = {
    embed: (x) => x,
    blocks: [(h) => mul(h, 2), (h) => mul(h, 3)],
    residual: false,
    outHead: (h) => h,
  };
  const x = tensor([[3, 4]], { dtype: "float64" });
  const snapshot = await collectEvidence(model, [{ x, y: [0] }]);
  assert.equal(snapshot.hiddenNorms, [5, 10, 30]);
  assert.is(snapshot.residual, false);
  assert.equal(snapshot.growth, { perLayer: [2, 3], max: 3 });
  assert.not(isMeasured(snapshot.stability.value));
});

// Oracle: what is written can be read, diverged or not.
test("collectEvidence gives snapshots that parseEvidence accepts after JSON", async () => {
  const x = tensor([[3, 4], [30, 40]], { dtype: "float32" });
  const pair = [{ x, y: [0, 1] }, { x, y: [1, 1] }];
  const of = (...scales: number[]): AuditableModel => ({
    embed: (h) => h,
    blocks: scales.map((scale) => (h) => mul(h, scale)),
    outHead: (h) => h,
  });
  const found = [
    await collectEvidence(modelOf(random), batches, bp),
    await collectEvidence(of(3e38, 0), pair, bp),
    await collectEvidence(of(-1, -1), pair, bp),
    await collectEvidence(of(), pair.slice(1)),
  ];
  for (const initial of found) {
    const record = { ...exampleEvidence(), epochs: [], initial };
    assert.equal(parseEvidence(JSON.stringify(record), "live.json"), record);
  }
});

const rejects = async (promise: Promise<unknown>, type: ErrorConstructor, words: RegExp) => {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof type, `${error}`);
    assert.match((error as Error).message, words);
    return;
  }
  assert.unreachable("must be refused");
};

test("collectEvidence refuses what it cannot measure", async () => {
  const model = modelOf(random);
  const [first] = batches as [Batch];
  await rejects(collectEvidence(model, []), RangeError, /no batches/);
  await rejects(collectEvidence(model, [first, join(batches)]), RangeError, /8 and 24 samples/);
  await rejects(collectEvidence(model, [{ x: first.x, y: [0] }]), RangeError, /each of 1 labels/);
  await rejects(
    collectEvidence(model, [first], { credits: bp.credits }),
    TypeError,
    /given together/,
  );
  await rejects(
    collectEvidence(model, [first], { ...bp, credits: () => [] }),
    RangeError,
    /0 credits, 3 blocks/,
  );
  const narrow = (t: Tensor) => mul(t, ones([3, 8, 8], { dtype: "float64" }));
  await rejects(
    collectEvidence(model, [first], { ...bp, credits: (c) => bp.credits(c).map(narrow) }),
    RangeError,
    /credit 0 \[3,8,8\] with the gradient at h_0 \[8,8\]/,
  );
  await rejects(accuracy(model, []), RangeError, /positive total/);
});

// Oracle: closed form; NaN predicts nothing, the first of equal logits wins (NumPy's argmax).
test("accuracy counts ties by the first and NaN as no prediction", async () => {
  const model: AuditableModel = { embed: (x) => x, blocks: [], outHead: (h) => h };
  const x = tensor([[1, 1], [1, 1], [NaN, 0], [0, Infinity]], { dtype: "float64" });
  assert.equal(await accuracy(model, [{ x, y: [0, 0, 1, 1] }]), {
    correct: 3,
    total: 4,
    value: 0.75,
    withoutPrediction: 1,
  });
});

test.run();
