// Oracles: the rule of the ledger worked out by hand; arithmetic on printed endpoints.

import { unmeasured } from "@fa/protocol";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { minus, over } from "./interval.ts";
import { parseStated } from "./stated.ts";
import { combine, compare, follows } from "./status.ts";

const test = suite("status of a claim");
const one = unmeasured("n=1");

test("within rounding, or within two standard deviations, and whose they are", () => {
  const cases: [string, { mean: number; s: number | typeof one; n: number }, string, string][] = [
    // .3055 would still have been printed .306.
    [".306", { mean: 0.3055, s: one, n: 1 }, "reproduced", "within rounding [0.3055, 0.3065]"],
    [".306", { mean: 0.3054, s: one, n: 1 }, "differs", "outside of rounding"],
    // Only the paper has a spread: 2 × .008.
    [".306±.008", { mean: 0.29, s: one, n: 1 }, "reproduced", "2.0 s away (s of the paper)"],
    [".306±.008", { mean: 0.2899, s: one, n: 1 }, "differs", "s away (s of the paper)"],
    // Only ours has one.
    [".306", { mean: 0.3, s: 0.003, n: 3 }, "reproduced", "2.0 s away (s of ours)"],
    [".306", { mean: 0.2999, s: 0.003, n: 3 }, "differs", "(s of ours)"],
    // Both: √((2·.006² + 2·.008²)/4) = √(.00005) = .00707; 2 s = .01414.
    [".306±.008", { mean: 0.292, s: 0.006, n: 3 }, "reproduced", "(s pooled)"],
    [".306±.008", { mean: 0.2918, s: 0.006, n: 3 }, "differs", "(s pooled)"],
    // n = 2: √((1·.006² + 2·.008²)/3) = √(.0000547) = .00739; 2 s = .01479.
    [".306±.008", { mean: 0.2914, s: 0.006, n: 2 }, "reproduced", "(s pooled)"],
    [".306±.008", { mean: 0.2911, s: 0.006, n: 2 }, "differs", "(s pooled)"],
    ["≤ 11", { mean: 1.04, s: one, n: 1 }, "reproduced", "within rounding"],
    ["≤ 11", { mean: 11.6, s: one, n: 1 }, "differs", "outside"],
    // Two standard deviations from the nearer end of a range.
    ["8.9–9.0", { mean: 9.25, s: 0.1, n: 3 }, "reproduced", "2.0 s away"],
    ["8.9–9.0", { mean: 9.26, s: 0.1, n: 3 }, "differs", "2.1 s away"],
  ];
  for (const [stated, ours, status, why] of cases) {
    const found = compare(parseStated(stated), ours);
    assert.is(found.status, status, `${stated} and ${ours.mean}: ${found.why}`);
    assert.ok(found.why.includes(why), found.why);
  }
});

test("more than two standard deviations are never printed as two", () => {
  const found = compare(parseStated("1.00±.01"), { mean: 1.0201, s: one, n: 1 });
  assert.is(found.status, "differs");
  assert.is(found.why, "2.01 s away (s of the paper)");
});

// 24,338: 1.0e-4/4.2e-9 in [22353, 25301], 1.02e-4/4.18e-9 in [24253, 24551].
test("a number follows from others within their rounding, or does not", () => {
  const ratio = (a: string, b: string) => over(parseStated(a), parseStated(b));
  const gap = parseStated("24,338×");
  assert.is(follows(gap, ratio("1.0e-4", "4.2e-9")).status, "consistent");
  assert.is(follows(gap, ratio("1.02e-4", "4.18e-9")).status, "consistent");
  assert.match(follows(gap, ratio("1.02e-4", "4.18e-9")).why, "[24250, 24550]");
  // A clamp of 1e-8 at 5e-10 is a factor of 20 (18.2 to 22.2), not of ~50 (45 to 55).
  assert.is(
    follows(parseStated("~50×"), over({ low: 1e-8, high: 1e-8 }, parseStated("5e-10"))).status,
    "differs",
  );
  // .308 − .349 in points: −4.2 to −4.0, so −4 and −4.1 follow, −4.3 does not.
  const points = (a: string, b: string) => {
    const { low, high } = minus(parseStated(a), parseStated(b));
    return { low: 100 * low, high: 100 * high };
  };
  assert.is(follows(parseStated("−4.1"), points(".308", ".349")).status, "consistent");
  assert.is(follows(parseStated("−4"), points(".308", ".349")).status, "consistent");
  assert.is(follows(parseStated("−4.3"), points(".308", ".349")).status, "differs");
  assert.is(follows(parseStated("−4.3"), points(".306", ".349")).status, "consistent");
});

test("a row is as good as its worst part", () => {
  assert.is(combine(["reproduced", "reproduced"]), "reproduced");
  assert.is(combine(["reproduced", "consistent"]), "consistent");
  assert.is(combine(["reproduced", "not measured", "consistent"]), "not measured");
  assert.is(combine(["not measured", "differs", "reproduced"]), "differs");
});

test.run();
