import { suite } from "uvu";
import * as assert from "uvu/assert";
import { accuracyOf } from "../evidence/accuracy.ts";
import { exampleEvidence, type ExampleOptions } from "../evidence/example_evidence.ts";
import { isMeasured, type Measured, measured, unmeasured } from "../evidence/measured.ts";
import { type EpochEvidence, finalSnapshot, type RunEvidence } from "../evidence/run_evidence.ts";
import { accuracyDifference, depthUtilityDiagnostic } from "./depth_utility.ts";
import { diagnose } from "./diagnose.ts";
import { growthDiagnostic } from "./growth.ts";
import { policies, resolvePolicy } from "./policies.ts";
import { referenceDiagnostic } from "./reference.ts";
import { stabilityDiagnostic } from "./stability.ts";

const test = suite("diagnose");

const snapshot = (options: ExampleOptions) => finalSnapshot(exampleEvidence(options));
const growth = (...hiddenNorms: Measured[]) => growthDiagnostic(snapshot({ hiddenNorms }), 50);
const infinite = measured(Infinity, "‖h‖");
const nan = measured(NaN, "‖h‖");

// Oracle: §4, "fires when > 50": the threshold itself is silent.
test("growthDiagnostic fires above 50 and not at 50", () => {
  assert.is(growth(1, 50).fired, false);
  assert.is(growth(1, 50.000001).fired, true);
  const { id, name, value, threshold, direction, evaluated, reason } = growth(2, 2, 200);
  assert.equal([id, name, value, threshold, direction, evaluated], [
    "a",
    "growth",
    100,
    50,
    "above",
    true,
  ]);
  assert.is(reason, "100 is above 50.0; from h_1 to h_2");
  // Rounding must not hide on which side a value lies.
  assert.match(growth(1, 50.000001).reason, /^50\.000001 is above 50\.0/);
});

test("growthDiagnostic fires on overflow from a finite state, with no number", () => {
  const found = growth(9, infinite, nan);
  assert.is(found.fired, true);
  assert.match(found.reason, /^overflow: growth from h_0 to h_1 overflows/);
  assert.not(isMeasured(found.value));
});

test("growthDiagnostic is not evaluated where nothing says that it grew", () => {
  for (const norms of [[9, nan], [nan, 9], [infinite, infinite], [infinite, 9], [0, 9], [9]]) {
    const found = growth(...norms);
    assert.equal([found.fired, found.evaluated], [null, false], JSON.stringify(norms));
    assert.ok(found.reason.length > 0);
  }
});

test("growthDiagnostic fires on one layer above the threshold whatever the others are", () => {
  const found = growth(1, 60, nan, 1);
  assert.is(found.fired, true);
  assert.is(found.value, 60);
  assert.is(found.details.lowerBound, true);
  assert.is(growth(1, 40, nan).fired, null);
});

const reference = (options: ExampleOptions) => referenceDiagnostic(snapshot(options), 1e-7);

// Oracle: §4 and §6, "multiply by B/128 to compare".
test("referenceDiagnostic fires below 1e-7 at B=128 and not at 1e-7", () => {
  assert.is(reference({ gradientNorm: 1e-7 }).fired, false);
  assert.is(reference({ gradientNorm: 9.99e-8 }).fired, true);
});

test("referenceDiagnostic judges another B by the factor B/128 and gives both numbers", () => {
  // 5e-10 at B=1024 is 4e-9 at B=128 (rows 5 and 13 of the paper's claims).
  const found = reference({ gradientNorm: 5e-10, batchSize: 1024 });
  assert.is(found.value, 4e-9);
  assert.is(found.details.atBatchSize, 5e-10);
  assert.is(found.details.sampleLoss, 1024 * 5e-10);
  assert.is(found.details.sampleLossThreshold, 1.28e-5);
  assert.match(found.reason, "measured as 5.00e-10 at B=1024");
  // Without the factor this one would fire.
  assert.is(reference({ gradientNorm: 5e-8, batchSize: 1024 }).fired, false);
  // … and this one would not.
  assert.is(reference({ gradientNorm: 1.5e-7, batchSize: 64 }).fired, true);
});

