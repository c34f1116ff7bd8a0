import { suite } from "uvu";
import * as assert from "uvu/assert";
import { accuracyOf } from "../evidence/accuracy.ts";
import { exampleEvidence, type ExampleOptions } from "../evidence/example_evidence.ts";
import { type Measured, measured, unmeasured } from "../evidence/measured.ts";
import { assessMethod } from "./assess_method.ts";

const test = suite("assessMethod");

const seeds = [42, 123, 456] as const;
const runs = (...options: ExampleOptions[]) =>
  options.map((o, i) => exampleEvidence({ method: "dfa", seed: seeds[i]!, ...o }));
const frozen = (...accuracies: number[]) =>
  accuracies.map((accuracy, i) =>
    exampleEvidence({ method: "dfa", seed: seeds[i]!, role: "baseline", accuracy })
  );
const nan = measured(NaN, "‖h‖");

/** Diagnostic (a) over seeds whose growth is as given. */
const growth = (...values: Measured[]) =>
  assessMethod(runs(...values.map((v) => ({ hiddenNorms: [1, v] }))), []).diagnostics[0]!;

// Oracle: the paper's own numbers, row 33 (2043/979/2545): the median is 2043.
test("assessMethod takes the median of (a) over seeds and counts them", () => {
  const a = growth(2043, 979, 2545);
  assert.is(a.value, 2043);
  assert.equal([a.fired, a.firedSeeds, a.seeds, a.split], [true, 3, 3, false]);
  assert.is(a.reason, "2043 is above 50.0; fired in 3 of 3 seeds");
  assert.is(a.aggregation, "median over seeds");
});

test("assessMethod flags seeds that disagree", () => {
  const a = growth(60, 40, 55);
  assert.equal([a.value, a.fired, a.firedSeeds, a.split], [55, true, 2, true]);
  const b = growth(60, 40, 45);
  assert.equal([b.value, b.fired, b.firedSeeds, b.split], [45, false, 1, true]);
  assert.is(b.reason, "45.0 is not above 50.0; fired in 1 of 3 seeds; the seeds disagree");
});

// Oracle: documented contract: no reason says that a number is above itself.
test("assessMethod shows all digits where three hide the side", () => {
  assert.match(growth(50.004).reason, "50.004 is above 50.0; fired");
  assert.match(growth(49.996, 49.996, 60).reason, "49.996 is not above 50.0; fired in 1");
});

// Oracle: whatever the unmeasured seed had been, the median of {60, 70, ?} is at least 60.
test("assessMethod fires on a median that no value of an unmeasured seed could silence", () => {
  const a = growth(60, 70, nan);
  assert.equal([a.value, a.fired, a.evaluated, a.firedSeeds], [60, true, true, 2]);
  assert.match(a.reason, "at least 60.0 is above 50.0; fired in 2 of 3 seeds; evaluated in 2");
});

// Oracle: "Unmeasurable is never a pass" (§4), even where the median would be 1 for every value.
test("assessMethod is never silent with a seed that was not evaluated", () => {
  for (const values of [[1, 1, nan], [60, 1, nan], [60, nan, nan], [nan, nan, nan]]) {
    const a = growth(...values);
    assert.equal([a.fired, a.evaluated], [null, false], JSON.stringify(values));
    assert.match(a.reason, "not evaluated for seed");
  }
});

test("assessMethod sorts overflow where it belongs: above everything", () => {
  const infinite = measured(Infinity, "‖h‖");
  const a = growth(infinite, 60, 1);
  assert.equal([a.value, a.fired, a.split], [60, true, true]);
  const b = growth(infinite, infinite, 1);
  assert.is(b.fired, true);
  assert.is((b.value as { nonFinite: string }).nonFinite, "+Infinity");
  assert.match(b.reason, /^overflow is above 50.0; fired in 2 of 3/);
});

test("assessMethod does not silence an even median by a seed known only from below", () => {
  // Seed 42 grows by at least 55; its median with 44 is at least 49.5, perhaps more than 50.
  const found = assessMethod(runs({ hiddenNorms: [1, 55, nan] }, { hiddenNorms: [1, 44, 44] }), []);
  assert.equal([found.diagnostics[0]!.fired, found.diagnostics[0]!.evaluated], [null, false]);
  assert.match(found.diagnostics[0]!.reason, "known only to be at least 49.5");
});

