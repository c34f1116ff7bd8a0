// Tests of Sattolo's algorithm. Oracle: its theorem (single cycle, all (n−1)! equally likely).

import { Rng } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cyclicPermutation } from "./_sattolo.ts";

const test = suite("cyclicPermutation");

test("cyclicPermutation is one cycle through all n elements", () => {
  for (let n = 2; n <= 200; n += 9) {
    const order = cyclicPermutation(Rng.fromSeed(n), n);
    let at = 0;
    let steps = 0;
    do {
      at = order[at]!;
      steps++;
    } while (at !== 0 && steps <= n);
    assert.is(steps, n);
  }
});

test("cyclicPermutation draws the six 4-cycles equally often within 5 sigma", () => {
  const rng = Rng.fromSeed(7);
  const draws = 6000;
  const counts = new Map<string, number>();
  for (let i = 0; i < draws; i++) {
    const key = cyclicPermutation(rng, 4).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  assert.is(counts.size, 6);
  const sigma = Math.sqrt(draws * (1 / 6) * (5 / 6));
  for (const count of counts.values()) assert.ok(Math.abs(count - draws / 6) < 5 * sigma);
});

test.run();
