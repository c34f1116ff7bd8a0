import { suite } from "uvu";
import * as assert from "uvu/assert";
import { resolveConfiguration } from "./configuration.ts";
import { expectedSeconds } from "./expected_seconds.ts";
import { planRuns } from "./plan_runs.ts";

const test = suite("expectedSeconds");

// Oracle: arithmetic: 2 epochs × (100 steps + 5000/3/128 + 10), and four kinds: two methods, with trained blocks and without.
test("times one run of each kind", () => {
  const configuration = resolveConfiguration({ preset: "tiny" });
  const { runs } = planRuns(configuration);
  const timed: string[] = [];
  const expected = expectedSeconds(runs, configuration.data, (spec) => {
    timed.push(spec.id);
    return spec.trainedBlocks === 0 ? 0.5 : 1;
  });
  assert.equal(timed, ["bp-42", "dfa-42", "bp-frozen-42", "dfa-frozen-42"]);
  const steps = 2 * (100 + 5000 / 3 / 128 + 10);
  assert.equal(expected.size, 7);
  assert.ok(Math.abs(expected.get("dfa-penalty-42")! - steps) < 1e-9);
  assert.ok(Math.abs(expected.get("dfa-frozen-42")! - steps / 2) < 1e-9);
});

test.run();
