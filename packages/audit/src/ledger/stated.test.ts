// Oracle: rounding by hand, half a unit of the last printed digit.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseStated } from "./stated.ts";

const test = suite("stated numbers");

test("the digits say how much is left open", () => {
  const cases: [string, number, number, number | undefined, number | undefined][] = [
    [".306±.008", 0.3055, 0.3065, 0.306, 0.008],
    ["≈.10", 0.095, 0.105, 0.1, undefined],
    ["~1e-9", 0.5e-9, 1.5e-9, 1e-9, undefined],
    ["5e-10", 4.5e-10, 5.5e-10, 5e-10, undefined],
    ["1.02e-4", 1.015e-4, 1.025e-4, 1.02e-4, undefined],
    ["4.0±.1e4", 3.95e4, 4.05e4, 4e4, 1000],
    ["9.0±.9e-7", 8.95e-7, 9.05e-7, 9e-7, 9e-8],
    ["24,338×", 24337.5, 24338.5, 24338, undefined],
    ["~200×", 150, 250, 200, undefined],
    ["4", 3.5, 4.5, 4, undefined],
    ["0±.005", -0.0005, 0.0005, 0, 0.005],
    ["−4.1", -4.15, -4.05, -4.1, undefined],
    ["+5.5 pp", 5.45, 5.55, 5.5, undefined],
    ["−.008±.013", -0.0085, -0.0075, -0.008, 0.013],
    ["≤ 11", -Infinity, 11.5, undefined, undefined],
    ["12–693", 11.5, 693.5, undefined, undefined],
    ["8.9–9.0", 8.85, 9.05, undefined, undefined],
    ["4.2e-9–1.0e-4", 4.15e-9, 1.05e-4, undefined, undefined],
    ["[−.028, +.074]", -0.0285, 0.0745, undefined, undefined],
    ["8/11/8", 8.5, 9.5, 9, Math.sqrt(3)],
    ["1e2 (90/100/110)", 50, 150, 100, 10],
  ];
  for (const [text, low, high, centre, s] of cases) {
    const read = parseStated(text);
    assert.equal([read.low, read.high, read.centre, read.s], [low, high, centre, s], text);
    assert.is(read.text, text);
  }
});

test("what is no number is refused", () => {
  for (const text of ["", "yes", "fires", ".", "1/x", "1±", "3 of 5"]) {
    assert.throws(() => parseStated(text), /Cannot read a stated number as it must be/, text);
  }
});

test.run();
