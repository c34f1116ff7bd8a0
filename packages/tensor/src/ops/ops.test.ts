// Every op, forward, backward and second order, against PyTorch f64 fixtures (tools/fixtures): float64
// to 1e-12, float32 within the bound that running error analysis gives for the same computation.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as fa from "../mod.ts";
import type { Tensor } from "../tensor.ts";
import { onEveryBackend } from "../testing/_backends.ts";
import { errorBounds, errorsOf } from "../testing/_error_bounds.ts";
import { opNames } from "../testing/_op_names.ts";
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
  slice: ([x], attrs) => fa.slice(x!, attrs),
  outputError: ([z], { labels }) => fa.outputError(z!, labels),
  crossEntropy: ([z], { labels, ...attrs }) => fa.crossEntropy(z!, labels, attrs),
};
function call({ op, attrs }: { op: string; attrs: Record<string, never> }, inputs: Tensor[]) {
  const own = calls[op];
  if (own) return own(inputs, attrs);
  const f = (fa as unknown as Record<string, (...x: Tensor[]) => Tensor>)[op];
  if (!f) throw new Error(`no op ${op}`);
  return f(...inputs);
}

/** Everything that a case computes: the output with the gradients, or the second derivatives. */
function evaluate(c: Case | SecondOrder, make: (t: FixtureTensor) => Tensor): Tensor[] {
  const names = Object.keys(c.inputs);
  const inputs = names.map((name) => fa.variable(make(c.inputs[name]!)));
  if (!("v" in c)) {
    const output = call(c, inputs);
    return [output, ...fa.grad(output, inputs, { seed: make(c.seed) })];
  }
  const seed = fa.variable(make(c.seed));
  const first = fa.grad(call(c, inputs), inputs, { seed, createGraph: true });
  const contracted = names
    .map((name, i) => fa.sum(fa.mul(first[i]!, make(c.v[name]!))))
    .reduce((a, b) => fa.add(a, b));
  return fa.grad(contracted, [...inputs, seed], { allowUnused: true });
}

/** What PyTorch gave for the same, by name. */
function expectedOf(c: Case | SecondOrder): [name: string, expected: FixtureTensor][] {
  if ("v" in c) return [...Object.entries(c.second), ["seed", c.secondSeed]];
  return [["output", c.output], ...Object.entries(c.grads)];
}

const all = [
  ...cases.map((c) => [`${c.op}: ${c.name}`, c] as const),
  ...secondOrder.map((c) => [`second order, ${c.op}: ${c.name}`, c] as const),
];

const complete = suite("fixtures of ops");
complete("cover every op that has a derivative", () => {
  const covered = new Set(cases.map(({ op }) => op));
  const missing = opNames().filter((name) => !covered.has(name));
  assert.equal(missing.sort(), ["cast", "equal", "oneHot"]);
});
complete.run();

onEveryBackend("ops against PyTorch f64", (test, { single }) => {
  const bounds = errorBounds(single);
  for (const [title, c] of all) {
    test(title, () => {
      const computed = evaluate(c, (t) => fromFixture(t));
      expectedOf(c).forEach(([name, expected], i) => {
        assert.equal([...computed[i]!.shape], [...expected.shape], name);
        assert.is(computed[i]!.dtype, "float64");
        const error = relativeError(computed[i]!.dataSync(), expected.data);
        assert.ok(error <= TOLERANCE, `${name}: ${error}`);
      });
    });

    test(`${title}, float32 within its error bound`, () => {
      const bounded = evaluate(c, (t) => fromFixture(t, "float64", bounds));
      const computed = evaluate(c, (t) => fromFixture(t, "float32"));
      expectedOf(c).forEach(([name, expected], i) => {
        assert.is(computed[i]!.dtype, "float32");
        const errors = errorsOf(bounded[i]!), actual = computed[i]!.dataSync();
        const double = TOLERANCE * Math.max(...expected.data.map(Math.abs));
        expected.data.forEach((v, j) => {
          const error = Math.abs(actual[j]! - v), bound = errors[j]! + double;
          assert.ok(Number.isFinite(bound), `${name}[${j}]: bound ${bound}`);
          assert.ok(error <= bound, `${name}[${j}]: ${actual[j]} for ${v}, bound ${bound}`);
        });
      });
    });
  }
});
