import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isMeasured, unmeasured } from "../evidence/measured.ts";
import { formatMeanStd, formatNumber } from "./format.ts";
import { mean } from "./mean.ts";
import { median } from "./median.ts";
import { pairedDifferences } from "./paired_differences.ts";
import { sampleStandardDeviation } from "./sample_standard_deviation.ts";
import { summarizeSeeds } from "./summarize_seeds.ts";
import { tIntervalFactor } from "./t_interval.ts";

const test = suite("statistics");

// Oracle: numpy.median, by definition.
test("median is the middle, or the mean of the two middle values, and sorts numerically", () => {
  assert.is(median([10, 9, 2]), 9);
  assert.is(median([100, 20, 3, 1]), 11.5);
  assert.is(median([5]), 5);
  assert.is(median([Infinity, 1, 2]), 2);
  assert.is(median([Infinity, Infinity, 2]), Infinity);
  assert.is(median([-Infinity, 1, 2, Infinity]), 1.5);
  assert.ok(Number.isNaN(median([1, NaN, 2])));
  assert.throws(() => median([]), RangeError);
});

test("median leaves its input as it was", () => {
  const values = Float32Array.from([3, 1, 2]);
  assert.is(median(values), 2);
  assert.equal([...values], [3, 1, 2]);
});

test("mean of no values is refused, NaN passes through", () => {
  assert.is(mean(Float32Array.from([1, 2, 6])), 3);
  assert.ok(Number.isNaN(mean([1, NaN])));
  assert.throws(() => mean([]), RangeError);
});

// Oracle: closed form.
test("mean and spread take exact sums, in any order", () => {
  for (const values of [[1e16, 1, -1e16], [1, 1e16, -1e16], [-1e16, 1e16, 1]]) {
    assert.is(mean(values), 1 / 3);
  }
  // Σ of squares 2^55 + 4 + 4; doubles are 8 apart there, so a plain sum loses both 4.
  assert.is(sampleStandardDeviation([2 ** 27, -(2 ** 27), 2, -2]), Math.sqrt((2 ** 55 + 8) / 3));
});

// Oracle: closed form, s of {x−d, x, x+d} is d.
test("sampleStandardDeviation divides by n − 1, also far from zero", () => {
  assert.is(sampleStandardDeviation([1, 3, 5]), 2);
  assert.is(sampleStandardDeviation([1e9 + 1, 1e9 + 2, 1e9 + 3]), 1);
  assert.not(isMeasured(sampleStandardDeviation([1])));
});

// Oracle: published numbers (§5 of the protocol; Student's table).
test("tIntervalFactor is 8.98 s for n=2, 2.48 s for n=3, 1.24 s for n=5", () => {
  const printed = (n: number) => (tIntervalFactor(n) as number).toFixed(2);
  assert.equal([2, 3, 5].map(printed), ["8.98", "2.48", "1.24"]);
  assert.ok(Math.abs((tIntervalFactor(31) as number) * Math.sqrt(31) - 2.042) < 5e-4);
  assert.not(isMeasured(tIntervalFactor(1)));
  assert.throws(() => tIntervalFactor(2.5), RangeError);
});

test("pairedDifferences refuses seeds without a partner and seeds that appear twice", () => {
  const at = (...seeds: number[]) => seeds.map((seed) => ({ seed, value: seed }));
  assert.equal(pairedDifferences(at(3, 1), at(1, 3)), [{ seed: 1, value: 0 }, {
    seed: 3,
    value: 0,
  }]);
  assert.throws(() => pairedDifferences(at(1, 2), at(1)), /seed 2 of the first values is missing/);
  assert.throws(() => pairedDifferences(at(1), at(1, 2)), /seed 2 of the second values is missing/);
  assert.throws(() => pairedDifferences(at(1, 1), at(1)), /seed 1 appears twice in the first/);
});

test("summarizeSeeds drops no seed: one that was not measured leaves no mean", () => {
  const found = summarizeSeeds(
    [{ seed: 42, value: 1 }, { seed: 123, value: unmeasured("diverged") }],
    "Γ",
  );
  assert.equal(found.mean, { valid: false, reason: "Γ was not measured for seed 123: diverged" });
  assert.is(found.n, 2);
  assert.is(found.text, "not measured, n=2 seeds (Γ was not measured for seed 123: diverged)");
});

test("formatMeanStd always spells out n", () => {
  assert.is(formatMeanStd(0.308, 0.0144, 3, { decimals: 3 }), "0.308 ± 0.014, n=3 seeds");
  assert.is(formatMeanStd(1.9e3, 800, 2), "1900 ± 800, n=2 seeds");
  assert.is(formatMeanStd(0.40601, 0.00028, 2, { decimals: 3 }), "0.4060 ± 0.0003, n=2 seeds");
  assert.is(formatMeanStd(0.4, 0, 2, { decimals: 3 }), "0.400 ± 0.000, n=2 seeds");
  assert.is(formatMeanStd(0.5, unmeasured("n=1"), 1), "0.500, n=1 seed (no standard deviation)");
});

test("formatNumber keeps three digits", () => {
  assert.equal(
    [0, -0.5, 1e-7, 4.18e-9, 0.02, 999, 1061.3, 24338, -1.6e4].map((x) => formatNumber(x)),
    ["0", "-0.500", "1.00e-7", "4.18e-9", "0.0200", "999", "1061", "2.43e4", "-1.60e4"],
  );
  assert.is(formatNumber(unmeasured("x")), "not measured");
});

test.run();
