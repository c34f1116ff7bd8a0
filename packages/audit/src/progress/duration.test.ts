import { suite } from "uvu";
import * as assert from "uvu/assert";
import { aboutDuration, formatDuration } from "./duration.ts";

const test = suite("durations");

// Oracle: calendar arithmetic.
test("formatDuration", () => {
  const cases: [number, string][] = [
    [0, "0 s"],
    [0.4, "0 s"],
    [59.4, "59 s"],
    [59.6, "1 min 00 s"],
    [185, "3 min 05 s"],
    [3599.6, "1 h 00 min"],
    [7619, "2 h 07 min"],
    [100 * 3600, "100 h 00 min"],
    [-1, "0 s"],
  ];
  for (const [seconds, text] of cases) assert.is(formatDuration(seconds), text);
});

test("aboutDuration", () => {
  const cases: [number, string][] = [
    [3, "a few seconds"],
    [42, "about 40 seconds"],
    [55, "about 1 minute"],
    [170, "about 3 minutes"],
    [54 * 60, "about 54 minutes"],
    [3500, "about 1 hour"],
    [9100, "about 2.5 hours"],
  ];
  for (const [seconds, text] of cases) assert.is(aboutDuration(seconds), text);
});

test.run();
