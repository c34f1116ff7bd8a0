import { suite } from "uvu";
import * as assert from "uvu/assert";
import { thresholdGap } from "../diagnostics/threshold_gap.ts";
import { exampleEvidence } from "../evidence/example_evidence.ts";
import { isMeasured, measured, unmeasured } from "../evidence/measured.ts";
import { policies } from "../diagnostics/policies.ts";
import { assessMethod } from "./assess_method.ts";
import { thresholdRobustness } from "./threshold_robustness.ts";
import { paperGroups, paperMethods } from "./_test_paper.ts";

const test = suite("thresholdRobustness");

// Oracle: the paper's own numbers, claims rows 37 and 38; §6 on 24,338.
test("thresholdGap gives the paper's factors from the paper's endpoints", () => {
  const growth = thresholdGap({ direction: "above", healthy: [11, 1.3], degenerate: [694, 1900] });
  assert.is(Math.round(growth.factor as number), 63);
  const gradient = (healthy: number, degenerate: number) =>
    thresholdGap({ direction: "below", healthy: [4e-4, healthy], degenerate: [1e-9, degenerate] });
  assert.is(Math.round(gradient(1.0e-4, 4.2e-9).factor as number), 23_810);
  assert.is(Math.round(gradient(1.02e-4, 4.18e-9).factor as number), 24_402);
  // 24,338 of the text lies within what the rounding of its endpoints leaves open.
  assert.ok(gradient(1.015e-4, 4.185e-9).factor as number < 24_338);
  assert.ok(gradient(1.025e-4, 4.175e-9).factor as number > 24_338);
});

test("thresholdGap: edges, overlap and nothing to compare", () => {
  const above = thresholdGap({ direction: "above", healthy: [-1, 3], degenerate: [2, 9] });
  assert.equal([above.healthyEdge, above.degenerateEdge, above.separated], [3, 2, false]);
  assert.equal([above.factor, above.difference], [2 / 3, -1]);
  const below = thresholdGap({ direction: "below", healthy: [0.26, 0.3], degenerate: [-0.04] });
  assert.equal([below.separated, below.difference], [true, 0.26 + 0.04]);
  assert.not(isMeasured(below.factor));
  assert.is(thresholdGap({ direction: "above", healthy: [1], degenerate: [1] }).separated, false);
  const empty = thresholdGap({ direction: "below", healthy: [], degenerate: [1] });
  assert.is(empty.separated, null);
  assert.not(isMeasured(empty.factor));
  assert.throws(
    () => thresholdGap({ direction: "above", healthy: [NaN], degenerate: [] }),
    /must be finite: NaN/,
  );
});

const ownEp = (method: string) => (method === "ep" ? 0.2 : 0.349);

// Oracle: arithmetic on the paper's printed numbers, by hand.
test("thresholdRobustness: where the paper's readings and verdicts flip", () => {
  const [a, b, c, d] = thresholdRobustness(paperMethods("default", ownEp)) as Required<
    ReturnType<typeof thresholdRobustness>
  >;
  const ends = ({ down, up }: typeof a.readings) => [
    isMeasured(down.until) ? down.until : null,
    down.method,
    isMeasured(up.until) ? up.until : null,
    up.method,
  ];
  // Medians over seeds: BP 10, EP 9, DFA 2043, CB 1034, SB 12781.
  assert.equal(ends(a!.readings), [10, "bp", 1034, "cb"]);
  assert.equal(ends(a!.verdicts), [10, "bp", null, null]); // (b) and (d) hold the others
  assert.is(a!.readings.down.factor, 5);
  assert.is(Math.round(a!.gap.factor as number), 63); // seed by seed: 694 / 11
  assert.equal(ends(b!.readings), [4e-9, "dfa", 2e-4, "ep"]);
  assert.equal(ends(b!.verdicts), [null, null, 2e-4, "ep"]);
  assert.is(b!.gap.factor, 2e-4 / 4e-9);
  // (c) decides nothing under the default policy.
  assert.equal(ends(c!.readings), [0.099, "bp", 0.352, "cb"]);
  assert.equal(ends(c!.verdicts), [null, null, null, null]);
  assert.is(c!.scale, "difference");
  // BP +26.0 points, EP +11.6 over a baseline of its own, DFA −4.1 …
  assert.equal(ends(d!.readings), [-0.041, "dfa", 0.116, "ep"]);
  assert.equal(ends(d!.verdicts), [null, null, 0.116, "ep"]);
  assert.ok(Math.abs((d!.verdicts.up.distance as number) - 0.096) < 1e-15);
});