test("assessMethod judges (b), which fires below, from the other side", () => {
  const b = (...values: Measured[]) =>
    assessMethod(runs(...values.map((gradientNorm) => ({ gradientNorm }))), []).diagnostics[1]!;
  assert.equal([b(4e-9, 3e-9, 1e-3).value, b(4e-9, 3e-9, 1e-3).fired], [4e-9, true]);
  assert.is(b(4e-9, 3e-9, nan).fired, true);
  assert.match(b(4e-9, 3e-9, nan).reason, "at most 4.00e-9 is below 1.00e-7");
  assert.is(b(1, 1, nan).fired, null);
});

test("assessMethod says at which batch size (b) was measured", () => {
  const found = assessMethod(
    runs({ gradientNorm: 5e-10, batchSize: 1024 }, { gradientNorm: 5e-10, batchSize: 1024 }),
    [],
  ).diagnostics[1]!;
  assert.is(found.value, 4e-9);
  assert.match(found.reason, "measured at B=1024, scaled to B=128");
});

// Oracle: exact rational arithmetic: three pairs that differ by 200 of 10,000 each.
test("assessMethod averages seed-paired differences of (d) without losing the edge", () => {
  const found = assessMethod(
    runs({ accuracy: 0.36 }, { accuracy: 0.57 }, { accuracy: 0.31 }),
    frozen(0.34, 0.55, 0.29),
  );
  const d = found.diagnostics[3]!;
  assert.is(d.value, 0.02);
  assert.is(d.fired, false);
  assert.is(d.aggregation, "mean of seed-paired differences");
  // −500, −461 and +1561 of 10,000: the mean of the fractions is 0.019999999999999993 in float64.
  const uneven = assessMethod(
    runs({ accuracy: 0.30 }, { accuracy: 0.31 }, { accuracy: 0.50 }),
    frozen(0.35, 0.3561, 0.3439),
  );
  assert.is(uneven.diagnostics[3]!.value, 0.02);
  assert.is(uneven.diagnostics[3]!.fired, false);
  const one = assessMethod(runs({ accuracy: 0.36 }, { accuracy: 0.5699 }), frozen(0.34, 0.55));
  assert.is(one.diagnostics[3]!.fired, true);
});

test("assessMethod pairs by seed, not by order", () => {
  const mine = runs({ accuracy: 0.6 }, { accuracy: 0.5 });
  const base = frozen(0.3, 0.45);
  const found = assessMethod(mine, [...base].reverse());
  assert.equal(found.diagnostics[3]!.perSeed.map((s) => s.value), [0.3, 0.05]);
  assert.equal(found, assessMethod([...mine].reverse(), base));
});

test("assessMethod leaves (d) open if one seed has no baseline", () => {
  const found = assessMethod(runs({ accuracy: 0.6 }, { accuracy: 0.6 }), frozen(0.3));
  assert.is(found.diagnostics[3]!.fired, null);
  assert.match(found.diagnostics[3]!.reason, "not evaluated for seed 123: there is no frozen");
  assert.is(found.verdict.verdict, "not-assessable");
  assert.is(found.perSeed[0]!.verdict.verdict, "trustworthy");
});

// Oracle: "Unmeasurable is never a pass and never a fail" (§4).
test("assessMethod leaves (d) open where a seed or its baseline made no predictions", () => {
  const nothing = accuracyOf({ correct: 0, total: 10000, withoutPrediction: 10000 });
  const mine = runs({ accuracy: 0.36 }, { accuracy: 0.6 });
  const base = frozen(0.35, 0.35);
  const diverged = [mine[0]!, { ...mine[1]!, finalAccuracy: nothing }];
  const lost = [base[0]!, { ...base[1]!, finalAccuracy: nothing }];
  for (const [all, baselines] of [[mine, lost], [diverged, base]] as const) {
    const found = assessMethod(all, baselines);
    assert.is(found.diagnostics[3]!.fired, null);
    assert.match(found.diagnostics[3]!.reason, /for seed 123: 10000 of 10000 test samples/);
    assert.is(found.verdict.verdict, "not-assessable");
  }
});

