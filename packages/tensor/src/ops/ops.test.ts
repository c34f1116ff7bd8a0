// Every op, forward, backward and second order, against PyTorch f64 fixtures (tools/fixtures).
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as fa from "../mod.ts";
import type { Tensor } from "../tensor.ts";
import {
  type FixtureTensor,
  fromFixture,
  readFixture,
  relativeError,
} from "../testing/_fixtures.ts";

interface Case {
  name: string;
  op: string;
  inputs: Record<string, FixtureTensor>;
  attrs: Record<string, never>;
  output: FixtureTensor;
  seed: FixtureTensor;
  grads: Record<string, FixtureTensor>;
}
interface SecondOrder extends Omit<Case, "output" | "grads"> {
  v: Record<string, FixtureTensor>;
  second: Record<string, FixtureTensor>;
  secondSeed: FixtureTensor;
}
const { cases, secondOrder } = readFixture<{ cases: Case[]; secondOrder: SecondOrder[] }>(
  new URL("../../fixtures/ops.json", import.meta.url),
);

const TOLERANCE = 1e-12;

// How each op of the fixtures is called; everything else takes its inputs in order.
const calls: Record<string, (x: Tensor[], attrs: Record<string, never>) => Tensor> = {
  matmul: ([a, b], attrs) => fa.matmul(a!, b!, attrs),
  sum: ([x], attrs) => fa.sum(x!, attrs),
  mean: ([x], attrs) => fa.mean(x!, attrs),
  max: ([x], attrs) => fa.max(x!, attrs),
  reshape: ([x], { shape }) => fa.reshape(x!, shape),
  broadcastTo: ([x], { shape }) => fa.broadcastTo(x!, shape),
  concat: (parts, attrs) => fa.concat(parts, attrs),
  layerNorm: ([x, w, b], attrs) => fa.layerNorm(x!, w!, b!, attrs),
  crossEntropy: ([z], { labels, ...attrs }) => fa.crossEntropy(z!, labels, attrs),
};
function call({ op, attrs }: { op: string; attrs: Record<string, never> }, inputs: Tensor[]) {
  const own = calls[op];
  if (own) return own(inputs, attrs);
  const f = (fa as unknown as Record<string, (...x: Tensor[]) => Tensor>)[op];
  if (!f) throw new Error(`no op ${op}`);
  return f(...inputs);
}

const test = suite("ops against PyTorch f64");

for (const c of cases) {
  test(`${c.op}: ${c.name}`, () => {
    const inputs = Object.values(c.inputs).map((t) => fa.variable(fromFixture(t)));
    const output = call(c, inputs);
    assert.equal([...output.shape], [...c.output.shape]);
    assert.equal(output.dtype, "float64");
    assert.ok(relativeError(output.dataSync(), c.output.data) <= TOLERANCE, "forward");
    const gradients = fa.grad(output, inputs, { seed: fromFixture(c.seed) });
    Object.keys(c.inputs).forEach((name, i) => {
      assert.equal([...gradients[i]!.shape], [...c.grads[name]!.shape]);
      const error = relativeError(gradients[i]!.dataSync(), c.grads[name]!.data);
      assert.ok(error <= TOLERANCE, `gradient of ${name}: ${error}`);
    });
  });
}

for (const c of secondOrder) {
  test(`second order, ${c.op}: ${c.name}`, () => {
    const names = Object.keys(c.inputs);
    const inputs = names.map((name) => fa.variable(fromFixture(c.inputs[name]!)));
    const seed = fa.variable(fromFixture(c.seed));
    const first = fa.grad(call(c, inputs), inputs, { seed, createGraph: true });
    const contracted = names
      .map((name, i) => fa.sum(fa.mul(first[i]!, fromFixture(c.v[name]!))))
      .reduce((a, b) => fa.add(a, b));
    const all = [...inputs, seed];
    const second = fa.grad(contracted, all, { allowUnused: true });
    const expected = [...names.map((name) => c.second[name]!), c.secondSeed];
    expected.forEach((t, i) => {
      const error = relativeError(second[i]!.dataSync(), t.data);
      assert.ok(error <= TOLERANCE, `${names[i] ?? "seed"}: ${error}`);
    });
  });
}

test.run();
