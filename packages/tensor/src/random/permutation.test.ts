import { suite } from "uvu";
import * as assert from "uvu/assert";
import { permutation } from "./permutation.ts";
import { Rng } from "./rng.ts";

const test = suite("permutation");

test("every index occurs once (definition)", () => {
  for (const n of [0, 1, 2, 3, 1000]) {
    const order = permutation(Rng.fromSeed(7), n);
    assert.equal(Array.from(order).sort((a, b) => a - b), Array.from({ length: n }, (_, i) => i));
  }
});

test("all 24 orders of 4 are equally frequent (chi-squared, 23 degrees of freedom)", () => {
  const rng = Rng.fromSeed(3, "permutation");
  const counts = new Map<string, number>();
  const draws = 24000;
  for (let i = 0; i < draws; i++) {
    const key = permutation(rng, 4).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  assert.is(counts.size, 24);
  let chi2 = 0;
  for (const count of counts.values()) chi2 += (count - draws / 24) ** 2 / (draws / 24);
  assert.ok(chi2 < 23 + 5 * Math.sqrt(46), `chi² = ${chi2}`); // mean 23, variance 46
});

test("refuses what is no length", () => {
  for (const n of [-1, 1.5, NaN, 2 ** 32]) {
    assert.throws(() => permutation(Rng.fromSeed(1), n), /^Cannot permute n items as n must be/);
  }
});

test.run();
