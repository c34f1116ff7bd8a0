// The smooth minimum. Oracles: closed forms and limits.
import { expF64, logF64, tensor } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { softMinimum } from "./_soft_minimum.ts";

const test = suite("softMinimum");
const of = (values: number[], temperature: number) => {
  const rows = tensor([values], { dtype: "float64" });
  const y = softMinimum(rows, { axis: 1, temperature });
  assert.equal(y.shape, [1, 1]);
  return y.item();
};
const near = (a: number, b: number) =>
  assert.ok(Math.abs(a - b) <= 1e-15 * Math.max(1, Math.abs(b)), `${a} and ${b}`);

test("of equal values it is that value, also of one (closed form)", () => {
  near(of([3, 3, 3, 3], 0.1), 3);
  near(of([-7.5], 0.1), -7.5);
});

test("of two values it is the formula, −T(log(e^(−a/T) + e^(−b/T)) − log 2)", () => {
  for (const [a, b, t] of [[0, 1, 1], [2, 1.5, 0.25], [-3, 4, 10]] as const) {
    near(of([a, b], t), -t * (logF64(expF64(-a / t) + expF64(-b / t)) - logF64(2)));
  }
});

test("moves with its values, c + softMinimum(v) = softMinimum(c + v) (metamorphic)", () => {
  near(of([1000, 1000.5, 1001], 0.5), 1000 + of([0, 0.5, 1], 0.5));
});

test("is the minimum at the least temperatures and the mean at great ones; nothing overflows", () => {
  for (const temperature of [1e-6, 1e-100, 5e-324]) {
    assert.is(of([2, -5, 7], temperature), -5 - temperature * logF64(1 / 3));
    assert.is(of([1e300, -1e300], temperature), -1e300);
  }
  // mean − Var/2T + …: at T = 1e6 the second term is 1e-6.
  const v = [0, 1, 5], mean = 2, variance = (4 + 1 + 9) / 3;
  assert.ok(Math.abs(of(v, 1e6) - (mean - variance / 2e6)) < 1e-9);
});

test("goes along the axis it is told, each row for itself", () => {
  const x = tensor([[[1, 9], [3, 5]], [[4, 4], [2, 8]]], { dtype: "float64" });
  const y = softMinimum(x, { axis: 1, temperature: 1e-9 });
  assert.equal(y.shape, [2, 1, 2]);
  [1, 5, 2, 4].forEach((least, i) => assert.ok(Math.abs(y.dataSync()[i]! - least) < 1e-8));
});

test.run();
