import { suite } from "uvu";
import * as assert from "uvu/assert";
import { thresholdGap } from "../diagnostics/threshold_gap.ts";
import { exampleEvidence } from "../evidence/example_evidence.ts";
import { isMeasured, type Measured, measured, unmeasured } from "../evidence/measured.ts";
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
  assert.equal([a!.emptyInterval.from, a!.emptyInterval.to], [11, 694]); // seed by seed
  assert.is(a!.emptyInterval.factor, 694 / 11);
  assert.match(a!.text, "no seed lies between 11.0 and 694, a factor of 63.1");
  assert.equal(ends(b!.readings), [4e-9, "dfa", 2e-4, "ep"]);
  assert.equal(ends(b!.verdicts), [null, null, 2e-4, "ep"]);
  assert.is(b!.emptyInterval.factor, 2e-4 / 4e-9);
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

// Oracle: overflow fires at every threshold; what was not evaluated has no known side to flip to.
test("thresholdRobustness: overflow never flips, and of the unmeasured it is not known", () => {
  const infinite = measured(Infinity, "‖h‖");
  const diverged = exampleEvidence({
    hiddenNorms: [1, infinite],
    gradientNorm: unmeasured("lost"),
  });
  const [a, b, , d] = thresholdRobustness([assessMethod([diverged], [])]);
  assert.equal([a!, b!, d!].map(({ methods }) => methods[0]!.fired), [true, null, null]);
  for (const { readings, halved, doubled, emptyInterval } of [a!, b!, d!]) {
    assert.equal([readings.down.method, readings.up.method], [null, null]);
    assert.equal([halved.readings, doubled.readings], [[], []]);
    assert.not(isMeasured(emptyInterval.factor));
  }
  assert.equal([a!.readings.up.never, b!.readings.up.never, d!.readings.up.never], [
    true,
    false,
    false,
  ]);
  assert.match(a!.text, "the first reading flips down never, up never");
  assert.match(b!.text, "flips down not known (DFA is not evaluated), up not known");
  // (a) walks it back whatever (b) would have read.
  assert.equal([b!.verdicts.down.never, b!.methods[0]!.decides], [true, false]);
  assert.throws(() => thresholdRobustness([]), /at least one method/);
});

const lost = measured(NaN, "‖h‖");
/** Growth 80 in the first block, none in the second: a lower bound of 80. */
const boundOf = (growth: number) => [1, growth, lost];

/** One seed for each list of norms, with a baseline that leaves (d) silent. */
function judgedAt(seeds: readonly (readonly Measured[])[], growth: number) {
  const policy = {
    ...policies.default,
    name: "moved",
    thresholds: { ...policies.default.thresholds, growth },
  };
  const of = (role: "method" | "baseline", accuracy: number) =>
    seeds.map((hiddenNorms, seed) => exampleEvidence({ seed, role, hiddenNorms, accuracy }));
  return { policy, method: assessMethod(of("method", 0.5), of("baseline", 0.1), policy) };
}

// Oracle: assessMethod with the changed policy.
test("thresholdRobustness: a seed without a value is not taken for one that never flips", () => {
  const seeds = [[1, 1, 60], [1, 1, 40], [1, 1, lost]];
  assert.is(judgedAt(seeds, 50).method.verdict.verdict, "not-assessable");
  assert.is(judgedAt(seeds, 25).method.verdict.verdict, "walk-back");
  const { method, policy } = judgedAt(seeds, 50);
  const [a] = thresholdRobustness([method], policy);
  assert.equal([a!.halved.readings, a!.halved.verdicts], [["dfa"], ["dfa"]]);
  assert.equal([a!.doubled.readings, a!.doubled.verdicts], [[], []]);
  assert.not(isMeasured(a!.readings.down.until));
  assert.is(a!.readings.down.never, false);
  assert.match(a!.text, "not known (DFA is not evaluated at 50.0 but fired beyond 40.0");
  assert.is(a!.emptyInterval.seedsWithoutValue, 1);
});

test("thresholdRobustness: a lower bound is not taken for the value", () => {
  const { method, policy } = judgedAt([boundOf(80)], 50);
  assert.is(judgedAt([boundOf(80)], 100).method.verdict.verdict, "not-assessable");
  const [a] = thresholdRobustness([method], policy);
  assert.not(isMeasured(a!.methods[0]!.value));
  assert.match(JSON.stringify(a!.methods[0]!.value), "there is only a bound: at least 80.0");
  assert.not(isMeasured(a!.verdicts.up.until));
  assert.equal([a!.verdicts.up.never, a!.verdicts.down.never], [false, true]);
  assert.equal([a!.doubled.readings, a!.doubled.verdicts], [["dfa"], ["dfa"]]);
  assert.match(a!.text, "up not known (DFA is fired at 50.0 but not evaluated beyond 80.0");
  const silent = judgedAt([boundOf(40)], 50); // not evaluated, as it could lie above 50
  assert.match(
    thresholdRobustness([silent.method], silent.policy)[0]!.text,
    "down not known (DFA is not evaluated at 50.0 but fired beyond 40.0",
  );
});

// Oracle: assessMethod with the changed policy, on a grid that touches all values and means of two.
test("thresholdRobustness: judging again agrees wherever the threshold is moved", () => {
  const kinds = [[1, 1, 30], [1, 1, 60], [1, 1, 90], boundOf(40), boundOf(80), [1, 1, lost], [
    1,
    measured(Infinity, "‖h‖"),
    1,
  ]];
  const grid = [25, 100, ...Array.from({ length: 22 }, (_, i) => 12.5 + i * 5)];
  let unknown = 0;
  for (let n = 0; n < 7 ** 3; n += n < 49 ? 1 : 3) {
    const seeds = [n % 7, Math.floor(n / 7) % 7, Math.floor(n / 49)].map((k) => kinds[k]!)
      .slice(0, n < 49 ? 2 : 3);
    const { method, policy } = judgedAt(seeds, 50);
    const now = [method.diagnostics[0]!.fired, method.verdict.verdict];
    const at = new Map(grid.map((t) => {
      const { method: again } = judgedAt(seeds, t);
      return [t, [again.diagnostics[0]!.fired, again.verdict.verdict]];
    }));
    const [a] = thresholdRobustness([method], policy);
    for (const [t, { readings, verdicts }] of [[25, a!.halved], [100, a!.doubled]] as const) {
      assert.equal(
        [readings.length > 0, verdicts.length > 0],
        at.get(t)!.map((each, i) => each !== now[i]),
        `${n} at ${t}`,
      );
    }
    for (const [i, range] of [a!.readings, a!.verdicts].entries()) {
      for (const [side, { until, never }] of Object.entries(range)) {
        const sign = side === "up" ? 1 : -1;
        const changed = grid.filter((t) => (t - 50) * sign > 0 && at.get(t)![i] !== now[i]);
        if (never) assert.equal(changed, [], `${n} ${side}`);
        if (!isMeasured(until)) {
          unknown += never ? 0 : 1;
          continue;
        }
        const first = Math.min(...changed.map((t) => (t - 50) * sign));
        const distance = (until - 50) * sign;
        assert.ok(first >= distance && first <= distance + 5, `${n} ${side} ${until} ${first}`);
      }
    }
  }
  assert.ok(unknown > 100); // it was tried
});

test.run();
