import { Rng } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isMeasured } from "../evidence/measured.ts";
import { averagePerSeed } from "./average_per_seed.ts";
import { bootstrapInterval } from "./bootstrap_interval.ts";
import { seedSupport } from "./seed_support.ts";
import { signFlipTest } from "./sign_flip_test.ts";
import { tInterval, tIntervalFactor } from "./t_interval.ts";

const test = suite("few seeds");

// Oracle: closed form: only the pattern itself and its opposite are as extreme.
test("signFlipTest of n equal signs is 2/2ⁿ, the smallest p there is", () => {
  for (let n = 1; n <= 16; n++) {
    for (const sign of [1, -1]) {
      const differences = Array.from({ length: n }, (_, i) => sign * (i + 1) * 0.01);
      const { p, minimumP } = signFlipTest(differences);
      assert.equal([p, minimumP], [2 / 2 ** n, 2 / 2 ** n], `n=${n}`);
    }
  }
  assert.equal([3, 5, 6].map((n) => signFlipTest(new Array(n).fill(1)).minimumP), [
    0.25,
    0.0625,
    0.03125,
  ]);
});

/** All 2ⁿ sums of ±d, by recursion over the differences. */
function allSums([first, ...rest]: readonly bigint[]): bigint[] {
  if (first === undefined) return [0n];
  return allSums(rest).flatMap((sum) => [sum + first, sum - first]);
}

// Oracle: brute force over BigInt counts, where ties are exact.
test("signFlipTest is the share of all sign patterns, ties counted", () => {
  const rng = Rng.fromSeed(7, "signs");
  const size = (x: bigint) => (x < 0n ? -x : x);
  for (let round = 0; round < 60; round++) {
    const n = 1 + rng.uint32() % 9;
    const counts = Array.from({ length: n }, () => BigInt(rng.uint32() % 9) - 4n); // ties abound
    const observed = size(counts.reduce((sum, count) => sum + count, 0n));
    const sums = allSums(counts);
    const expected = sums.filter((sum) => size(sum) >= observed).length;
    const found = signFlipTest(counts.map((count) => Number(count) / 10)); // .1 + .2 is not .3
    assert.equal([found.atLeastAsExtreme, found.p], [expected, expected / 2 ** n], `${counts}`);
  }
});

// Oracle: counted by hand: |.3 + .1 − .2| = .2 is met by all but ±(.3 − .1 − .2) = 0.
test("signFlipTest by hand, and its invariances", () => {
  assert.is(signFlipTest([0.3, 0.1, -0.2]).p, 6 / 8);
  assert.is(signFlipTest([0.1, -0.2, 0.3]).p, 6 / 8); // order
  assert.is(signFlipTest([-0.3, -0.1, 0.2]).p, 6 / 8); // sign
  assert.is(signFlipTest([3e-300, 1e-300, -2e-300]).p, 6 / 8); // scale
  assert.is(signFlipTest([0, 0, 0]).p, 1);
  assert.is(signFlipTest([5]).p, 1);
});

test("signFlipTest refuses what it cannot enumerate", () => {
  assert.throws(() => signFlipTest([]), /there must be 1 to 20 differences: 0/);
  assert.throws(() => signFlipTest(new Array(21).fill(1)), RangeError);
  assert.throws(() => signFlipTest([1, NaN]), /must be finite: NaN/);
});

// Oracle: metamorphic: a stream is named by its path, whatever others have drawn.
test("bootstrapInterval gives the same interval for the same seed after unrelated draws", () => {
  const values = [0.31, 0.29, 0.35, 0.33, 0.30];
  const first = bootstrapInterval(values, { rng: Rng.fromSeed(42, "bootstrap") });
  const root = Rng.fromSeed(42);
  for (let i = 0; i < 1000; i++) root.normal();
  assert.equal(bootstrapInterval(values, { rng: root.fork("bootstrap") }), first);
  const other = bootstrapInterval(values, { rng: Rng.fromSeed(43, "bootstrap"), resamples: 50 });
  assert.not.equal([other.low, other.high], [first.low, first.high]);
});

// Oracle: closed form for n = 2: means a, (a+b)/2, b with ¼, ½, ¼; and the normal limit for n = 400.
test("bootstrapInterval has the quantiles of the resampled means", () => {
  const rng = Rng.fromSeed(1, "bootstrap");
  const at = (level: number) => {
    const { low, high } = bootstrapInterval([0, 1], { rng, level });
    return [low, high];
  };
  assert.equal(at(0.95), [0, 1]);
  assert.equal(at(0.45), [0.5, 0.5]); // the quantiles .275 and .725 lie in the middle half
  assert.equal(at(0.55), [0, 1]); // .225 and .775 do not
  const normal = Float64Array.from({ length: 400 }, () => rng.normal());
  const { low, high, mean } = bootstrapInterval([...normal], { rng, resamples: 4000 });
  const { halfWidth } = tInterval([...normal]);
  assert.ok(Math.abs((high - low) / 2 / (halfWidth as number) - 1) < 0.1, `${low} ${high}`);
  assert.ok(low < mean && mean < high);
});

test("bootstrapInterval of three values says that it has ten resamples, and stays in range", () => {
  const found = bootstrapInterval([1, 2, 6], { rng: Rng.fromSeed(3, "b") });
  assert.is(found.distinctResamples, 10);
  assert.match(found.note, "only 10 distinct resamples");
  assert.ok(found.low >= 1 && found.high <= 6);
  // Oracle: all multisets of n of n values, counted by recursion.
  const multisets = (n: number, from = 0, left = n): number =>
    left === 0 ? 1 : Array.from({ length: n - from }, (_, i) => multisets(n, from + i, left - 1))
      .reduce((sum, count) => sum + count, 0);
  for (const n of [2, 3, 4, 5, 7]) {
    const { distinctResamples } = bootstrapInterval(new Array(n).fill(1), {
      rng: Rng.fromSeed(1, "b"),
      resamples: 1,
    });
    assert.is(distinctResamples, multisets(n), `n=${n}`);
  }
});

