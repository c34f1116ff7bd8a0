// Oracle: losses that PyTorch gave for the benchmark's problem, also with one constant changed.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compareLosses } from "./agreement.ts";

// PyTorch 1.13, float64, three steps of backpropagation.
const reference = [2.507432354479549, 0.2557327910877063, 0.027976348386916962];
const single = [2.507432460784912, 0.25573283433914185, 0.027976343408226967]; // its float32
const wrong = {
  "no weight decay": [2.507432354479549, 0.2557237007688479, 0.02797150264401325],
  "ε of AdamW 1e-7": [2.507432354479549, 0.2557479121226272, 0.027979400331886117],
  "ε of LayerNorm 1e-6": [2.5074370418060132, 0.25572492722077356, 0.027975366102876615],
  "GELU by tanh": [2.507429635681344, 0.2557405290912107, 0.027976512592238573],
};

test("agrees with itself and, in single, with PyTorch's rounding", () => {
  const own = { engine: "pytorch", dtype: "float64", losses: reference, reference } as const;
  assert.equal(compareLosses(own), { difference: 0, agrees: true });
  const rounded = { engine: "pytorch", dtype: "float32", losses: single, reference } as const;
  assert.ok(compareLosses(rounded).agrees);
});

test("sees every other computation in either dtype", () => {
  for (const [name, losses] of Object.entries(wrong)) {
    for (const dtype of ["float32", "float64"] as const) {
      assert.not.ok(compareLosses({ engine: "fa", dtype, losses, reference }).agrees, name);
    }
  }
});

test("NaN and a missing loss never agree", () => {
  for (const losses of [[NaN, ...reference.slice(1)], reference.slice(0, 2)]) {
    assert.not.ok(compareLosses({ engine: "fa", dtype: "float32", losses, reference }).agrees);
  }
});

test.run();
