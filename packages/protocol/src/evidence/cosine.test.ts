import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Rng } from "@fa/tensor";
import { cosine } from "./cosine.ts";
import { isMeasured, type Measured } from "./measured.ts";

const test = suite("cosine");

const number = (value: Measured): number => {
  if (!isMeasured(value)) throw new Error(value.reason);
  return value;
};
const near = (found: number, expected: number, tolerance = 4e-16) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);

// Oracle: published number (pytorch/pytorch#115786, recomputed with NumPy).
test("cosine of PyTorch's issue 115786 is the exact one, not the clamped 0.83993", () => {
  near(
    number(cosine(
      [2606.66824394, 2477.72226966, 3251.84008903],
      [3.46822161e-9, 1.82536693e-9, 8.35245752e-9],
    )),
    0.9103636220511842,
  );
});

// Oracle: closed form. cos((1,1), (1,0)) = 1/√2.
test("cosine is 1/√2 for vectors of 1e-200, float32 subnormals and 1e300", () => {
  for (const size of [1, 1e-200, 1.4e-45, 5e-324, 1e300]) {
    near(number(cosine([size, size], [1, 0])), Math.SQRT1_2);
    near(number(cosine([size, size], [size, 0])), Math.SQRT1_2);
  }
});

// Oracle: definition.
test("cosine of a vector with itself is exactly 1, with its negative exactly −1", () => {
  const v = Float32Array.from({ length: 257 }, (_, i) => ((i * 7919) % 101 - 50) * 1e-12);
  assert.is(cosine(v, v), 1);
  assert.is(cosine(v, v.map((x) => -x)), -1);
});

// Oracle: Cauchy–Schwarz, which a quotient of rounded sums breaks for about one vector in six.
test("cosine of parallel vectors is 1 or the double below it, never more", () => {
  const rng = Rng.fromSeed(1, "cosine");
  let above = 0;
  for (let k = 0; k < 300; k++) {
    const a = Float64Array.from({ length: 16 }, () => rng.normal());
    const b = a.map((value) => value / 3); // parallel but for rounding
    const found = number(cosine(a, b));
    assert.ok(found === 1 || found === 1 - 2 ** -53, String(found));
    const sum = (x: Float64Array, y: Float64Array) => x.reduce((s, v, i) => s + v * y[i]!, 0);
    if (sum(a, b) / (Math.sqrt(sum(a, a)) * Math.sqrt(sum(b, b))) > 1) above++;
  }
  assert.ok(above > 10, `${above}: the vectors must be hard enough`);
});

// Oracle: metamorphic, scaling by a power of two is exact.
test("cosine does not change in any bit when a vector is scaled by 2^k", () => {
  const a = [0.3, -1.7, 2.2, 1e-3];
  const b = [1.1, 0.4, -0.9, 12];
  const expected = cosine(a, b);
  for (const scale of [2 ** -900, 2 ** -40, 2 ** 700]) {
    assert.is(cosine(a.map((x) => x * scale), b), expected);
    assert.is(cosine(a, b.map((x) => x * scale)), expected);
  }
});

// Oracle: documented contract.
test("cosine of a zero or non-finite vector is unmeasured, with the reason", () => {
  assert.equal(cosine([0, -0], [1, 2]), { valid: false, reason: "a vector is zero" });
  assert.equal(cosine([1, NaN], [1, 2]), { valid: false, reason: "a vector is not finite" });
  assert.equal(cosine([1, 2], [Infinity, 2]), { valid: false, reason: "a vector is not finite" });
  assert.equal(cosine([NaN, 0], [0, 0]), { valid: false, reason: "a vector is not finite" });
});

test("cosine refuses vectors of different lengths", () => {
  assert.throws(
    () => cosine([1], [1, 2]),
    (e: Error) => e instanceof RangeError && /lengths 1 and 2/.test(e.message),
  );
});

test.run();