// Oracle: claims row 47: verdicts are robust to ×2 either way; of the readings, (c) on CB is not.
test("thresholdRobustness: the paper's verdicts stand if any one threshold is halved or doubled", () => {
  for (const policy of ["default", "paper"] as const) {
    const found = thresholdRobustness(paperMethods(policy, ownEp), policy);
    for (const { halved, doubled } of found) {
      assert.equal([halved.verdicts, doubled.verdicts], [[], []]);
    }
    assert.equal(found.map(({ halved }) => halved.readings), [[], [], [], []]);
    assert.equal(found.map(({ doubled }) => doubled.readings), [[], [], ["cb"], []]);
  }
  // Under the paper's rule (c) at .099 instead of .30 would walk BP back: factor 3.03.
  const [, , c] = thresholdRobustness(paperMethods("paper", ownEp), "paper");
  assert.equal([c!.verdicts.down.until, c!.verdicts.down.method], [0.099, "bp"]);
});

// Oracle: brute force: judge everything again with the threshold moved just short of and just beyond.
test("thresholdRobustness: verdicts flip where judging again says so, and nowhere before", () => {
  const words = (name: "growth" | "reference" | "depthUtility", threshold: number) => {
    const policy = {
      ...policies.default,
      name: "moved",
      thresholds: { ...policies.default.thresholds, [name]: threshold },
    };
    return paperGroups().map(({ runs, baselines }) =>
      assessMethod(runs, baselines, policy).verdict.verdict
    ).join();
  };
  for (const { name, threshold, verdicts } of thresholdRobustness(paperMethods())) {
    if (name === "stability") continue;
    const now = words(name, threshold);
    for (const [way, move] of Object.entries(verdicts)) {
      const { until, method } = move;
      if (!isMeasured(until)) {
        assert.is(words(name, way === "up" ? 1e30 : -1e30), now, `${name} ${way}`);
        continue;
      }
      const size = 1e-9 * Math.abs(until) * (way === "up" ? 1 : -1);
      assert.is(words(name, until - size), now, `${name} ${way} before`);
      assert.is.not(words(name, until + size), now, `${name} ${way} at ${method}`);
    }
  }
});

test("thresholdRobustness: a value on the threshold is silent and flips with any move that way", () => {
  const at = (growth: number) =>
    thresholdRobustness([
      assessMethod([exampleEvidence({ hiddenNorms: [1, growth], gradientNorm: 1e-7 })], []),
    ]);
  const [a, b] = at(50);
  assert.equal([a!.readings.down.until, a!.readings.down.factor], [50, 1]);
  assert.is(a!.readings.up.method, null);
  assert.equal([b!.readings.up.until, b!.readings.up.distance], [1e-7, 0]);
  assert.is(b!.readings.down.method, null);
});

// Oracle: overflow fires at every threshold, and what was not evaluated has no side to flip to.
test("thresholdRobustness: overflow and the unmeasured never flip", () => {
  const infinite = measured(Infinity, "‖h‖");
  const diverged = exampleEvidence({
    hiddenNorms: [1, infinite],
    gradientNorm: unmeasured("lost"),
  });
  const [a, b, , d] = thresholdRobustness([assessMethod([diverged], [])]);
  assert.equal([a!.methods[0]!.fired, b!.methods[0]!.fired, d!.methods[0]!.fired], [
    true,
    null,
    null,
  ]);
  for (const { readings, halved, doubled, gap, text } of [a!, b!, d!]) {
    assert.equal([readings.down.method, readings.up.method], [null, null]);
    assert.equal([halved.readings, doubled.readings], [[], []]);
    assert.is(gap.separated, null);
    assert.match(text, "the first reading flips down never, up never");
  }
  assert.throws(() => thresholdRobustness([]), /at least one method/);
});

test.run();
