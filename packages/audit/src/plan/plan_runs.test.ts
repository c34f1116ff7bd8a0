import { suite } from "uvu";
import * as assert from "uvu/assert";
import { resolveConfiguration } from "./configuration.ts";
import { planRuns } from "./plan_runs.ts";

const test = suite("planRuns");

// Oracle: specification: methods × seeds, each with its baseline, and the self-controls of the first
// seed: 2·2·2 + 3 = 11 runs.
test("plans two methods and two seeds", () => {
  const { runs, methods, controls } = planRuns(resolveConfiguration({ methods: ["bp", "dfa"] }));
  assert.equal(runs.map(({ id }) => id), [
    "bp-42",
    "bp-123",
    "bp-permuted-42",
    "dfa-42",
    "dfa-123",
    "dfa-penalty-42",
    "bp-frozen-42",
    "bp-frozen-123",
    "bp-permuted-frozen-42",
    "dfa-frozen-42",
    "dfa-frozen-123",
  ]);
  assert.equal(methods[1], {
    method: "dfa",
    runs: ["dfa-42", "dfa-123"],
    baselines: ["dfa-frozen-42", "dfa-frozen-123"],
  });
  assert.equal(controls, {
    penalisedDfa: { runs: ["dfa-penalty-42"], baselines: [] },
    permutedBp: { runs: ["bp-permuted-42"], baselines: ["bp-permuted-frozen-42"] },
  });
});

test("gives every run what it needs to know", () => {
  const { runs } = planRuns(
    resolveConfiguration({ preset: "tiny", lambda: 0.5, dtype: "float64" }),
  );
  const of = (id: string) => runs.find((spec) => spec.id === id)!;
  assert.equal(of("dfa-42"), {
    id: "dfa-42",
    method: "dfa",
    role: "method",
    seed: 42,
    rule: { creditIndex: "input", creditNormalization: "sample", feedbackScale: 1 },
    trainedBlocks: 4,
    lambda: 0.5,
    labels: "true",
    dtype: "float64",
    backend: "wasm",
    width: 32,
    depth: 4,
    terminalLayerNorm: true,
    residual: true,
    batch: 128,
    epochs: 2,
    stopAfter: 2,
    learningRate: 1e-3,
    evaluation: { batches: 10, batch: 128 },
    probes: "final",
  });
  assert.is(of("dfa-penalty-42").lambda, 1e-2);
  assert.is(of("dfa-penalty-42").role, "control");
  const permuted = of("bp-permuted-frozen-42");
  assert.equal(
    [permuted.role, permuted.labels, permuted.trainedBlocks, permuted.lambda],
    ["baseline", "permuted", 0, 0.5],
  );
  assert.equal(runs.map(({ probes, role }) => [probes, role]).sort().map((each) => each.join()), [
    ...["final,control", "final,control", "final,method", "final,method"],
    ...["none,baseline", "none,baseline", "none,baseline"],
  ]);
});

// Oracle: definition: with λ = 1e-2 the self-control differs from DFA in id and role only.
test("runs identical runs once", () => {
  const { runs, controls } = planRuns(
    resolveConfiguration({ methods: ["bp", "dfa"], lambda: 1e-2, seeds: [7, 8] }),
  );
  assert.equal(controls.penalisedDfa.runs, ["dfa-7"]);
  assert.is(runs.length, 10);
  assert.not.ok(runs.some(({ id }) => id.includes("penalty")));
});

test("leaves out baselines and controls where they are not wanted", () => {
  const { runs, methods, controls } = planRuns(
    resolveConfiguration({ methods: ["dfa"], seeds: [7], baselines: false, controls: false }),
  );
  assert.equal(runs.map(({ id }) => id), ["dfa-7"]);
  assert.equal(methods[0]!.baselines, []);
  assert.equal(controls.permutedBp.runs, []);
});

test("plans the self-controls also where their method is not audited", () => {
  const ids = planRuns(resolveConfiguration({ methods: ["bp"], seeds: [5] })).runs.map((s) => s.id);
  assert.ok(ids.includes("dfa-penalty-5"));
  assert.not.ok(ids.includes("dfa-5"));
});

test.run();
