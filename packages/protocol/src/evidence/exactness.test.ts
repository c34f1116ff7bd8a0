// How exact the gradients are, what is refused for it, and what clamps would have printed.
import { cast, customVjp, mul, type Tensor, tensor } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { AuditableModel } from "./auditable_model.ts";
import type { Batch } from "./batch.ts";
import { collectEvidence, type CollectOptions, type CreditContext } from "./collect_evidence.ts";
import { exampleEvidence } from "./example_evidence.ts";
import { isMeasured, type Measured, unmeasured } from "./measured.ts";
import { l2Norm } from "./norm.ts";
import { parseEvidence } from "./parse_evidence.ts";
import { largestReferenceError } from "./_regime.ts";
import type { Alignment, Snapshot } from "./snapshot.ts";

const test = suite("exactness of evidence");

/** Two blocks whose branches are h/2 and h/4, then a head that scales: all powers of two. */
function model(
  { head = 1, bend = (h) => h }: { head?: number; bend?: (h: Tensor) => Tensor } = {},
): AuditableModel {
  return {
    embed: (x) => x,
    blocks: [(h) => mul(bend(h), 0.5), (h) => mul(h, 0.25)],
    residual: false,
    outHead: (h) => mul(h, head),
  };
}

/** The identity, whose gradient is multiplied by a number: an emulated coarse arithmetic. */
const coarse = (factor: number) =>
  customVjp(([h]) => h!, (seed) => [mul(seed, factor)]) as (h: Tensor) => Tensor;

const dtype = "float32";
const x = tensor([[1, 2, 3], [0.5, -1, 2], [4, 0, 1], [-2, 3, 0.25]], { dtype });
const batches: Batch[] = [{ x, y: [0, 1, 2, 1] }, { x, y: [2, 0, 1, 0] }];

const own = {
  creditIndex: "input" as const,
  credits: ({ bpGradient }: CreditContext) => ({
    blocks: bpGradient.slice(0, -1),
    terminal: bpGradient.at(-1)!,
  }),
};

const measure = (working: AuditableModel, options: CollectOptions = {}) =>
  collectEvidence(working, batches, { ...own, ...options });

const gammaOf = ({ gamma }: Snapshot): Alignment => {
  if ("valid" in gamma) throw new Error(gamma.reason);
  return gamma;
};

const reasonOf = (value: Measured | undefined): string =>
  value === undefined || isMeasured(value) ? `found ${value}` : value.reason;

// What is measured can be written and read again, whatever it is.
function assertReadable(initial: Snapshot, creditIndex: "input" | "output" = "input"): void {
  const record = { ...exampleEvidence(), creditIndex, epochs: [], initial };
  assert.equal(parseEvidence(JSON.stringify(record), "live.json"), record);
}

// Oracle: closed form. All weights are powers of two, so that float32 and float64 differ in the
// softmax alone, which float32 rounds to some 1e-7.
test("a float32 gradient of a model with exact weights errs by rounding alone", async () => {
  const snapshot = await measure(model(), { exactModel: model() });
  const { working, perLayer } = snapshot.referenceError!;
  assert.is(working, "float32");
  assert.is(perLayer.length, 3);
  for (const error of perLayer) assert.ok(isMeasured(error) && error < 2e-7, `${error}`);
  // The chain multiplies by powers of two: the error is the same in every layer, to the last bit.
  assert.is(perLayer[0], perLayer[2]);
  assert.is(perLayer[1], perLayer[2]);
  const { perLayer: layers, headline } = gammaOf(snapshot);
  assert.equal(layers.map((layer) => layer.regime), ["exact", "exact"]);
  assert.is(headline, 1);
  assertReadable(snapshot);
});