test("referenceDiagnostic is not evaluated on a gradient that is not finite", () => {
  for (const gradientNorm of [nan, infinite]) {
    assert.equal([reference({ gradientNorm }).fired, reference({ gradientNorm }).evaluated], [
      null,
      false,
    ]);
  }
});

test("referenceDiagnostic says where its mechanism is absent", () => {
  const without = { ...snapshot({}), terminalNorm: false };
  assert.match(referenceDiagnostic(without, 1e-7).reason, "without a terminal LayerNorm");
});

const stability = (value: Measured) => stabilityDiagnostic(snapshot({ stability: value }), 0.3);

// Oracle: rows 48–52 of the paper's claims.
test("stabilityDiagnostic fires on SB .992 and CB .352, not on DFA .047, BP .099, EP −.036", () => {
  assert.equal([0.992, 0.352, 0.047, 0.099, -0.036, 0.3].map((v) => stability(v).fired), [
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
  assert.is(stability(unmeasured("one batch")).reason, "one batch");
  assert.is(stability(unmeasured("one batch")).fired, null);
});

const of10000 = (correct: number) => accuracyOf({ correct, total: 10000 });

// Oracle: exact rational arithmetic; two percentage points are not *below* two percentage points.
test("depthUtilityDiagnostic counts: exactly 200 of 10,000 more is silent for every base", () => {
  for (let frozen = 0; frozen <= 9800; frozen += 7) {
    const found = depthUtilityDiagnostic(of10000(frozen + 200), of10000(frozen), 0.02);
    assert.is(found.value, 0.02);
    assert.is(found.fired, false);
    assert.is(depthUtilityDiagnostic(of10000(frozen + 199), of10000(frozen), 0.02).fired, true);
  }
});

// Oracle: "Unmeasurable is never a pass and never a fail" (§4): NaN logits are no predictions.
test("depthUtilityDiagnostic is not evaluated where a side has samples without prediction", () => {
  const partial = accuracyOf({ correct: 900, total: 10000, withoutPrediction: 1 });
  const nothing = accuracyOf({ correct: 0, total: 10000, withoutPrediction: 10000 });
  for (const other of [partial, nothing]) {
    for (const [mine, frozen] of [[other, of10000(3500)], [of10000(1200), other]] as const) {
      const found = depthUtilityDiagnostic(mine, frozen, 0.02);
      assert.equal([found.fired, found.evaluated], [null, false]);
      assert.match(found.reason, /^1(0000)? of 10000 test samples( of the baseline)? have no pre/);
    }
  }
});

test("accuracyDifference of different totals is one quotient", () => {
  assert.is(accuracyDifference({ correct: 1, total: 3 }, { correct: 1, total: 6 }), 1 / 6);
});

const frozen = { role: "baseline" } as const;
const run = (options: ExampleOptions) => exampleEvidence({ method: "dfa", ...options });

test("diagnose gives (a) to (d) in order, (d) only with a baseline", () => {
  const dfa = run({ accuracy: 0.308 });
  const frozen = run({ accuracy: 0.349, role: "baseline" });
  assert.is(diagnose(dfa).map((d) => d.id).join(""), "abcd");
  assert.is(diagnose(dfa)[3]!.fired, null);
  const d = diagnose(dfa, { baseline: frozen })[3]!;
  assert.is(d.fired, true);
  assert.is(d.value, -0.041);
  assert.match(d.reason, "accuracy 0.308 against 0.349 with frozen blocks");
});

test("diagnose judges the last epoch, or the initial model of a run without epochs", () => {
  const trained = run({ hiddenNorms: [9, 9, 900] });
  assert.is(diagnose(trained)[0]!.fired, true);
  assert.is(diagnose({ ...trained, epochs: [] })[0]!.fired, false);
});

// Oracle: §4, "of the same method and seed"; a difference of anything but training is not depth's.
test("diagnose refuses a baseline that differs from its run, and says in what", () => {
  const baseline = run({ role: "baseline" });
  const { dataset, epochs } = baseline;
  const wrong: [string, Partial<RunEvidence>][] = [
    ["method of the baseline must be dfa: bp", { method: "bp" }],
    ["seed of the baseline must be 42: 1", { seed: 1 }],
    ["role of the baseline must be baseline: method", { role: "method" }],
    ["dataset of the baseline must be example: mnist", { dataset: { ...dataset, name: "mnist" } }],
    ["split of the baseline", { dataset: { ...dataset, split: "labels permuted" } }],
    ["number of training samples", { dataset: { ...dataset, trainSize: 10 } }],
    ["size of the test set", { dataset: { ...dataset, testSize: 10 } }],
    ["number of test samples", { finalAccuracy: accuracyOf({ correct: 1, total: 2 }) }],
    ["number of epochs of the baseline must be 1: 0", { epochs: [] }],
    ["number of epochs of the baseline must be 1: 2", { epochs: [{ ...epochs[0]!, epoch: 2 }] }],
    ["number of blocks of the baseline must be 2: 1", run({ ...frozen, hiddenNorms: [9, 9] })],
    ["batch size of the baseline must be 128: 64", run({ ...frozen, batchSize: 64 })],
  ];
  for (const [message, different] of wrong) {
    assert.throws(
      () => diagnose(run({}), { baseline: { ...baseline, ...different } }),
      (e: Error) => e instanceof RangeError && e.message.includes(message),
      message,
    );
  }
  assert.throws(() => diagnose(baseline, { baseline }), /a run must not be a baseline itself/);
});

// Oracle: definition: a frozen weight has the very norm that it had at initialisation.
test("diagnose refuses a baseline whose blocks were trained, or not shown to be frozen", () => {
  const baseline = run(frozen);
  const grown = (...parameterGrowth: EpochEvidence["parameterGrowth"]) => ({
    ...baseline,
    epochs: baseline.epochs.map((epoch) => ({ ...epoch, parameterGrowth })),
  });
  const still = { w1: 1, w2: 1 };
  assert.is(diagnose(run({}), { baseline: grown(still, still) })[3]!.evaluated, true);
  const wrong: [string, EpochEvidence["parameterGrowth"][number]][] = [
    ["growth of w2 in block 1 is 1 after epoch 1: 1.0000000000000002", { w1: 1, w2: 1 + 2 ** -52 }],
    ["growth of w2 in block 1 is 1 after epoch 1: ‖h‖ is NaN", { w1: 1, w2: nan }],
    ["growth of every matrix in block 1 is 1 after epoch 1: there is none", {}],
  ];
  for (const [message, block] of wrong) {
    assert.throws(
      () => diagnose(run({}), { baseline: grown(still, block) }),
      (e: Error) => e instanceof RangeError && e.message.endsWith(message),
      message,
    );
  }
});

// Oracle: §4.
test("policies hold the thresholds of §4", () => {
  for (const policy of Object.values(policies)) {
    assert.equal(policy.thresholds, {
      growth: 50,
      reference: 1e-7,
      stability: 0.3,
      depthUtility: 0.02,
    });
  }
});

test("diagnose takes thresholds from a policy of one's own and refuses a malformed one", () => {
  const own = (growth: number) => ({
    ...policies.default,
    name: "own",
    thresholds: { ...policies.default.thresholds, growth },
  });
  const grown = run({ hiddenNorms: [1, 80] });
  assert.is(diagnose(grown, { policy: own(100) })[0]!.fired, false);
  assert.is(diagnose(grown, { policy: own(60) })[0]!.fired, true);
  assert.throws(() => diagnose(grown, { policy: own(NaN) }), /thresholds.growth must be a finite/);
  const unknown = { ...own(50), required: ["e" as never] };
  assert.throws(() => resolvePolicy(unknown), /Cannot find diagnostic in required 'e'/);
});

test.run();
