import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { JsonObject } from "@fa/protocol";
import { differences } from "./differences.ts";

const test = suite("differences");

// Oracle: the specification of the lines, by hand.
test("names every field that differs, and nothing else", () => {
  const there = {
    epochs: 20,
    methods: ["bp", "dfa"],
    rules: { dfa: { feedbackScale: 1 }, ep: { steps: 20, symmetric: false } },
    data: { name: "synthetic", notes: [] },
    same: [1, { a: null }],
  };
  const asked = {
    same: [1, { a: null }],
    methods: ["bp"],
    data: { notes: ["a, b"], name: "synthetic" },
    rules: { dfa: { feedbackScale: 1 }, ep: { steps: 20, symmetric: true }, fa: {} },
    epochs: 30,
    labels: "random",
  };
  assert.equal(differences(there, asked), [
    "methods: bp, dfa there, bp asked for",
    'data.notes: [] there, ["a, b"] asked for',
    "rules.ep.symmetric: false there, true asked for",
    "rules.fa: nothing there, {} asked for",
    "epochs: 20 there, 30 asked for",
    "labels: nothing there, random asked for",
  ]);
  assert.equal(differences(there, JSON.parse(JSON.stringify(there))), []);
});

// Oracle: definition: whatever differs as JSON gives a line, also where words could look alike.
test("overlooks nothing", () => {
  const values = [
    undefined,
    null,
    true,
    false,
    0,
    1,
    "",
    "0",
    "1",
    "null",
    "nothing",
    "true",
    "a",
    "a, b",
    [],
    {},
    [""],
    ["a"],
    ["a", "b"],
    ["a, b"],
    [0],
    ["0"],
    [[]],
    [1, 2],
    [[1, 2]],
    { a: 1 },
    { a: "1" },
    "[]",
    "{}",
    [null],
    ["null"],
    "1, 2",
  ];
  const record = (value: unknown): JsonObject =>
    (value === undefined ? {} : { x: value }) as JsonObject;
  for (const [i, a] of values.entries()) {
    for (const [j, b] of values.entries()) {
      const lines = differences(record(a), record(b));
      assert.is(lines.length > 0, i !== j, `${JSON.stringify(a)} ${JSON.stringify(b)}`);
      const [, x, y] = /^x\S*: (.*) there, (.*) asked for$/.exec(
        lines[0] ?? "x: 0 there, 1 asked for",
      )!;
      assert.is.not(x, y);
    }
  }
});

test.run();