// Oracle: hand computation. g·(1 + δ) errs by δ, up to the rounding of float32, and only at h_0, which
// lies before the coarse block.
test("a gradient that errs by more than 1e-2 is refused, in its own layer only", async () => {
  const delta = 2 ** -4;
  const bent = model({ bend: coarse(1 + delta) });
  const snapshot = await measure(bent, { exactModel: model() });
  const [first, second, last] = snapshot.referenceError!.perLayer as number[];
  assert.ok(Math.abs(first! - delta) < 1e-6, `${first}`);
  assert.ok(second! < 2e-7 && last! < 2e-7);
  const { perLayer, headline, deepOurs, deepPaper } = gammaOf(snapshot);
  assert.equal(
    reasonOf(perLayer[0]!.value),
    "Γ_0 is refused as the relative error of ∂CE/∂h_0 in float32 is 0.0625, above 0.01",
  );
  assert.equal([perLayer[0]!.samples, perLayer[0]!.invalidSamples], [8, 0]);
  assert.is(perLayer[0]!.regime, undefined);
  assert.is(perLayer[0]!.naive!.productClamp, 1);
  assert.is(perLayer[1]!.value, 1);
  assert.match(reasonOf(headline), "Γ_0 is refused");
  assert.equal([deepOurs, deepPaper], [1, 1]);
  assertReadable(snapshot);
  // With credits at the outputs, g_0 is compared with nothing, and nothing is refused.
  const output = await collectEvidence(bent, batches, {
    exactModel: model(),
    creditIndex: "output",
    credits: ({ bpGradient }) => bpGradient.slice(1),
  });
  assert.is(gammaOf(output).headline, 1);
  assert.is(gammaOf(output).deepPaper, 1);
  assertReadable(output, "output");
});

test("a gradient that errs by less than 1e-2 is not refused", async () => {
  assert.is(largestReferenceError, 1e-2);
  const snapshot = await measure(model({ bend: coarse(1 - 2 ** -7) }), { exactModel: model() });
  assert.ok(snapshot.referenceError!.perLayer[0] as number > 0.0078);
  assert.is(gammaOf(snapshot).perLayer[0]!.value, 1);
  assertReadable(snapshot);
});

// Oracle: definitions. float32 ends at 1.4e-45; what is left of 1e-50 is nothing, an error of 1.
test("a gradient that float32 cannot hold is refused, not called a zero gradient alone", async () => {
  const tiny = (h: Tensor) => mul(mul(h, 1e-30), 1e-20);
  const lost = { ...model(), blocks: [tiny, (h: Tensor) => mul(h, 0.25)] };
  const snapshot = await measure(lost, { exactModel: lost });
  assert.is(snapshot.zeroGradients[0], 8);
  assert.is(snapshot.referenceError!.perLayer[0], 1);
  assert.equal(
    reasonOf(gammaOf(snapshot).perLayer[0]!.value),
    "Γ_0 is refused as the relative error of ∂CE/∂h_0 in float32 is 1.00, above 0.01",
  );
  assert.is(gammaOf(snapshot).perLayer[0]!.invalidSamples, 8);
  assertReadable(snapshot);
});

test("an error that cannot be measured refuses, whether float64 is zero or overflows", async () => {
  const zero = model({ bend: (h) => mul(h, 0) });
  const found = await measure(zero, { exactModel: zero });
  assert.equal(
    reasonOf(gammaOf(found).perLayer[0]!.value),
    "Γ_0 is refused as the relative error of ∂CE/∂h_0 in float32 could not be measured: " +
      "the error of ∂CE/∂h_0, which is else zero or not finite in float64, has a value in 0 of 8 " +
      "samples, and at least half of them are needed",
  );
  assertReadable(found);
  const wild = model({ bend: coarse(Infinity) });
  const overflow = await measure(wild, { exactModel: model() });
  assert.is(
    (overflow.referenceError!.perLayer[0] as { nonFinite: string }).nonFinite,
    "+Infinity",
  );
  assert.match(
    reasonOf(gammaOf(overflow).perLayer[0]!.value),
    /could not be measured: the median error of ∂CE\/∂h_0 is \+Infinity/,
  );
  assertReadable(overflow);
});

// Oracle: definition of the median: three of eight samples that err leave it alone, five do not.
test("the error of a layer is that of its median sample", async () => {
  const some = (n: number) => coarseRows(Array.from({ length: 8 }, (_, b) => (b < n ? 1.5 : 1)));
  for (const [n, refused] of [[3, false], [5, true]] as const) {
    const snapshot = await collectEvidence(
      model({ bend: some(n) }),
      [{
        x: tensor([...x.dataSync(), ...x.dataSync()], { shape: [8, 3], dtype }),
        y: [0, 1, 2, 1, 2, 0, 1, 0],
      }],
      { ...own, exactModel: model() },
    );
    const error = snapshot.referenceError!.perLayer[0] as number;
    assert.is(error > 0.4, refused, `${error}`);
    assert.is(isMeasured(gammaOf(snapshot).perLayer[0]!.value), !refused);
  }
});

