// Tests of the synthetic task. Oracles: the closed form of the image, its moments within 5 sigma,
// and metamorphic properties (batch size, dtype, walking twice).

import { Rng } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fibonacciSphere } from "./_gratings.ts";
import { collect, difference, hashBatches } from "./_test_helpers.ts";
import { synthetic } from "./synthetic.ts";

const test = suite("synthetic");
const rng = Rng.fromSeed(42, "data-test");
const f64 = { batch: 100, dtype: "float64" } as const;

/** Phase argument without φ, as the docstring states it, by the runtime's own cosine and sine. */
function wave(label: number, i: number, j: number, size: number): number {
  const theta = Math.PI * (label % 5) / 5;
  const frequency = (label < 5 ? 1.5 : 2.5) / size;
  return 2 * Math.PI * frequency * (i * Math.cos(theta) + j * Math.sin(theta));
}

/** Least-squares weights of cos and sin of a class's wave in one channel, and the residual. */
function fit(image: number[], channel: number, label: number, size: number): number[] {
  let cc = 0, ss = 0, cs = 0, xc = 0, xs = 0, xx = 0;
  for (let p = 0; p < size * size; p++) {
    const angle = wave(label, Math.floor(p / size), p % size, size);
    const [c, s, x] = [Math.cos(angle), Math.sin(angle), image[channel * size * size + p]!];
    [cc, ss, cs, xc, xs, xx] = [
      cc + c * c,
      ss + s * s,
      cs + c * s,
      xc + x * c,
      xs + x * s,
      xx + x * x,
    ];
  }
  const determinant = cc * ss - cs * cs;
  const a = (xc * ss - xs * cs) / determinant;
  const b = (xs * cc - xc * cs) / determinant;
  return [a, b, Math.abs(xx - a * xc - b * xs)];
}

for (const size of [8, 7, 12]) {
  test(`synthetic without noise and tint is √2·cos(… + φ)·colour at size ${size} (closed form)`, () => {
    const { x, y } = collect(
      synthetic({ noise: 0, tint: 0, size, testSize: 200 }).testBatches(f64),
    );
    x.forEach((image, n) => {
      // Channel c must be √2·colour_c·(cosφ·cos − sinφ·sin): no residual, total weight √2² = 2,
      // and the same phase in all channels.
      const fits = [0, 1, 2].map((channel) => fit(image, channel, y[n]!, size));
      for (const [, , residual] of fits) assert.ok(residual! < 1e-11, `residual ${residual}`);
      const weight = fits.reduce((sum, [a, b]) => sum + a! * a! + b! * b!, 0);
      assert.ok(Math.abs(weight - 2) < 1e-11, `weight ${weight}`);
      const [[a0, b0], [a1, b1]] = fits as [number[], number[], number[]];
      assert.ok(Math.abs(a0! * b1! - a1! * b0!) < 1e-11, "phase differs between channels");
    });
  });
}

test("synthetic tint adds tint·T[k] to every pixel, T on the Fibonacci sphere (closed form)", () => {
  const options = { noise: 0, testSize: 50 };
  const plain = collect(synthetic({ ...options, tint: 0 }).testBatches(f64));
  const tinted = collect(synthetic({ ...options, tint: 0.5 }).testBatches(f64));
  assert.equal(tinted.y, plain.y);
  tinted.x.forEach((image, n) => {
    const k = plain.y[n]!;
    const z = 1 - (2 * k + 1) / 10;
    const r = Math.sqrt(1 - z * z);
    const a = Math.PI * (3 - Math.sqrt(5)) * k;
    const direction = [r * Math.cos(a), r * Math.sin(a), z];
    image.forEach((value, p) => {
      const expected = plain.x[n]![p]! + 0.5 * direction[Math.floor(p / 64)]!;
      assert.ok(Math.abs(value - expected) < 1e-13);
    });
  });
});

test("fibonacciSphere points have unit length and z_k add up to 0", () => {
  const points = fibonacciSphere(10);
  for (const [a, b, c] of points) assert.ok(Math.abs(a * a + b * b + c * c - 1) < 1e-14);
  assert.ok(Math.abs(points.reduce((sum, [, , z]) => sum + z, 0)) < 1e-14);
});

test("synthetic class means of the grating are 0 within 5 sigma: no linear cue without tint", () => {
  const { x, y } = collect(synthetic({ noise: 0, tint: 0 }).testBatches(f64));
  for (let k = 0; k < 10; k++) {
    const images = x.filter((_, n) => y[n] === k);
    // Var of a value = 2·E[cos²]·E[colour_c²] = 2·½·⅓
    const sigma = Math.sqrt(1 / 3 / images.length);
    for (let p = 0; p < 192; p++) {
      const mean = images.reduce((sum, image) => sum + image[p]!, 0) / images.length;
      assert.ok(Math.abs(mean) < 5 * sigma, `class ${k}, value ${p}: ${mean}`);
    }
  }
});

