// PyTorch's default of nn.Linear. Oracle: range and moments of the uniform distribution.
import { grad, linear, ones, Rng, sum } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { linearParameters } from "./linear_parameters.ts";

const test = suite("linearParameters");
const dtype = "float64";

test("weight and bias fill U(±1/√in) (range; mean and variance to five standard errors)", () => {
  const inputs = 25, outputs = 4000, bound = 1 / 5;
  const { weight, bias } = linearParameters(Rng.fromSeed(1), { inputs, outputs, dtype });
  for (const [t, shape] of [[weight, [outputs, inputs]], [bias, [outputs]]] as const) {
    assert.equal(t.shape, shape);
    const values = [...t.dataSync()];
    const average = (f: (v: number) => number) =>
      values.reduce((s, v) => s + f(v), 0) / values.length;
    const error = 5 / Math.sqrt(values.length);
    assert.ok(values.every((v) => Math.abs(v) <= bound));
    assert.ok(Math.max(...values) > 0.99 * bound && Math.min(...values) < -0.99 * bound);
    assert.ok(Math.abs(average((v) => v / bound)) < error * Math.sqrt(1 / 3));
    // Var v² of v ~ U(±1) is 1/5 − 1/9.
    assert.ok(Math.abs(average((v) => (v / bound) ** 2) - 1 / 3) < error * Math.sqrt(4 / 45));
  }
});

test("they can be trained, and a bias does not depend on the layer's width (definition)", () => {
  const make = (outputs: number) =>
    linearParameters(Rng.fromSeed(1), { inputs: 4, outputs, dtype });
  const { weight, bias } = make(3);
  const [dWeight, dBias] = grad(sum(linear(ones([2, 4], { dtype }), weight, bias)), [weight, bias]);
  assert.equal([...dWeight!.dataSync()], new Array(12).fill(2));
  assert.equal([...dBias!.dataSync()], [2, 2, 2]);
  assert.equal([...make(6).bias.dataSync()].slice(0, 3), [...bias.dataSync()]);
});

test.run();
