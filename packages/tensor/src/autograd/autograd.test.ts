// Reverse mode: closed forms, central differences, and what it refuses.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as fa from "../mod.ts";
import type { Tensor } from "../tensor.ts";
import { onEveryBackend } from "../testing/_backends.ts";
import { opNames } from "../testing/_op_names.ts";

const dtype = "float64";
const t = (values: number[] | number[][]) => fa.tensor(values, { dtype });

onEveryBackend("autograd", (test) => {
  test("grad adds up over all uses of a tensor (closed form: d(x·x + x) = 2x + 1)", () => {
    const x = fa.variable(t([3]));
    assert.is(fa.grad(fa.add(fa.mul(x, x), x), [x])[0]!.item(), 7);
  });

  test("grad gives gradients at hidden tensors as well as at leaves", () => {
    const x = fa.variable(t([2]));
    const h = fa.square(x);
    const y = fa.mul(fa.square(h), x); // x⁵: ∂y/∂h = 2hx = 16, dy/dx = 5x⁴ = 80
    const [gh, gx] = fa.grad(y, [h, x]);
    assert.is(gh!.item(), 16);
    assert.is(gx!.item(), 80);
  });

  test("third derivative of x⁴ is 24x (closed form)", () => {
    const x = fa.variable(t([5]));
    let y = fa.square(fa.square(x));
    for (let i = 0; i < 3; i++) [y] = fa.grad(y, [x], { createGraph: true }) as [Tensor];
    assert.is(y.item(), 120);
  });

  test("a chain of 20,000 ops does not overflow the stack", () => {
    const x = fa.variable(t([1]));
    let y = x;
    for (let i = 0; i < 20_000; i++) y = fa.add(y, 1);
    assert.is(fa.grad(y, [x])[0]!.item(), 1);
  });

  test("without createGraph the backward pass is not recorded", () => {
    const x = fa.variable(t([3]));
    assert.is(fa.grad(fa.square(x), [x])[0]!.node, null);
    assert.ok(fa.grad(fa.square(x), [x], { createGraph: true })[0]!.node !== null);
  });

  test("refuses a missing or wrong seed and an unused input, and says why", () => {
    const x = fa.variable(t([1, 2])), other = fa.variable(t([1]));
    assert.throws(() => fa.grad(fa.square(x), [x]), /\[2\] without a seed/);
    assert.throws(() => fa.grad(fa.square(x), [x], { seed: t([1]) }), /\[2\] with seed \[1\]/);
    assert.throws(() => fa.grad(fa.sum(x), [other]), /input 0 \[1\] as the output does not depend/);
    assert.is(fa.grad(fa.sum(x), [other], { allowUnused: true })[0]!.item(), 0);
  });

  test("detach and noGrad cut the tape", () => {
    const x = fa.variable(t([3]));
    assert.is(fa.detach(fa.square(x)).node, null);
    assert.is(fa.noGrad(() => fa.square(x)).node, null);
    assert.ok(fa.square(x).node !== null);
  });

  test("noGrad ends with the function, also on a throw", () => {
    const x = fa.variable(t([3]));
    assert.throws(() =>
      fa.noGrad(() => {
        throw new Error("mine");
      }), /mine/);
    assert.ok(fa.square(x).node !== null);
  });

  test("localVjp gives the block's own gradient and nothing upstream", () => {
    const w0 = fa.parameter(t([[2]])), w1 = fa.parameter(t([[3]]));
    const h = fa.matmul(t([[5]]), w0);
    const part = fa.localVjp((h) => fa.matmul(h, w1), h);
    assert.is(part.output.node, null);
    assert.is(part.pullback(t([[7]]), [w1])[0]!.item(), 70); // hᵀ·signal = 10·7
    assert.throws(() => part.pullback(t([[7]]), [w0]), /does not depend/);
  });

  test("vjp and localVjp record also where recording is off (closed form: d(x²) = 2x)", () => {
    const square = (x: Tensor) => fa.square(x);
    assert.is(fa.noGrad(() => fa.vjp(square, [t([3])]).pullback(t([1]))[0]!.item()), 6);
    const w = fa.parameter(t([5]));
    const part = fa.noGrad(() => fa.localVjp((h) => fa.mul(h, w), t([3])));
    assert.is(part.pullback(t([1]), [w])[0]!.item(), 3);
    // A backward rule that itself asks for a gradient.
    const f = fa.customVjp(
      ([x]) => fa.square(x!),
      (seed, { inputs: [x] }) => [fa.vjp(square, [x!]).pullback(seed)[0]!],
    );
    const x = fa.variable(t([3]));
    assert.is(fa.grad(f(x), [x])[0]!.item(), 6);
  });

  test("customVjp uses the rule it is given, once for all inputs, to second order", () => {
    let calls = 0;
    const f = fa.customVjp(([x, y]) => fa.mul(x!, y!), (seed, { inputs: [x, y], output }) => {
      calls++;
      return [fa.mul(seed, fa.mul(x!, 10)), fa.mul(seed, fa.add(output, y!))];
    });
    const x = fa.variable(t([2])), y = fa.variable(t([3]));
    const [gx, gy] = fa.grad(f(x, y), [x, y], { createGraph: true });
    assert.equal([gx!.item(), gy!.item(), calls], [20, 9, 1]);
    assert.is(fa.grad(gx!, [x])[0]!.item(), 10);
    // gy = output + y: through the rule at output (10x = 20), at input y (output + y = 9), and directly.
    assert.equal(fa.grad(gy!, [x, y]).map((g) => g.item()), [20, 10]);
  });

  test("customVjp refuses a gradient of the wrong shape", () => {
    const f = fa.customVjp(([x]) => fa.square(x!), () => [t([[1]])]);
    const x = fa.variable(t([2]));
    assert.throws(() => fa.grad(f(x), [x]), /gradient 0 .* shape \[1\]: \[1,1\]/);
  });

  test("gradcheck passes right gradients and points at wrong ones", () => {
    const rng = fa.Rng.fromSeed(5);
    const x = fa.normal(rng, [3, 4], { dtype });
    const right = fa.gradcheck((x) => fa.gelu(x), [x], { rng });
    assert.ok(right.relativeError < 1e-9, `${right.relativeError}`);
    const wrong = fa.customVjp(
      ([x]) => fa.square(x!),
      (seed, { inputs: [x] }) => [fa.mul(seed, x!)],
    );
    const found = fa.gradcheck((x) => wrong(x), [x], { rng });
    assert.ok(Math.abs(found.relativeError - 0.5) < 1e-6); // half of 2x
    assert.ok(Math.abs(found.worst.numeric / found.worst.analytic - 2) < 1e-6);
    assert.throws(() => fa.gradcheck((x) => x, [fa.tensor([1])], { rng }), /float32/);
  });
});