test("synthetic labels are balanced within 5 sigma, in train and test", () => {
  const dataset = synthetic();
  for (const batches of [dataset.testBatches(f64), dataset.trainEpoch(0, { rng, ...f64 })]) {
    const { y } = collect(batches);
    const sigma = Math.sqrt(y.length * 0.1 * 0.9);
    for (let k = 0; k < 10; k++) {
      const count = y.filter((label) => label === k).length;
      assert.ok(Math.abs(count - y.length / 10) < 5 * sigma, `class ${k}: ${count}`);
    }
  }
});

test("synthetic noise has the variance asked for within 5 sigma", () => {
  const options = { tint: 0, testSize: 1000 };
  const plain = collect(synthetic({ ...options, noise: 0 }).testBatches(f64));
  const noisy = collect(synthetic({ ...options, noise: 2 }).testBatches(f64));
  const noise = noisy.x.flatMap((image, n) => image.map((value, p) => value - plain.x[n]![p]!));
  const variance = noise.reduce((sum, e) => sum + e * e, 0) / noise.length;
  assert.ok(Math.abs(variance - 4) < 5 * 4 * Math.sqrt(2 / noise.length), `variance ${variance}`);
});

test("synthetic float32 images are the float64 images rounded once", () => {
  const dataset = synthetic({ trainSize: 64 });
  const wide = collect(dataset.trainEpoch(3, { rng, batch: 32, dtype: "float64" }));
  const narrow = collect(dataset.trainEpoch(3, { rng, batch: 32, dtype: "float32" }));
  const rounded = { x: wide.x.map((image) => image.map(Math.fround)), y: wide.y };
  assert.is(difference(narrow, rounded), "");
});

test("synthetic images do not depend on the batch size", () => {
  const dataset = synthetic({ trainSize: 60 });
  const few = collect(dataset.trainEpoch(0, { rng, batch: 10, dtype: "float64" }));
  const many = collect(dataset.trainEpoch(0, { rng, batch: 30, dtype: "float64" }));
  assert.is(difference(many, few), "");
});

test("synthetic epochs repeat bit for bit, differ from each other and leave the stream alone", () => {
  const dataset = synthetic({ trainSize: 64 });
  const before = rng.state();
  const epoch0 = dataset.trainEpoch(0, { rng, ...f64, batch: 32 });
  const hash = hashBatches(epoch0);
  assert.is(hashBatches(epoch0), hash, "walked twice");
  assert.is(
    hashBatches(synthetic({ trainSize: 64 }).trainEpoch(0, { rng, ...f64, batch: 32 })),
    hash,
  );
  assert.is.not(hashBatches(dataset.trainEpoch(1, { rng, ...f64, batch: 32 })), hash);
  assert.equal(rng.state(), before);
});

test("synthetic gives the same bits in every runtime (pinned hashes; a characterisation)", () => {
  const train = synthetic({ trainSize: 64 }).trainEpoch(0, { rng, batch: 32, dtype: "float64" });
  assert.is(hashBatches(train), "78b3273a");
  const first = synthetic().testBatches({ batch: 128, dtype: "float32", limit: 256 });
  assert.is(hashBatches(first), "bd202812");
});

test("synthetic test set depends on the seed alone and keeps its last partial batch", () => {
  const dataset = synthetic({ testSize: 250, seed: 1 });
  const sizes = [...dataset.testBatches(f64)].map((batch) => batch.x.shape);
  assert.equal(sizes, [[100, 192], [100, 192], [50, 192]]);
  const all = collect(dataset.testBatches(f64));
  const again = collect(synthetic({ testSize: 250, seed: 1 }).testBatches({ ...f64, batch: 7 }));
  assert.is(difference(again, all), "");
  const firsts = collect(dataset.testBatches({ ...f64, limit: 120 }));
  assert.is(difference(firsts, { x: all.x.slice(0, 120), y: all.y.slice(0, 120) }), "");
  assert.is.not(
    hashBatches(synthetic({ testSize: 250, seed: 2 }).testBatches(f64)),
    hashBatches(dataset.testBatches(f64)),
  );
});

test("synthetic rejects sizes, scales, batches and limits that make no sense", () => {
  const dataset = synthetic({ trainSize: 64, testSize: 10 });
  const wrong: [() => unknown, string][] = [
    [() => synthetic({ size: 5 }), "size must be an integer of at least 6: 5"],
    [() => synthetic({ trainSize: 0 }), "trainSize must be an integer of at least 1: 0"],
    [() => synthetic({ noise: -1 }), "noise must be a finite number >= 0: -1"],
    [() => synthetic({ tint: NaN }), "tint must be a finite number >= 0: NaN"],
    [
      () => dataset.trainEpoch(0, { rng, ...f64 }),
      "batch of 100 images as the train set has fewer: 64",
    ],
    [() => dataset.trainEpoch(0.5, { rng, ...f64 }), "epoch must be an integer of at least 0: 0.5"],
    [() => dataset.testBatches({ ...f64, batch: 0 }), "batch must be an integer of at least 1: 0"],
    [
      () => dataset.testBatches({ ...f64, limit: 11 }),
      "11 test images as the test set has fewer: 10",
    ],
  ];
  for (const [call, message] of wrong) {
    assert.throws(
      call,
      (error: Error) => error instanceof RangeError && error.message.includes(message),
    );
  }
});

test.run();