test("bootstrapInterval refuses n < 2 and nonsense", () => {
  const rng = Rng.fromSeed(1, "b");
  assert.throws(() => bootstrapInterval([1], { rng }), /at least 2 values are needed: 1/);
  assert.throws(() => bootstrapInterval([1, NaN], { rng }), /must be finite/);
  assert.throws(() => bootstrapInterval([1, 2], { rng, resamples: 0 }), RangeError);
  assert.throws(() => bootstrapInterval([1, 2], { rng, level: 1 }), RangeError);
});

// Oracle: mpmath, 30 digits: t with I_{ν/(ν+t²)}(ν/2, 1/2) = .05.
test("tIntervalFactor: table and expansion agree with quantiles of 30 digits", () => {
  const quantiles: readonly [n: number, t: number][] = [
    [3, 4.30265272974946385],
    [4, 3.18244630528370959],
    [10, 2.26215716279820554],
    [31, 2.04227245630123831],
    [32, 2.03951344639640849],
    [33, 2.03693334346010196],
    [51, 2.00855911210076111],
    [101, 1.98397151852355229],
    [1001, 1.96233908082640848],
    [1000001, 1.95996635681410704],
  ];
  for (const [n, t] of quantiles) {
    const error = Math.abs((tIntervalFactor(n) as number) * Math.sqrt(n) - t);
    assert.ok(error < (n <= 31 ? 2e-15 : 3e-8), `n=${n}: ${error}`);
  }
  for (let n = 2; n < 200; n++) {
    assert.ok((tIntervalFactor(n + 1) as number) < (tIntervalFactor(n) as number), `n=${n}`);
  }
});

// Oracle: closed form: s of {−d, 0, d} is d.
test("tInterval is mean, s and half-width", () => {
  const found = tInterval([1, 3, 5]);
  assert.equal([found.n, found.mean, found.sampleStandardDeviation], [3, 3, 2]);
  assert.ok(Math.abs((found.halfWidth as number) - 2 * 4.30265272974946 / Math.sqrt(3)) < 1e-14);
  assert.not(isMeasured(tInterval([1]).halfWidth));
  assert.throws(() => tInterval([]), RangeError);
  assert.throws(() => tInterval([1, Infinity]), /must be finite: Infinity/);
});

// Oracle: claims row 15: 3 seeds × 2 epochs × 4 layers are 24 values of 3 independent seeds.
test("averagePerSeed makes one value of each seed", () => {
  const measurements = [123, 42, 456].flatMap((seed) =>
    [1, 2].flatMap((epoch) => [0, 1, 2, 3].map((l) => ({ seed, value: seed + epoch * l })))
  );
  const found = averagePerSeed(measurements);
  assert.is(found.text, "24 values, n=3 seeds");
  assert.equal(found.perSeed, [42, 123, 456].map((seed) => ({ seed, value: seed + 2.25 })));
  assert.is(averagePerSeed([{ seed: 1, value: 2 }]).text, "1 value, n=1 seed");
  assert.throws(() => averagePerSeed([]), RangeError);
  assert.throws(() => averagePerSeed([{ seed: 1, value: NaN }]), /NaN with seed 1/);
});

// Oracle: 2/2ᵏ, and the factors of Student's table.
test("seedSupport says what k seeds can and cannot support", () => {
  assert.equal(
    [1, 2, 3, 5, 6].map((k) => [seedSupport(k).smallestP, seedSupport(k).canReach05]),
    [[1, false], [0.5, false], [0.25, false], [0.0625, false], [0.03125, true]],
  );
  const first = (k: number) => seedSupport(k).statements[0]!;
  assert.match(first(1), "n=1 seed: there is no spread");
  assert.match(first(2), "±8.98 s, and no exact test paired by seed can reach p < .05");
  assert.is(
    first(3),
    "n=3 seeds: the 95 % t-interval of a mean is ±2.48 s, and no exact test paired by seed can reach p < .05 (its smallest p is 0.250).",
  );
  assert.match(
    first(5),
    "±1.24 s, and no exact test paired by seed can reach p < .05 (its smallest p is 0.0625)",
  );
  assert.match(first(6), "±1.05 s, and an exact test paired by seed can reach p = 0.0313");
  assert.match(seedSupport(3).statements.join(" "), "only 10 distinct resamples");
  assert.throws(() => seedSupport(0), RangeError);
});

// Oracle: metamorphic. p does not depend on the unit of the differences, however large or small it is.
test("signFlipTest is the same in every unit, up to the edges of float64", () => {
  const { p, atLeastAsExtreme } = signFlipTest([1, 1, 1]);
  assert.equal([p, atLeastAsExtreme], [0.25, 2]);
  for (const size of [1e308, Number.MAX_VALUE, 1e-308, 5e-324]) {
    assert.equal(signFlipTest([size, size, size]), signFlipTest([1, 1, 1]), `${size}`);
  }
  const mixed = [0.3, -0.1, 0.2, 0.25, -0.05];
  for (const unit of [2 ** 1021, 2 ** -1000]) {
    assert.equal(signFlipTest(mixed.map((d) => d * unit)), signFlipTest(mixed), `${unit}`);
  }
});

test.run();
