import { suite } from "uvu";
import * as assert from "uvu/assert";
import { perNormClampCosine, productClampCosine } from "./clamped_cosine.ts";
import { cosine } from "./cosine.ts";

const test = suite("clamped cosine");

const near = (found: number, expected: number, ulps = 4) =>
  assert.ok(
    Math.abs(found - expected) <= ulps * 2 ** -53 * Math.abs(expected),
    `${found} is not ${expected}`,
  );
const scaled = (v: readonly number[], by: number) => v.map((x) => x * by);

// Oracle: published vector of pytorch/pytorch#115786; the exact value recomputed with NumPy.
test("the three cosines of PyTorch's issue 115786", () => {
  const a = [2606.66824394, 2477.72226966, 3251.84008903];
  const b = [3.46822161e-9, 1.82536693e-9, 8.35245752e-9];
  near(cosine(a, b) as number, 0.9103636220511842);
  near(perNormClampCosine(a, b), 0.8399261269653225);
  assert.is(productClampCosine(a, b), cosine(a, b)); // does not bind
});

// Oracle: closed form, the table of guards for cos = 0.5, ‖a‖ = 1e-2, ‖g‖ = 5e-10.
test("a gradient of norm 5e-10 keeps a twentieth, or a two-thousandth, of its cosine", () => {
  const a = [1e-2, 0];
  const g = scaled([0.5, Math.sqrt(0.75)], 5e-10);
  near(cosine(a, g) as number, 0.5);
  near(perNormClampCosine(a, g), 0.025);
  near(productClampCosine(a, g), 2.5e-4);
});

// Oracle: torch.nn.functional.cosine_similarity of PyTorch 1.13 in float64, which clamps each norm.
test("perNormClampCosine is PyTorch 1.13's", () => {
  const x = [3, 4, 12];
  const y = [5, -1, 7];
  for (
    const [s, t, eps, expected] of [
      [1e-3, 1e-9, 1e-8, 0.730769230769231],
      [1e-9, 1e-9, 1e-8, 0.7307692307692308],
      [1, 1e-12, 1e-8, 0.0007307692307692308],
      [1e-9, 1e-9, 1e-4, 9.500000000000002e-9],
    ] as const
  ) near(perNormClampCosine(scaled(x, s), scaled(y, t), eps), expected, 8);
});

// Oracle: closed form, ⟨a, b⟩ over the bound, for dyadic vectors of norms 5·2^i and 5·2^j.
test("each clamp binds where its own quantity is below ε, and only there", () => {
  const cos = 24 / 25;
  const eps = 2 ** -26;
  for (let i = -60; i <= 10; i += 7) {
    for (let j = -60; j <= 10; j += 7) {
      const a = scaled([3, 4], 2 ** i);
      const b = scaled([4, 3], 2 ** j);
      const [p, q] = [5 * 2 ** i, 5 * 2 ** j];
      const dot = cos * p * q;
      near(productClampCosine(a, b, eps), dot / Math.max(p * q, eps));
      near(perNormClampCosine(a, b, eps), dot / (Math.max(p, eps) * Math.max(q, eps)));
      if (p * q >= eps) assert.is(productClampCosine(a, b, eps), cosine(a, b));
      if (p >= eps && q >= eps) assert.is(perNormClampCosine(a, b, eps), cosine(a, b));
    }
  }
});

// Oracle: closed form, where the square of a norm, or the product of both, leaves the range.
test("squares of norms neither overflow nor underflow", () => {
  for (const  of of[productClampCosine, perNormClampCosine]) {
    assert.is(of([1e300, 0], [1e300, 1e300]), Math.SQRT1_2);
    near(of([1e300, 0], [1e-300, 1e-300], 1e-301), Math.SQRT1_2);
  }
  near(productClampCosine([1e-200, 0], [1e200, 0]), 1); // ‖a‖² is 0 in float64
  near(perNormClampCosine([1e-200, 0], [1e200, 0]), 1e-192);
  assert.is(productClampCosine([1e-200, 0], [1e-200, 0]), 0);
  // A norm beyond float64 is far above ε.
  near(perNormClampCosine([1.5e308, 1.5e308], [1, 0]), Math.SQRT1_2);
  near(productClampCosine([1.5e308, 1.5e308], [1, 0]), Math.SQRT1_2);
});

// Oracle: documented contract.
test("clamped cosines of zero vectors are 0, of others as documented", () => {
  for (const  of of[productClampCosine, perNormClampCosine]) {
    assert.is(of([0, -0], [1, 2]), 0);
    assert.is(of([1, 2], [0, 0]), 0);
    assert.is(of([], []), 0);
    assert.ok(Number.isNaN(of([NaN, 0], [0, 0])));
    assert.ok(Number.isNaN(of([1, 0], [Infinity, 0])));
    assert.throws(() => of([1], [1, 2]), /one length: 1 and 2/);
    for (const eps of [0, -1, NaN, Infinity]) assert.throws(() => of([1], [1], eps), RangeError);
  }
});

test.run();
