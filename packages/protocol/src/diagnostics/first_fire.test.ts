import { suite } from "uvu";
import * as assert from "uvu/assert";
import { exampleEvidence, type ExampleOptions } from "../evidence/example_evidence.ts";
import { type Measured, unmeasured } from "../evidence/measured.ts";
import type { RunEvidence } from "../evidence/run_evidence.ts";
import { diagnose } from "./diagnose.ts";
import { firstFire } from "./first_fire.ts";

const test = suite("firstFire");

/** A run with one epoch for each of `options`; `numbers` name the epochs. */
function run(options: readonly ExampleOptions[], numbers?: readonly number[]): RunEvidence {
  const runs = options.map((each) => exampleEvidence(each));
  const last = runs.at(-1)!;
  return {
    ...last,
    initial: exampleEvidence().initial,
    epochs: runs.map(({ epochs }, i) => ({ ...epochs[0]!, epoch: numbers?.[i] ?? i + 1 })),
  };
}

const growths = (...values: Measured[]) => run(values.map((v) => ({ hiddenNorms: [1, 1, v] })));
const a = (evidence: RunEvidence) => {
  const { epoch, stays, silentAgain, text } = firstFire(evidence)[0]!;
  return [epoch, stays, silentAgain.join(), text];
};

// Oracle: counted by hand.
test("firstFire finds the first epoch, and whether it stays", () => {
  assert.equal(a(growths(1, 60, 70)), [2, true, "", "epoch 2, and stays"]);
  assert.equal(a(growths(60, 40, 70, 30)), [
    1,
    false,
    "2,4",
    "epoch 1, silent again in 2 of 3 later",
  ]);
  assert.equal(a(growths(1, 2, 60)), [3, null, "", "epoch 3, the last measured"]);
  assert.equal(a(growths(1, 2, 50)), [null, null, "", "never"]);
  const untrained = exampleEvidence({ hiddenNorms: [1, 1, 60] }).epochs[0]!.snapshot;
  assert.equal(a({ ...growths(60), initial: untrained }), [0, true, "", "epoch 0, and stays"]);
  assert.equal(a({ ...growths(60), epochs: [] }), [null, null, "", "never"]);
});

// Oracle: "Unmeasurable is never a pass and never a fail" (§4).
test("firstFire does not take what was not evaluated for silence", () => {
  const lost = unmeasured("lost");
  assert.equal(a(growths(lost, 60, lost)), [
    2,
    null,
    "",
    "epoch 2 (silent at 0, not evaluated between), and not always evaluated later",
  ]);
  assert.equal(a(growths(1, lost)), [null, null, "", "never in the 2 of 3 evaluated"]);
  const evidence = growths(lost, 60, 60);
  const open = { ...evidence, initial: growths(lost).epochs[0]!.snapshot };
  assert.equal(a(open), [2, true, "", "epoch 2 (not evaluated before), and stays"]);
  const sparse = run([{ hiddenNorms: [1, 1, 1] }, { hiddenNorms: [1, 1, 60] }], [5, 10]);
  assert.match(a(sparse)[3] as string, "epoch 10 (silent at 5, not evaluated between)");
});

// Oracle: claims row 62: (b) on DFA first fires at epoch 4 where ‖g_L‖ sinks below 1e-7 there.
test("firstFire judges (b) and (c) epoch by epoch, by the policy's thresholds", () => {
  const evidence = run([1.4e-6, 5e-7, 1.1e-7, 0.9e-7, 4e-9].map((gradientNorm, i) => ({
    gradientNorm,
    stability: [0.1, 0.4, 0.2, 0.5, 0.6][i]!,
  })));
  const [, b, c] = firstFire(evidence);
  assert.equal([b!.id, b!.epoch, b!.stays, b!.silentAt], ["b", 4, true, 3]);
  assert.equal([c!.epoch, c!.stays, c!.silentAgain], [2, false, [3]]);
});

// Oracle: exact counts: 3600 − 3400 of 10,000 meets the threshold, one sample less does not.
test("firstFire judges (d) epoch by epoch, where both accuracies were measured", () => {
  const of = (role: "method" | "baseline", ...accuracies: number[]) =>
    run(accuracies.map((accuracy) => ({ role, accuracy })));
  const frozen = of("baseline", 0.34, 0.34, 0.34);
  const d = (evidence: RunEvidence, baseline: RunEvidence | undefined) =>
    firstFire(evidence, { baseline })[3]!;
  const found = d(of("method", 0.36, 0.3599, 0.36), frozen);
  assert.equal([found.epoch, found.stays, found.evaluated, found.moments], [2, false, 3, 3]);
  assert.is(d(of("method", 0.5, 0.5, 0.5), frozen).text, "never");
  assert.is(d(of("method", 0.1), undefined).text, "not evaluated");
  const gaps = {
    ...frozen,
    epochs: frozen.epochs.map((at, i) => i === 0 ? { ...at, accuracy: unmeasured("lost") } : at),
  };
  const later = d(of("method", 0.1, 0.1, 0.1), gaps);
  assert.equal([later.epoch, later.text], [2, "epoch 2 (not evaluated before), and stays"]);
  // Nothing comes before the first moment of (d), which is epoch 1.
  assert.is(d(of("method", 0.1, 0.1, 0.1), frozen).text, "epoch 1, and stays");
});

// Oracle: metamorphic: what fires at the last epoch is what diagnose says of the run.
test("firstFire ends where diagnose does", () => {
  for (const last of [1, 49, 51]) {
    for (const gradientNorm of [1e-3, 1e-9]) {
      const evidence = run([{ hiddenNorms: [1, 1, 1] }, {
        hiddenNorms: [1, 1, last],
        gradientNorm,
      }]);
      const fired = diagnose(evidence).map((diagnostic) => diagnostic.fired === true);
      assert.equal(firstFire(evidence).map(({ epoch }) => epoch === 2), fired);
    }
  }
});

test("firstFire refuses a baseline that does not fit", () => {
  const other = exampleEvidence({ role: "baseline", seed: 1 });
  assert.throws(
    () => firstFire(exampleEvidence(), { baseline: other }),
    /the seed of the baseline/,
  );
});

test.run();