function coarseRows(factors: readonly number[]): (h: Tensor) => Tensor {
  const column = tensor([...factors], { shape: [factors.length, 1], dtype });
  return customVjp(([h]) => h!, (seed) => [mul(seed, column)]);
}

// Oracle: definition of the regimes.
test("without a float64 model, float32 is unchecked and float64 exact; either may be below the floor", async () => {
  const regimes = async (working: AuditableModel, of: readonly Batch[]) =>
    gammaOf(await collectEvidence(working, of, own)).perLayer.map((layer) => layer.regime);
  assert.equal(await regimes(model(), batches), ["unchecked", "unchecked"]);
  const both = "unchecked-below-floor";
  assert.equal(await regimes(model({ head: 2 ** -40 }), batches), [both, both]);
  const doubles = batches.map(({ x, y }) => ({ x: cast(x, "float64"), y }));
  assert.equal(await regimes(model(), doubles), ["exact", "exact"]);
  assert.equal(await regimes(model({ head: 2 ** -40 }), doubles), ["below-floor", "below-floor"]);
});

// Oracle: closed form. With all scores equal, ‖g_L‖ = c·√(1/2)/B for two classes; at B = 128 that is
// c·√(1/2)/128, whatever B it was measured at. c = 1.9e-5 gives 1.05e-7 and 1.8e-5 9.9e-8.
test("the floor is a norm at B = 128, also where it was measured at another B", async () => {
  for (const batch of [4, 32]) {
    for (const [scale, regime] of [[1.9e-5, "exact"], [1.8e-5, "below-floor"]] as const) {
      const flat: AuditableModel = {
        embed: (x) => mul(x, 0),
        blocks: [(h) => h],
        residual: false,
        outHead: (h) => mul(h, scale),
      };
      const zeros = tensor(new Float64Array(2 * batch), { shape: [batch, 2], dtype: "float64" });
      const y = Array.from({ length: batch }, (_, b) => b % 2);
      const snapshot = await collectEvidence(flat, [{ x: zeros, y }], own);
      const norm = snapshot.gradientNorms[1] as number;
      assert.ok(Math.abs(norm * batch / (scale * Math.SQRT1_2) - 1) < 1e-15, `${norm}`);
      assert.is(gammaOf(snapshot).perLayer[0]!.regime, regime, `B = ${batch}, c = ${scale}`);
    }
  }
});

// Oracle: closed form. BP's own credit has cosine 1; with ‖a‖ = ‖g‖ = n below ε, the product clamp
// leaves n²/ε and the per-norm clamp (n/ε)².
test("clamps shrink the cosine of small vectors, over all samples", async () => {
  const head = 2 ** -32;
  const snapshot = await measure(model({ head }), { exactModel: model({ head }) });
  const { perLayer } = gammaOf(snapshot);
  for (const [l, { value, regime, naive }] of perLayer.entries()) {
    assert.is(value, 1);
    assert.is(regime, "below-floor");
    const norms = await sampleNorms(model({ head }), l);
    const mean = (of: (n: number) => number) => norms.reduce((sum, n) => sum + of(n), 0) / 8;
    near(naive!.productClamp, mean((n) => Math.min(1, n * n / 1e-8)));
    near(naive!.perNormClamp, mean((n) => Math.min(1, n / 1e-8) ** 2));
    assert.ok((naive!.productClamp as number) < 1e-6);
  }
  assertReadable(snapshot);
});

function near(found: Measured, expected: number): void {
  assert.ok(Math.abs(found as number - expected) < 1e-12 * expected, `${found}, not ${expected}`);
}

async function sampleNorms(of: AuditableModel, l: number): Promise<number[]> {
  const norms: number[] = [];
  await collectEvidence(of, batches, {
    creditIndex: "input",
    credits: ({ bpGradient }) => {
      const g = bpGradient[l]!.dataSync();
      for (let b = 0; b < 4; b++) norms.push(l2Norm(g.subarray(3 * b, 3 * b + 3)));
      return bpGradient.slice(0, -1);
    },
  });
  return norms;
}

