// Running error analysis. Oracles: the textbook's closed forms, and errors that occur.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as fa from "../mod.ts";
import type { Tensor } from "../tensor.ts";
import { errorBounds, errorsOf, singlePrecision } from "./_error_bounds.ts";

const test = suite("error bounds");
const u = 2 ** -24;
const bounds = errorBounds(singlePrecision(false));
const exact = { dtype: "float64", backend: bounds } as const;
const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual / expected - 1) < 1e-5, `${actual}, expected ${expected}`);

test("one rounding costs u|y|, one of an input what it is (closed form)", () => {
  const x = fa.tensor([3], exact), y = fa.tensor([0.1], exact);
  assert.is(errorsOf(x)[0], 0);
  near(errorsOf(y)[0]!, Math.abs(Math.fround(0.1) - 0.1));
  near(errorsOf(fa.mul(x, 5))[0]!, 15 * u);
  near(errorsOf(fa.add(y, x))[0]!, Math.abs(Math.fround(0.1) - 0.1) + 3.1 * u);
  assert.is(errorsOf(fa.neg(x))[0], 0);
});

test("products cost γ_K|A||B|, or one rounding where they are kept in double (closed form)", () => {
  const a = fa.tensor([[1, -2, 3]], exact), b = fa.tensor([[4], [5], [6]], exact);
  near(errorsOf(fa.matmul(a, b))[0]!, 3 * u / (1 - 3 * u) * (4 + 10 + 18));
  const inDouble = { ...exact, backend: errorBounds(singlePrecision(true)) };
  const [c, d] = [fa.tensor([[1, -2, 3]], inDouble), fa.tensor([[4], [5], [6]], inDouble)];
  near(errorsOf(fa.matmul(c, d))[0]!, u * 12);
});

test("what cannot be bounded is infinite: division near 0, a tie that rounding could make", () => {
  const x = fa.tensor([0.1], exact);
  assert.is(errorsOf(fa.div(1, fa.sub(x, 0.1)))[0], Infinity);
  assert.is(errorsOf(fa.equal(x, 0.1 + 1e-12))[0], Infinity);
  assert.is(errorsOf(fa.equal(x, 0.2))[0], 0);
});

test("bounds hold and are sharp: errors that occur reach a tenth of them, chains a hundredth", () => {
  const rng = fa.Rng.fromSeed(1);
  const draw = (shape: number[]) => fa.normal(rng, shape, { dtype: "float64" }).dataSync();
  const chains: [string, number, number[][], (...x: Tensor[]) => Tensor][] = [
    ["mul", 0.1, [[40, 7], [7]], (a, b) => fa.mul(a!, b!)],
    ["exp", 0.1, [[40, 7]], (a) => fa.exp(a!)],
    ["gelu", 0.1, [[40, 7]], (a) => fa.gelu(a!)],
    ["layerNorm", 0.1, [[40, 7], [7], [7]], (x, w, b) => fa.layerNorm(x!, w!, b!)],
    ["softmax", 0.1, [[40, 7]], (a) => fa.softmax(a!)],
    [
      "a block of a network",
      0.01,
      [[40, 7], [7], [7], [5, 7], [5]],
      (x, w, b, v, c) => fa.gelu(fa.linear(fa.layerNorm(x!, w!, b!), v!, c!)),
    ],
  ];
  for (const [name, sharpness, shapes, f] of chains) {
    const values = shapes.map(draw);
    const run = (create: fa.CreateOptions) =>
      f(...values.map((v, i) => fa.tensor(v, { shape: shapes[i]!, ...create })));
    const expected = run({ dtype: "float64", backend: fa.jsBackend }).dataSync();
    const computed = run({ dtype: "float32", backend: fa.wasmBackend }).dataSync();
    const errors = errorsOf(run(exact));
    const ratios = [...expected].map((v, i) => Math.abs(computed[i]! - v) / errors[i]!);
    const worst = Math.max(...ratios);
    assert.ok(worst <= 1 && worst >= sharpness, `${name}: ${worst}`);
  }
});

test.run();
