// Oracle: documented contract: the number of seeds once, where all values share it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { policies, summarizeSeeds, unmeasured } from "@fa/protocol";
import type { Cell } from "./control.ts";
import type { ControlRecord } from "./control_record.ts";
import { renderControl, renderControlMarkdown } from "./render_control.ts";

const test = suite("renderControl");

const over = (...values: number[]) =>
  summarizeSeeds(values.map((value, seed) => ({ seed, value })), "x", { decimals: 3 });
const missing = summarizeSeeds([{ seed: 1, value: unmeasured("no credits") }], "x");

const record = (...cells: Cell[]): ControlRecord => ({
  ...{ schemaVersion: 1, kind: "fa-control", name: "ladder", question: "?" },
  ...{ setting: [], findings: [], conditions: [], notes: [], configuration: {} },
  policy: policies.default,
  tables: [{
    title: "Table",
    columns: cells.map((_, i) => ({ title: `column ${i}`, unit: "1" })),
    rows: [{ label: "row", cells }],
  }],
});
const both = (...cells: Cell[]): string[] => [
  renderControl(record(...cells), { out: "out" }),
  renderControlMarkdown(record(...cells)),
];

test("says once that there is one seed", () => {
  for (const text of both(over(0.3), over(0.4), missing, { text: "fired, n=1 seed" })) {
    assert.is(text.split("(n=1): there is no standard deviation").length, 2, text);
    assert.not.match(text, "(no standard deviation)");
    assert.match(text, "0.300");
    assert.match(text, "fired, n=1 seed"); // words are left as they are
    assert.match(text, /not measured \(.*no credits/);
  }
});

test("says n of several seeds once, and at each value where they differ", () => {
  for (const text of both(over(0.3, 0.4), over(0.5, 0.6))) {
    assert.match(text, "Every value is over n=2 seeds.");
    assert.match(text, "0.350 ± 0.071");
    assert.not.match(text, "0.071, n=2");
  }
  for (const text of both(over(0.3, 0.4), over(0.5))) {
    assert.match(text, "0.071, n=2 seeds");
    assert.match(text, "0.500, n=1 seed (no standard deviation)");
    assert.not.match(text, "Every value");
  }
});

test.run();
