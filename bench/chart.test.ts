// Oracle: geometry. On logarithmic axes a power law is a straight line.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { drawChart } from "./chart.ts";

const points = [2, 4, 8, 16].map((x) => ({ x, y: 3 * x ** 2, label: `${x}<` }));
const panel = { title: "a & b", xName: "x", yName: "y", series: [{ name: "s", points }] };

test("a power law is a straight line, its points evenly spaced", () => {
  const svg = drawChart([panel]);
  const centres = [...svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)].map((m) =>
    m.slice(1).map(Number)
  );
  assert.is(centres.length, points.length);
  const steps = centres.slice(1).map(([x, y], i) => [x! - centres[i]![0]!, y! - centres[i]![1]!]);
  for (const [dx, dy] of steps) {
    assert.ok(Math.abs(dx! - steps[0]![0]!) < 0.11 && dx! > 0); // coordinates have one decimal
    assert.ok(Math.abs(dy! - steps[0]![1]!) < 0.11 && dy! < 0);
  }
});

test("text is escaped, panels stand side by side", () => {
  const svg = drawChart([panel, panel]);
  assert.match(svg, "a &amp; b");
  assert.match(svg, "16&lt;");
  assert.match(svg, 'viewBox="0 0 920 340"');
  assert.match(svg, "translate(460 0)");
});

test.run();