// Oracle: closed form, s of {.30, .31, .32} is .01.
test("assessMethod gives accuracy and Γ as mean ± s with n", () => {
  const found = assessMethod(
    runs(
      { accuracy: 0.30, gamma: 0.1 },
      { accuracy: 0.31, gamma: 0.2 },
      { accuracy: 0.32, gamma: 0.3 },
    ),
    frozen(0.349, 0.349, 0.349),
  );
  assert.is(found.accuracy.text, "0.310 ± 0.010, n=3 seeds");
  assert.is(found.gamma.headline.text, "0.200 ± 0.100, n=3 seeds");
  assert.is(found.depthUtility.text, "-0.039 ± 0.010, n=3 seeds");
  const single = assessMethod(runs({ accuracy: 0.3 }), []);
  assert.not.type(single.accuracy.sampleStandardDeviation, "number");
  assert.match(single.gamma.headline.text, /^not measured, n=1 seed/);
});

test("assessMethod names Mode 1 with its sub-mode and Mode 2 by (d) alone", () => {
  const sb = assessMethod(
    runs({ hiddenNorms: [9, 9, 90000], gradientNorm: 1e-9, stability: 0.992, accuracy: 0.205 }),
    frozen(0.349),
  );
  assert.equal(sb.modes.map((m) => m.named), [true, true]);
  assert.match(sb.modes[0]!.evidence.join(), /\(a\) fired.*\(b\) fired.*Sub-mode: \(c\) fired/);
  const bp = assessMethod(runs({ accuracy: 0.6 }), frozen(0.35));
  assert.equal(bp.modes.map((m) => m.named), [false, null]);
  assert.match(
    bp.modes[1]!.evidence[1]!,
    "Seed 42: deep Γ and ρ are not judged: its feedback was not drawn afresh",
  );
  const open = assessMethod(runs({ gradientNorm: unmeasured("lost") }), []);
  assert.equal(open.modes.map((m) => m.named), [null, null]);
});

test("assessMethod speaks plainly", () => {
  const { sentences } = assessMethod(
    runs({ hiddenNorms: [9, 9, 9000], accuracy: 0.308 }),
    frozen(0.349),
  );
  assert.is(sentences[0], "DFA reads walk-back under policy default: (a), (d) fired.");
  assert.ok(
    sentences.some((s) =>
      s.startsWith("That is −4.1 percentage points against its own frozen blocks")
    ),
  );
});

test("assessMethod refuses runs that do not belong together", () => {
  const [one, two] = runs({}, {});
  const refuse = (all: Parameters<typeof assessMethod>, words: RegExp) =>
    assert.throws(
      () => assessMethod(...all),
      (e: Error) => e instanceof RangeError && words.test(e.message),
    );
  refuse([[], []], /at least one run/);
  refuse([[one!, one!], []], /seed 42 appears twice/);
  refuse([[one!, { ...two!, method: "fa" }], []], /the same method: dfa with seed 42, fa with/);
  refuse([[one!, { ...two!, epochs: [] }], []], /the same number of epochs: 1 .* 0 with seed 123/);
  refuse([frozen(0.3), []], /must have the role method or control: baseline with seed 42/);
  refuse([[one!], runs({ role: "control" })], /the role of the baseline must be baseline: control/);
  refuse([[one!], frozen(0.3, 0.3)], /baseline with seed 123 has no run/);
  refuse([[one!], [], "papr"], /did you mean 'paper'/);
});

// Oracle: by hand. Differences −.04, −.05, −.03: mean −.04, s = .01, ±2.484·.01; all of one sign,
// so that 2 of 8 sign patterns are as extreme.
test("the sentence on the margin has its interval, its exact p, and the least p there is", () => {
  const { sentences } = assessMethod(
    runs({ accuracy: 0.30 }, { accuracy: 0.30 }, { accuracy: 0.30 }),
    frozen(0.34, 0.35, 0.33),
  );
  const margin = sentences.find((sentence) => sentence.includes("its own frozen blocks"))!;
  assert.match(margin, "95 % t-interval [−6.5, −1.5] points");
  assert.match(margin, "exact sign-flip p = 0.250, where 3 seeds can reach 0.250 at the least");
  const alone = assessMethod(runs({ accuracy: 0.30 }), frozen(0.34)).sentences.join(" ");
  assert.match(alone, "one seed has neither interval nor test");
});

test.run();
