// When two runs are the same. Oracle: running them, and comparing the weights' evidence bit by bit.
import { synthetic } from "@fa/data";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { executeRun } from "../run/execute_run.ts";
import type { RunSpec } from "../run/run_spec.ts";
import { resolveConfiguration } from "./configuration.ts";
import { planRuns } from "./plan_runs.ts";
import { runKey } from "./_run_key.ts";

const test = suite("runKey");
const dataset = synthetic({ trainSize: 256, testSize: 1280 });

function runsOf(lambda: number): Map<string, RunSpec> {
  const { runs } = planRuns(resolveConfiguration({
    preset: "tiny",
    methods: ["bp", "dfa", "fa", "ep"],
    epochs: 1,
    width: 4,
    depth: 2,
    limit: 1280,
    lambda,
    probes: "none",
  }));
  return new Map(runs.map((spec) => [spec.id, spec]));
}

const outcome = async (spec: RunSpec) => {
  const { initial, epochs, finalAccuracy } = await executeRun(spec, dataset);
  return JSON.stringify([initial, epochs, finalAccuracy]);
};

test("is shared by frozen runs of a local rule with any λ, which are the same to the bit", async () => {
  const [a, b] = [runsOf(0), runsOf(0.1)];
  for (const method of ["dfa", "fa", "ep"]) {
    const [x, y] = [a.get(`${method}-frozen-42`)!, b.get(`${method}-frozen-42`)!];
    assert.is.not(x.lambda, y.lambda);
    assert.is(runKey(x), runKey(y));
    assert.is(await outcome(x), await outcome(y), method);
  }
});

test("differs where λ is felt: trained blocks, and backpropagation through frozen ones", async () => {
  const [a, b] = [runsOf(0), runsOf(0.1)];
  for (const id of ["bp-frozen-42", "dfa-42"]) {
    assert.is.not(runKey(a.get(id)!), runKey(b.get(id)!));
    assert.is.not(await outcome(a.get(id)!), await outcome(b.get(id)!), id);
  }
});

test.run();