test("clamps count a zero vector as 0, and one that is not finite leaves no mean", async () => {
  const scaled = (...factors: number[]) => ({
    ...own,
    credits: ({ bpGradient }: CreditContext) =>
      bpGradient.slice(0, -1).map((g) => mul(g, tensor(factors, { shape: [4, 1], dtype }))),
  });
  const [zero] = gammaOf(await collectEvidence(model(), batches, scaled(0, 1, -1, 1))).perLayer;
  assert.equal([zero!.value, zero!.samples, zero!.invalidSamples], [1 / 3, 6, 2]);
  assert.equal(zero!.naive, { productClamp: 0.25, perNormClamp: 0.25 });
  const [lost] = gammaOf(await collectEvidence(model(), batches, scaled(NaN, 1, -1, 1))).perLayer;
  assert.is(lost!.value, 1 / 3);
  assert.is((lost!.naive!.productClamp as { nonFinite: string }).nonFinite, "NaN");
});

// Oracle: hand computation: blocks 1..L−1 and the credit at h_L, here 1 and −1.
test("deep alignment of the paper counts the credit at h_L", async () => {
  const opposite = await measure(model(), {
    exactModel: model(),
    credits: ({ bpGradient }) => ({
      blocks: bpGradient.slice(0, -1),
      terminal: mul(bpGradient.at(-1)!, -2),
    }),
  });
  const { deepOurs, deepPaper, headline, terminal } = gammaOf(opposite);
  assert.equal([headline, deepOurs, deepPaper, terminal!.value], [1, 1, 0, -1]);
  assertReadable(opposite);
  const none = await measure(model(), { credits: ({ bpGradient }) => bpGradient.slice(0, -1) });
  assert.equal(gammaOf(none).deepPaper, unmeasured("the method offers no credit at h_L"));
  assert.is(gammaOf(none).terminal, undefined);
});

test("a passport says what was compared, and with which feedback", async () => {
  const feedbackHash = "0123456789abcdef".repeat(4);
  const snapshot = await measure(model(), { feedbackHash });
  const { passport } = gammaOf(snapshot);
  assert.is(passport!.feedbackHash, feedbackHash);
  assert.is(passport!.dtype, "float32");
  assert.is(passport!.batchSize, 4);
  assert.is(passport!.clamp, "none");
  assert.match(passport!.quantity, "g_l = ∂CE/∂h_l");
  assertReadable(snapshot);
  const reason = unmeasured("backpropagation has no feedback");
  const bp = await measure(model(), { feedbackHash: reason });
  assert.equal(gammaOf(bp).passport!.feedbackHash, reason);
  assert.equal(
    gammaOf(await measure(model())).passport!.feedbackHash,
    unmeasured("no hash of the feedback was given"),
  );
});

test("a float64 model of other shapes or of another element type is refused", async () => {
  const refusal = async (exactModel: AuditableModel): Promise<Error> => {
    try {
      await measure(model(), { exactModel });
    } catch (error) {
      return error as Error;
    }
    throw new Error("must be refused");
  };
  const deeper = { ...model(), blocks: [...model().blocks, (h: Tensor) => mul(h, 2)] };
  const shapes = await refusal(deeper);
  assert.instance(shapes, RangeError);
  assert.match(shapes.message, "[4,3] [4,3] [4,3] [4,3], those of the model [4,3] [4,3] [4,3]");
  const single = await refusal({ ...model(), embed: (x) => cast(x, "float32") });
  assert.instance(single, TypeError);
  assert.match(single.message, "must compute in float64: found float32");
});

test("a credit at h_L of another shape is refused", async () => {
  const found = await measure(model(), {
    credits: ({ bpGradient }) => ({ blocks: bpGradient.slice(0, -1), terminal: tensor([1, 2]) }),
  }).then(() => "accepted", (error) => `${error}`);
  assert.match(
    found,
    "RangeError: Cannot compare the credit at h_L [2] with the gradient at h_2 [4,3]",
  );
});

test.run();
