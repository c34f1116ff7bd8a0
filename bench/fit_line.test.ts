// Oracle: closed form.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fitLine } from "./fit_line.ts";

test("finds the line that points lie on", () => {
  const points = [1, 2, 5, 8].map((x) => ({ x, y: 3 - 0.5 * x }));
  assert.equal(fitLine(points), { slope: -0.5, mean: 1 });
});

test("residuals that a line cannot follow leave the slope alone", () => {
  const points = [-1, 0, 1].map((x) => ({ x, y: 2 * x + (x === 0 ? 6 : 0) }));
  assert.equal(fitLine(points), { slope: 2, mean: 2 });
});

test.run();
