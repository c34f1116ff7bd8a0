// Oracle: the specification: runs that differ in their seed only are one condition.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { exampleEvidence } from "@fa/protocol";
import { resolveConfiguration } from "../plan/configuration.ts";
import { planRuns } from "../plan/plan_runs.ts";
import type { RunSpec } from "../run/run_spec.ts";
import type { FinishedRun } from "./finished_runs.ts";
import { importRuns } from "./import_runs.ts";

const test = suite("importRuns");

const finished = (spec: RunSpec): FinishedRun => ({
  ...{ id: spec.id, folder: spec.id, sums: {}, spec },
  evidence: exampleEvidence({ method: spec.method, seed: spec.seed, role: spec.role }),
});
const audit = (choices: object) =>
  planRuns(resolveConfiguration({ preset: "tiny", seeds: [2, 1], ...choices })).runs.map(finished);

test("groups by everything but the seed, and leaves out permuted labels", () => {
  const { conditions, sources } = importRuns(audit({}), "final");
  assert.equal(conditions.map(({ label }) => label), ["BP, λ=0", "DFA, λ=0", "DFA, λ=1e-2"]);
  const [bp, dfa, penalised] = conditions;
  assert.equal(bp!.runs.map(({ id }) => id), ["bp-lambda-0-1", "bp-lambda-0-2"]);
  assert.equal(bp!.baselines.map(({ id }) => id), ["bp-lambda-0-frozen-1", "bp-lambda-0-frozen-2"]);
  assert.equal(dfa!.runs.map(({ probes }) => probes), ["final", "final"]);
  assert.equal(dfa!.baselines.map(({ probes }) => probes), ["none", "none"]);
  // The self-control has one seed; DFA's frozen blocks never feel λ.
  assert.equal(penalised!.runs.map(({ id }) => id), ["dfa-lambda-1e-2-2"]);
  assert.equal(penalised!.baselines.map(({ seed }) => seed), [2]);
  assert.is(sources.get("dfa-lambda-1e-2-2")!.id, "dfa-penalty-2");
  assert.is(sources.size, 5 + 5);
});

test("takes a run once that two audits have, and tells others apart", () => {
  const same = [...audit({ methods: ["dfa"] }), ...audit({ methods: ["dfa"], controls: false })];
  assert.equal(importRuns(same, "none").conditions.map(({ label, runs }) => [label, runs.length]), [
    ["DFA, λ=0", 2],
    ["DFA, λ=1e-2", 1],
  ]);
  const only = { methods: ["dfa"], controls: false, baselines: false };
  const other = [
    ...audit(only),
    ...audit({ ...only, epochs: 3 }),
    ...audit({ ...only, residual: false }),
  ];
  const labels = importRuns(other, "none").conditions.map(({ label }) => label);
  assert.equal(labels, [
    "DFA, λ=0, 2 epochs",
    "DFA, λ=0, 3 epochs",
    "DFA, λ=0, no residual, 2 epochs",
  ]);
});

test("backpropagation's frozen blocks feel λ: those of another λ are no baseline", () => {
  const bp = (lambda: number) => audit({ methods: ["bp"], controls: false, lambda });
  const baselinesOf = (runs: FinishedRun[]) =>
    importRuns(runs, "none").conditions.map(({ baselines }) => baselines.length);
  const trained = bp(0.5).filter(({ spec }) => spec.trainedBlocks > 0);
  assert.equal(baselinesOf([...bp(0), ...trained]), [2, 0]);
  assert.equal(baselinesOf([...bp(0), ...bp(0.5)]), [2, 2]);
});

test.run();
