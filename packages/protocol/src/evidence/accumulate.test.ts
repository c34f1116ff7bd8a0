import { suite } from "uvu";
import * as assert from "uvu/assert";
import { permutation, Rng } from "@fa/tensor";
import { type BatchValues, mainCredit, SnapshotAccumulator } from "./_accumulate.ts";
import { growthOf } from "./_growth.ts";
import { measured } from "./measured.ts";
import type { Alignment, Snapshot } from "./snapshot.ts";

const test = suite("SnapshotAccumulator");

const header = {
  batchSize: 2,
  blocks: 1,
  dtype: "float64",
  backend: "none",
  terminalNorm: true,
  residual: true,
  creditIndex: "input" as const,
};

function snapshot(...batches: BatchValues[]): Snapshot {
  const accumulator = new SnapshotAccumulator(header);
  for (const batch of batches) accumulator.add(batch);
  return accumulator.finish();
}

/** Γ without what depends on the size of vectors: regimes and clamps. */
function exactly({ gamma }: Snapshot) {
  const { perLayer, headline, deepOurs } = gamma as Alignment;
  return { perLayer: perLayer.map(({ value, samples }) => [value, samples]), headline, deepOurs };
}

const f64 = (...values: number[]) => Float64Array.from(values);
const batch = (scale = 1): BatchValues => ({
  hidden: [f64(3, 4, 6, 8), f64(30, 40, 60, 80)].map((v) => v.map((x) => x * scale)),
  gradient: [f64(1, 0, 0, 1), f64(2, 0, 0, 2)].map((v) => v.map((x) => x * scale)),
  credits: own(f64(1, 1, 0, -1).map((x) => x * scale)),
});
function own(...credit: Float64Array[]) {
  return new Map([[mainCredit, credit]]);
}

// Oracle: hand computation.
test("SnapshotAccumulator computes medians, growth, stability and Γ of a batch drawn by hand", () => {
  const found = snapshot(batch(), batch());
  assert.equal(found.hiddenNorms, [7.5, 75]); // of 5, 10, 5, 10
  assert.equal(found.growth, { perLayer: [10], max: 10 });
  assert.equal(found.gradientNorms, [1, 2]);
  assert.equal(found.sampleLossGradientNorms, [2, 4]);
  assert.is(found.stability.value, 1);
  assert.is(found.stability.pairs, 1);
  const gamma = found.gamma as Alignment;
  // cos = 1/√2 and −1
  assert.ok(Math.abs((gamma.headline as number) - (Math.SQRT1_2 - 1) / 2) < 1e-16);
  assert.equal(gamma.deepOurs, { valid: false, reason: "there is no block with index ≥ 1" });
});

// Oracle: arithmetic. Two batches of 2 samples, and a credit for one of them.
test("SnapshotAccumulator refuses a credit that is given in some batches only", () => {
  const credit = batch().credits!.get(mainCredit)!;
  const refusal = (...batches: BatchValues[]) => {
    try {
      return JSON.stringify(snapshot(...batches).otherGammas ?? "accepted");
    } catch (error) {
      return `${error}`;
    }
  };
  const rule = "must be given for all samples or none: 2 of 4";
  const { credits: _, ...without } = batch();
  const other = { ...batch(), credits: new Map([...batch().credits!, ["other", credit]]) };
  const terminal = { ...batch(), terminal: credit[0]! };
  const prefix = "RangeError: Cannot measure the alignment of";
  assert.is(refusal(batch(), without), `${prefix} the credit as it ${rule}`);
  for (const order of [[batch(), other], [other, batch()]]) {
    assert.is(refusal(...order), `${prefix} the credit "other" as it ${rule}`);
  }
  for (const order of [[batch(), terminal], [terminal, batch()]]) {
    assert.is(refusal(...order), `${prefix} the credit at h_1 as it ${rule}`);
  }
  assert.is(refusal(terminal, terminal), '"accepted"');
});

// Oracle: metamorphic; a power of two scales norms exactly and leaves directions alone.
test("SnapshotAccumulator is exact under scaling by 2^k, into subnormals of float32 and 1e±200", () => {
  const one = snapshot(batch(), batch());
  for (const scale of [2 ** -149, 2 ** -660, 2 ** 660]) {
    const found = snapshot(batch(scale), batch(scale));
    assert.equal(found.hiddenNorms, (one.hiddenNorms as number[]).map((h) => h * scale));
    assert.equal(found.gradientNorms, (one.gradientNorms as number[]).map((g) => g * scale));
    assert.equal(found.growth, one.growth);
    assert.equal(exactly(found), exactly(one));
    assert.equal(found.stability, one.stability);
  }
});

