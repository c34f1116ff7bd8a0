import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type AuditChoices, resolveConfiguration } from "./configuration.ts";
import { expectedSeconds } from "./expected_seconds.ts";
import { planRuns } from "./plan_runs.ts";

const test = suite("expectedSeconds");

// Oracle: arithmetic: 2 epochs × (100 steps + 5000/3/128 + 10), 350 for DFA's probes, none for baselines; and
// four kinds: two methods, with trained blocks and without.
test("times one run of each kind", () => {
  const configuration = resolveConfiguration({ preset: "tiny" });
  const { runs } = planRuns(configuration);
  const timed: string[] = [];
  const expected = expectedSeconds(runs, configuration.data, (spec) => {
    timed.push(spec.id);
    return spec.trainedBlocks === 0 ? 0.5 : 1;
  });
  const one = (choices: AuditChoices) =>
    expectedSeconds(
      planRuns(resolveConfiguration({ preset: "tiny", epochs: 5, ...choices })).runs,
      configuration.data,
      () => 1,
    ).get("dfa-42")!;
  const epoch = 100 + 5000 / 3 / 128 + 10;
  const near = (found: number, expected: number) =>
    assert.ok(Math.abs(found - expected) < 1e-9, `${found} is not ${expected}`);
  near(one({ probes: "none" }), 5 * epoch);
  near(one({ probes: "every-epoch" }), 5 * (epoch + 350));
  near(one({ probes: "every-epoch", stopAfter: 2 }), 2 * (epoch + 350));
  assert.equal(timed, ["bp-42", "dfa-42", "bp-frozen-42", "dfa-frozen-42"]);
  const steps = 2 * (100 + 5000 / 3 / 128 + 10);
  assert.equal(expected.size, 7);
  near(expected.get("dfa-penalty-42")!, steps + 350);
  near(expected.get("dfa-frozen-42")!, steps / 2);
});

test.run();