// Central differences, also of gradients (second order), for every op that has a derivative.
type Draw = (shape: number[]) => Tensor;
type Op = (...inputs: Tensor[]) => Tensor;
const shape = [3, 4];
const x = (draw: Draw) => [draw(shape)];
const positive = () => [fa.uniform(fa.Rng.fromSeed(8), shape, { low: 0.5, high: 2, dtype })];
const product = (
  transposeA: boolean,
  transposeB: boolean,
): [string, Op, (draw: Draw) => Tensor[]] => [
  `matmul${transposeA ? " aT" : ""}${transposeB ? " bT" : ""}`,
  (a, b) => fa.matmul(a!, b!, { transposeA, transposeB }),
  (draw) => [draw(transposeA ? [5, 3] : [3, 5]), draw(transposeB ? [2, 5] : [5, 2])],
];
const table: [string, Op, (draw: Draw) => Tensor[]][] = [
  ["add", fa.add, (draw) => [draw(shape), draw([4])]],
  ["sub", fa.sub, (draw) => [draw(shape), draw([3, 1])]],
  ["mul", fa.mul, (draw) => [draw(shape), draw([1, 4])]],
  ["div", fa.div, (draw) => [draw(shape), ...positive()]],
  ["neg", fa.neg, x],
  ["reciprocal", fa.reciprocal, positive],
  ["square", fa.square, x],
  ["sqrt", fa.sqrt, positive],
  ["exp", fa.exp, x],
  ["log", fa.log, positive],
  ["erf", fa.erf, x],
  ["tanh", fa.tanh, x],
  ["gelu", fa.gelu, x],
  product(false, false),
  product(false, true),
  product(true, false),
  product(true, true),
  ["linear", fa.linear, (draw) => [draw(shape), draw([2, 4]), draw([2])]],
  ["sum", (x) => fa.sum(x!, { axis: 0 }), x],
  ["mean", (x) => fa.mean(x!, { axis: 1, keepDims: true }), x],
  ["max", (x) => fa.max(x!, { axis: 1 }), x],
  ["reshape", (x) => fa.reshape(x!, [2, 6]), x],
  ["transpose", fa.transpose, x],
  ["broadcastTo", (x) => fa.broadcastTo(x!, [2, 3, 4]), x],
  ["concat", (a, b) => fa.concat([a!, b!], { axis: 1 }), (draw) => [draw(shape), draw(shape)]],
  ["slice", (x) => fa.slice(x!, { axis: 1, start: 1, end: 3 }), x],
  ["softmax", fa.softmax, x],
  ["outputError", (z) => fa.outputError(z!, [0, 3, 1]), x],
  ["crossEntropy", (z) => fa.crossEntropy(z!, [0, 3, 1], { reduction: "none" }), x],
  [
    "layerNorm",
    (x, w, b) => fa.layerNorm(x!, w!, b!),
    (draw) => [draw(shape), draw([4]), draw([4])],
  ],
  ["rmsNormalize", fa.rmsNormalize, x],
] as [string, Op, (draw: Draw) => Tensor[]][];