// Oracle: metamorphic; a measurement belongs to the samples, not to their order.
test("SnapshotAccumulator gives the same bits for any order of samples and of batches", () => {
  const [batchSize, width] = [16, 24];
  const rng = Rng.fromSeed(1, "order");
  const draw = () => {
    const values = new Float32Array(batchSize * width);
    rng.fillNormal(values);
    return values;
  };
  const batches = Array.from({ length: 4 }, () => ({
    hidden: [draw(), draw()],
    gradient: [draw(), draw()],
    credit: [draw()],
  }));
  const reordered = (values: Float32Array, order: Uint32Array) =>
    Float32Array.from(values, (_, i) => values[order[Math.floor(i / width)]! * width + i % width]!);
  const found = (shuffle: boolean): Snapshot => {
    const accumulator = new SnapshotAccumulator({ ...header, batchSize });
    for (const k of shuffle ? permutation(rng, 4) : [0, 1, 2, 3]) {
      const order = shuffle
        ? permutation(rng, batchSize)
        : Uint32Array.from({ length: 16 }, (_, b) => b);
      const { hidden, gradient, credit } = batches[k]!;
      accumulator.add({
        hidden: hidden.map((h) => reordered(h, order)),
        gradient: gradient.map((g) => reordered(g, order)),
        credits: new Map([[mainCredit, credit.map((a) => reordered(a, order))]]),
      });
    }
    return accumulator.finish();
  };
  const expected = found(false);
  for (let k = 0; k < 10; k++) assert.equal(found(true), expected);
});

// Oracle: definition of (c): samples count by direction, not by length.
test("SnapshotAccumulator normalises each sample before it averages a batch", () => {
  const gradient = (...values: number[]) => ({
    hidden: [f64(1, 0, 1, 0), f64(1, 0, 1, 0)],
    gradient: [f64(1, 0, 1, 0), f64(...values)],
  });
  // Unit vectors (1,0) and (0,1) average to the diagonal, whatever the lengths 1e-9 and 1e9 are.
  const found = snapshot(gradient(1e-9, 0, 0, 1e9), gradient(1, 0, 1, 0));
  assert.ok(Math.abs((found.stability.value as number) - Math.SQRT1_2) < 1e-15);
});

// Oracle: closed form. Unit vectors of (1, 1) and (1, −1) add up to the direction of (1, 0).
test("SnapshotAccumulator normalises samples whose norm overflows or is a subnormal", () => {
  const last = (...values: number[]) => ({
    hidden: [f64(1, 0, 1, 0), f64(1, 0, 1, 0)],
    gradient: [f64(1, 0, 1, 0), f64(...values)],
  });
  const [huge, tiny] = [Number.MAX_VALUE, Number.MIN_VALUE];
  const found = snapshot(last(huge, huge, tiny, -tiny), last(1, 0, 1, 0));
  assert.ok(Math.abs((found.stability.value as number) - 1) < 1e-15);
});

test("SnapshotAccumulator has no stability where a batch cancels or holds no direction", () => {
  const gradient = (...values: number[]) => ({
    hidden: [f64(1, 0, 1, 0), f64(1, 0, 1, 0)],
    gradient: [f64(1, 0, 1, 0), f64(...values)],
  });
  const cancelled = snapshot(gradient(1, 0, 1, 0), gradient(1, 0, -1, 0));
  assert.equal(cancelled.stability.value, {
    valid: false,
    reason: "the mean unit gradient of batch 1 is zero",
  });
  const empty = snapshot(gradient(0, 0, 0, 0), gradient(1, 0, 1, 0));
  assert.is(empty.stability.excludedSamples, 2);
  assert.not.type(empty.stability.value, "number");
  // One NaN sample is left out and counted, its neighbour still gives the direction.
  const partial = snapshot(gradient(NaN, 0, 1, 0), gradient(1, 0, 1, 0));
  assert.is(partial.stability.value, 1);
  assert.is(partial.stability.excludedSamples, 1);
});

