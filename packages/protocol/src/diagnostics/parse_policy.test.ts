import { suite } from "uvu";
import * as assert from "uvu/assert";
import { exampleEvidence } from "../evidence/example_evidence.ts";
import { buildAudit } from "../report/build_audit.ts";
import { parsePolicy } from "./parse_policy.ts";
import { policies } from "./policies.ts";

const test = suite("parsePolicy");

const mine = {
  name: "mine",
  rule: "my rule",
  thresholds: { growth: 100, reference: 1e-8, stability: 0.5, depthUtility: -0.01 },
  walkBack: ["a", "d"],
  required: [],
} as const;

// Oracle: what was written, given back.
test("parsePolicy reads what a policy holds, from text and from values", () => {
  assert.equal(parsePolicy(JSON.stringify(mine), "mine.json"), mine);
  assert.equal(parsePolicy(mine, "mine.json"), mine);
  for (const policy of Object.values(policies)) {
    assert.equal(parsePolicy({ ...policy, name: "copy" }, "p"), { ...policy, name: "copy" });
  }
});

test("parsePolicy puts the rule into words where it has none", () => {
  const rule = (required: string[]) => {
    const { rule: _, ...rest } = mine;
    return parsePolicy({ ...rest, required }, "mine.json").rule;
  };
  assert.is(rule([]), "walk-back if any of (a), (d) fired; else trustworthy");
  assert.is(
    rule(["a", "b"]),
    "walk-back if any of (a), (d) fired; else not-assessable if any of (a), (b) was not evaluated; else trustworthy",
  );
});

// Oracle: documented contract, one fault each.
test("parsePolicy refuses what it does not understand, and says where", () => {
  const threshold = (part: object) => ({ ...mine, thresholds: { ...mine.thresholds, ...part } });
  const { walkBack: _, ...without } = mine;
  const faults: [unknown, new () => Error, string][] = [
    ["{", SyntaxError, "Cannot read mine.json as it must be JSON: "],
    [[], TypeError, "Cannot read mine.json as the record must be an object: found an array of 0"],
    [null, TypeError, "must be an object: found null"],
    [
      { ...mine, walkback: [] },
      TypeError,
      "Cannot read mine.json as a policy has no field 'walkback': did you mean 'walkBack'? Known fields: name, rule, thresholds, walkBack, required",
    ],
    [
      threshold({ grwth: 1 }),
      TypeError,
      "Cannot read mine.json as thresholds has no field 'grwth': did you mean 'growth'?",
    ],
    [without, TypeError, "walkBack is missing"],
    [{ ...mine, thresholds: { growth: 1 } }, TypeError, "thresholds.reference is missing"],
    [
      { ...mine, name: "default" },
      RangeError,
      'name must be another name than those of the protocol\'s policies: found "default"',
    ],
    [{ ...mine, name: " " }, RangeError, "name must be a name that is not empty"],
    [{ ...mine, rule: 3 }, TypeError, "rule must be a string: found 3"],
    [threshold({ growth: "50" }), TypeError, 'thresholds.growth must be a number: found "50"'],
    [threshold({ growth: 0 }), RangeError, "thresholds.growth must be greater than 0: found 0"],
    [threshold({ growth: Infinity }), RangeError, "thresholds.growth must be a finite number"],
    [threshold({ reference: -1e-7 }), RangeError, "thresholds.reference must be greater than 0"],
    [threshold({ stability: 1.01 }), RangeError, "thresholds.stability must be from -1 to 1"],
    [
      threshold({ depthUtility: 2 }),
      RangeError,
      "thresholds.depthUtility must be from -1 to 1: found 2",
    ],
    [{ ...mine, walkBack: [] }, RangeError, "walkBack must be at least one diagnostic"],
    [{ ...mine, walkBack: ["a", "a"] }, RangeError, "walkBack must be a list without repetition"],
    [
      { ...mine, walkBack: ["e"] },
      RangeError,
      'walkBack[0] must be "a" or "b" or "c" or "d": found "e"',
    ],
    [{ ...mine, required: "ab" }, TypeError, 'required must be an array: found "ab"'],
    [{ ...mine, required: [1] }, TypeError, "required[0] must be"],
  ];
  for (const [json, kind, words] of faults) {
    assert.throws(
      () => parsePolicy(json, "mine.json"),
      (error: Error) => error instanceof kind && error.message.includes(words),
      words,
    );
  }
});

// Oracle: a terminal obeys control characters, and nobody reads 10,000 letters.
test("parsePolicy keeps hostile text out of its messages", () => {
  const escape = "\u009b31m\u001b[2J";
  for (
    const json of [
      `{"name": "x${escape}", }`,
      JSON.stringify({ ...mine, [escape]: 1 }),
      { ...mine, [escape]: 1 },
      { ...mine, thresholds: { ...mine.thresholds, [escape.repeat(1000)]: 1 } },
    ]
  ) {
    assert.throws(
      () => parsePolicy(json, "mine.json"),
      ({ message }: Error) => !/\p{Cc}/u.test(message) && message.length < 400,
      JSON.stringify(json).slice(0, 60),
    );
  }
});

// Oracle: documented contract: the record holds the policy whole, so that it can be judged again.
test("a policy of one's own judges an audit, and stands whole in its record", () => {
  const policy = parsePolicy(mine, "mine.json");
  const run = exampleEvidence({ hiddenNorms: [1, 1, 80] });
  const report = buildAudit({
    methods: [{ runs: [run], baselines: [] }],
    controls: {},
    configuration: {},
    policy,
  });
  assert.equal(report.policy, mine);
  assert.equal(
    [report.methods[0]!.verdict.verdict, report.methods[0]!.verdict.policy],
    ["trustworthy", "mine"],
  );
  assert.is(report.robustness[0]!.threshold, 100);
  const again = parsePolicy(JSON.parse(JSON.stringify(report)).policy, "audit.json");
  assert.equal(again, policy);
});

test.run();