// Not in the table: comparisons, which have no derivative, and the change of dtype (its own test).
const complete = suite("table of gradients");
complete("has every op", () => {
  const checked = new Set(table.map(([name]) => name.split(" ")[0]));
  const missing = opNames().filter((name) => !checked.has(name));
  assert.equal(missing.sort(), ["cast", "equal", "oneHot"]);
});
complete.run();

onEveryBackend("gradients against central differences", (test) => {
  for (const [name, f, make] of table) {
    const start = () => {
      const rng = fa.Rng.fromSeed(9).fork(name);
      return { rng, inputs: make((shape) => fa.normal(rng, shape, { dtype })) };
    };
    test(`${name}: gradient equals central differences to 1e-8`, () => {
      const { rng, inputs } = start();
      const { relativeError } = fa.gradcheck(f, inputs, { rng });
      assert.ok(relativeError < 1e-8, `${relativeError}`);
    });
    test(`${name}: gradient of its gradient equals central differences to 1e-7`, () => {
      const { rng, inputs } = start();
      const seed = fa.normal(rng, f(...inputs).shape, { dtype });
      const weights = inputs.map((x) => fa.normal(rng, x.shape, { dtype }));
      const gradient = (...all: Tensor[]) => {
        const [s, ...rest] = all.map((x) => x.node ? x : fa.variable(x));
        const gradients = fa.grad(f(...rest), rest, { seed: s!, createGraph: true });
        return gradients.map((g, i) => fa.sum(fa.mul(g, weights[i]!))).reduce((a, b) =>
          fa.add(a, b)
        );
      };
      const { relativeError } = fa.gradcheck(gradient, [seed, ...inputs], { rng });
      assert.ok(relativeError < 1e-7, `${relativeError}`);
    });
  }
});