// Oracle: documented contract: at least half of the samples.
test("SnapshotAccumulator measures (c) and Γ only where half of the samples have a direction", () => {
  const last = (...values: number[]): BatchValues => ({
    hidden: [f64(1, 0, 1, 0), f64(1, 0, 1, 0)],
    gradient: [f64(...values), f64(...values)],
    credits: own(f64(1, 0, 1, 0)),
  });
  // Two of four samples, one in each batch.
  const half = snapshot(last(0, 0, 1, 0), last(1, 0, NaN, 0));
  assert.is(half.stability.value, 1);
  const [of] = (half.gamma as Alignment).perLayer;
  assert.equal([of!.value, of!.samples, of!.invalidSamples], [1, 2, 2]);
  // Two of six.
  const third = snapshot(last(0, 0, 1, 0), last(1, 0, NaN, 0), last(0, 0, 0, 0));
  assert.equal(third.stability.value, {
    valid: false,
    reason:
      "the direction of g_L has a value in 2 of 6 samples, and at least half of them are needed",
  });
  const [layer] = (third.gamma as Alignment).perLayer;
  assert.equal([layer!.samples, layer!.invalidSamples], [2, 4]);
  assert.match((layer!.value as { reason: string }).reason, /^Γ_0, .* in 2 of 6 samples, and at l/);
});

test("SnapshotAccumulator has no growth from a stream that is exactly zero", () => {
  const found = snapshot({
    hidden: [f64(0, 0, 0, 0), f64(1, 0, 1, 0)],
    gradient: [f64(1, 0, 1, 0), f64(1, 0, 1, 0)],
  });
  assert.equal(found.growth.max, {
    valid: false,
    reason: "growth from h_0 to h_1 is undefined as it starts from a norm of 0",
  });
});

test("SnapshotAccumulator reports overflow as the largest growth, also behind an undefined one", () => {
  const found = growthOf([0, 9, measured(Infinity, "‖h_2‖"), measured(NaN, "‖h_3‖")]);
  assert.equal(found.perLayer.map((v) => (v as { nonFinite?: string }).nonFinite), [
    undefined,
    "+Infinity",
    undefined,
  ]);
  assert.is((found.max as { nonFinite?: string }).nonFinite, "+Infinity");
});

test("SnapshotAccumulator stays silent about Γ where no credits were given", () => {
  const { creditIndex: _, ...without } = header;
  const accumulator = new SnapshotAccumulator(without);
  accumulator.add({ ...batch(), credits: new Map() });
  assert.equal(accumulator.finish().gamma, { valid: false, reason: "no credits were given" });
});

// Oracle: hand computation; the method's own Γ must not depend on what else is measured beside it.
test("SnapshotAccumulator gives other credits a Γ of their own, by name", () => {
  const accumulator = new SnapshotAccumulator(header);
  const { credits: _, ...rest } = batch();
  accumulator.add({
    ...rest,
    credits: new Map([...batch().credits!, ["opposite", [f64(-1, 0, 0, -1)]]]),
  });
  const { gamma, otherGammas } = accumulator.finish();
  assert.equal(gamma, snapshot(batch()).gamma);
  assert.equal(Object.keys(otherGammas!), ["opposite"]);
  assert.is(otherGammas!.opposite!.headline, -1);
  assert.is(snapshot(batch()).otherGammas, undefined);
});

// Oracle: hand computation: 0.5 of 5 in one sample of each batch, nothing in the other.
test("SnapshotAccumulator measures the error of gradients that are given exactly, for all or none", () => {
  const given = (exact?: Float64Array): BatchValues => ({
    hidden: [f64(1, 0, 1, 0), f64(1, 0, 1, 0)],
    gradient: [f64(3, 4.5, 3, 4), f64(3, 4.5, 3, 4.5)],
    ...(exact && { exactGradient: [exact, exact] }),
  });
  const exact = f64(3, 4, 3, 4);
  const { referenceError } = snapshot(given(exact), given(exact));
  assert.equal(referenceError, { working: "float64", perLayer: [0.05, 0.1] });
  assert.is(snapshot(given(), given()).referenceError, undefined);
  assert.throws(() => snapshot(given(exact), given()), /for all samples or none: 2 of 4/);
});

test.run();
