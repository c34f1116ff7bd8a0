// Tests of the normalisation table. Oracle: closed form (v/255 − μ)/σ.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { _normalizationTable } from "./cifar10_normalization.ts";

const test = suite("cifar10Normalization");
const mean = [0.4914, 0.4822, 0.4465]; // protocol, Methods, Recipe
const std = [0.2470, 0.2435, 0.2616];

test("_normalizationTable holds (v/255 − μ)/σ in f64, and its rounding in f32", () => {
  const wide = _normalizationTable("float64");
  const narrow = _normalizationTable("float32");
  assert.instance(narrow, Float32Array);
  for (let channel = 0; channel < 3; channel++) {
    for (let value = 0; value < 256; value++) {
      const expected = (value / 255 - mean[channel]!) / std[channel]!;
      assert.is(wide[256 * channel + value], expected);
      assert.is(narrow[256 * channel + value], Math.fround(expected));
    }
  }
});

test.run();
