// Oracles: arithmetic; the binomial variance p(1 − p)/N; 2/2ⁿ, the least p of a sign-flip test.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { exampleEvidence, summarizeSeeds, unmeasured } from "@fa/protocol";
import { accuracyError, decidedSign } from "./_decided.ts";

const test = suite("decided signs");

const over = (...values: number[]) =>
  summarizeSeeds(values.map((value, seed) => ({ seed, value })), "x");

test("one seed decides nothing", () => {
  assert.equal(decidedSign(over(0.5)), { sign: null, why: "one seed decides no sign" });
});

test("seeds that disagree, or were not measured, decide nothing", () => {
  assert.is(decidedSign(over(0.5, -0.1)).sign, null);
  assert.is(decidedSign(over(0.5, 0)).sign, null);
  assert.match(decidedSign(over(0.5, -0.1)).why, /^the seeds disagree; standard error 0.300 /);
  const missing = summarizeSeeds([
    { seed: 1, value: 1 },
    { seed: 2, value: unmeasured("no") },
  ], "x");
  assert.equal(decidedSign(missing), { sign: null, why: "not measured in all seeds" });
});

test("a mean within its standard error decides nothing", () => {
  // Mean .05, and s/√2 is half of the distance of two values: .049.
  const found = decidedSign(over(0.001, 0.099));
  assert.is(found.sign, 1);
  assert.is(
    found.why,
    "standard error 0.0490 (s/√n), sign-flip p=0.500 (least with 2 seeds 0.500)",
  );
  const sampled = decidedSign(over(0.001, 0.099), 0.06);
  assert.is(sampled.sign, null);
  assert.match(sampled.why, "within its standard error; standard error 0.0600 (binomial)");
  assert.is(decidedSign(over(-1, -1.1, -0.9)).sign, -1);
  assert.match(decidedSign(over(-1, -1.1, -0.9)).why, "p=0.250 (least with 3 seeds 0.250)");
});

// Two seeds of p = .5 against p = .5, N = 10,000: √(4·.25/10⁴)/2 = .005.
test("the binomial error of a mean difference of accuracies", () => {
  const two = [1, 2].map((seed) => exampleEvidence({ seed, accuracy: 0.5 }));
  assert.is(accuracyError(two, two), 0.005);
  assert.is(accuracyError([two[0]!]), 0.005);
});

test.run();
