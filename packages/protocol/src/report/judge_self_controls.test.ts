import { suite } from "uvu";
import * as assert from "uvu/assert";
import { exampleEvidence, type ExampleOptions } from "../evidence/example_evidence.ts";
import { measured } from "../evidence/measured.ts";
import type { RunEvidence } from "../evidence/run_evidence.ts";
import { judgeSelfControls, type RunGroup } from "./judge_self_controls.ts";

const test = suite("judgeSelfControls");

function group(method: string, options: ExampleOptions, frozen?: number): RunGroup {
  const of = (more: ExampleOptions) =>
    [42, 123].map((seed) => exampleEvidence({ method, seed, ...options, ...more }));
  return {
    runs: of({}),
    baselines: frozen === undefined ? [] : of({ role: "baseline", accuracy: frozen }),
  };
}

const penalised = (options: ExampleOptions = {}) =>
  group("dfa", { role: "control", lambda: 0.01, ...options });
const permuted = (options: ExampleOptions, frozen?: number) =>
  group("bp", { role: "control", labels: "permuted", ...options }, frozen);
const exploded = { hiddenNorms: [9, 9, 9000], gradientNorm: 4e-9 };

/** A group with every record of it changed. */
const changed = (group: RunGroup, change: (run: RunEvidence) => Partial<RunEvidence>): RunGroup => {
  const all = (runs: readonly RunEvidence[]) => runs.map((run) => ({ ...run, ...change(run) }));
  return { runs: all(group.runs), baselines: all(group.baselines) };
};

// Oracle: §5.
test("judgeSelfControls: the penalty control is met by silence, broken by a fire, open otherwise", () => {
  const met = (options: ExampleOptions) =>
    judgeSelfControls({ penalisedDfa: penalised(options) })[0].met;
  assert.is(met({}), true);
  assert.is(met({ hiddenNorms: [1, 60] }), false);
  assert.is(met({ gradientNorm: 1e-8 }), false);
  assert.is(met({ gradientNorm: measured(NaN, "g") }), null);
  assert.is(met({ gradientNorm: measured(NaN, "g"), hiddenNorms: [1, 60] }), false);
  // (c) and (d) are not part of it.
  assert.is(met({ stability: 0.99, accuracy: 0 }), true);
  assert.is(judgeSelfControls({})[0].met, null);
  assert.is(judgeSelfControls({ penalisedDfa: { runs: [], baselines: [] } })[0].met, null);
});

test("judgeSelfControls: BP on permuted labels is met only by a walk-back", () => {
  const met = (accuracy: number, frozen?: number) =>
    judgeSelfControls({ permutedBp: permuted({ accuracy }, frozen) })[1].met;
  assert.is(met(0.1, 0.1), true);
  assert.is(met(0.5, 0.1), false); // reads trustworthy
  assert.is(met(0.1), null); // not assessable: it has shown nothing
  assert.is(judgeSelfControls({})[1].met, null);
});

// Oracle: §5: the condition is what is tested, so a record that does not show it tests nothing.
test("judgeSelfControls leaves the penalty control open unless its record shows λ = 0.01", () => {
  for (const lambda of [0, 0.1, 1e-4]) {
    for (const options of [{ lambda }, { lambda, ...exploded }]) {
      const [found] = judgeSelfControls({ penalisedDfa: penalised(options) });
      assert.is(found.met, null);
      assert.match(found.reason, "configuration.lambda must be 0.01");
      assert.match(found.observed, "(a)");
    }
  }
  const one = penalised();
  const mixed = { runs: [one.runs[0]!, { ...one.runs[1]!, configuration: {} }], baselines: [] };
  assert.is(judgeSelfControls({ penalisedDfa: mixed })[0].met, null);
});

test("judgeSelfControls leaves the permuted control open unless its records show the labels", () => {
  const judge = (permutedBp: RunGroup) => judgeSelfControls({ permutedBp })[1];
  for (const accuracy of [0.1, 0.5]) {
    const found = judge(group("bp", { role: "control", accuracy }, 0.1));
    assert.is(found.met, null);
    assert.match(found.reason, "does not show that the labels were permuted");
  }
  const both = permuted({ accuracy: 0.1 }, 0.1);
  const plainName = { ...both.runs[0]!.dataset, name: "example" };
  assert.is(judge(changed(both, () => ({ configuration: {} }))).met, true); // by the name alone
  assert.is(judge(changed(both, () => ({ dataset: plainName }))).met, true); // by the labels alone
  // A baseline on true labels would make (d) compare two tasks.
  const trueBaseline = changed(both, ({ role, configuration }) => ({
    dataset: plainName,
    configuration: role === "baseline" ? {} : configuration,
  }));
  assert.is(judge(trueBaseline).met, null);
});

// Oracle: an untrained net is silent under every condition.
test("judgeSelfControls leaves a control open that was not trained", () => {
  const untrained = (all: RunGroup) => changed(all, () => ({ epochs: [] }));
  const found = judgeSelfControls({
    penalisedDfa: untrained(penalised()),
    permutedBp: untrained(permuted({ accuracy: 0.1 }, 0.1)),
  });
  assert.equal(found.map((c) => [c.met, c.reason]), [
    [null, "the control was not trained"],
    [null, "the control was not trained"],
  ]);
});

// Oracle: documented contract, case by case.
test("judgeSelfControls says whether the penalty made the difference", () => {
  const compare = (plainDfa?: RunGroup) => {
    const [found] = judgeSelfControls({ penalisedDfa: penalised(), plainDfa });
    assert.is(found.met, true);
    return [found.discriminates, found.reason.replace("(a) and (b) are silent, ", "")];
  };
  assert.equal(compare(group("dfa", exploded)), [
    true,
    "while (a), (b) fired on DFA without the penalty",
  ]);
  assert.equal(compare(group("dfa", { hiddenNorms: [9, 9, 9000] })), [
    true,
    "while (a) fired on DFA without the penalty",
  ]);
  assert.equal(compare(group("dfa", {})), [
    false,
    "but (a) and (b) are silent on DFA without the penalty too, so the control shows nothing here",
  ]);
  assert.equal(compare(group("dfa", { gradientNorm: measured(NaN, "g") })), [
    false,
    "but (b) could not be evaluated on DFA without the penalty, so the control shows nothing here",
  ]);
  const absent = [false, "but DFA without the penalty was not run beside it"];
  assert.equal(compare(), absent);
  // Beside it means: λ = 0, every seed of the control, and otherwise the same conditions.
  assert.equal(compare(group("dfa", { ...exploded, lambda: 0.01 })), absent);
  const { runs, baselines } = group("dfa", exploded);
  assert.equal(compare({ runs: runs.slice(1), baselines }), absent);
  assert.equal(compare(group("dfa", { hiddenNorms: [9, 9, 9, 9000] })), absent);
});

test("judgeSelfControls refuses runs of another method", () => {
  assert.throws(
    () => judgeSelfControls({ penalisedDfa: group("fa", { role: "control", lambda: 0.01 }) }),
    /runs must be of method dfa: fa/,
  );
});

test("judgeSelfControls judges by the policy it is given", () => {
  const runs = { permutedBp: permuted({ accuracy: 0.1 }) };
  // Without a baseline the paper's rule reads trustworthy: the control catches it.
  assert.is(judgeSelfControls(runs, "paper")[1].met, false);
});

test.run();
