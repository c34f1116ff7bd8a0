import { suite } from "uvu";
import * as assert from "uvu/assert";
import { permutation } from "../random/permutation.ts";
import { Rng } from "../random/rng.ts";
import { anyDouble, doubleBetween, isDot, neighbour, vectors } from "./_test_oracle.ts";
import { exactDot } from "./exact_dot.ts";

const test = suite("exactDot");
const MAX = Number.MAX_VALUE;

/** Pairs of vectors of one length, of unlike sizes. */
function pairs(rng: Rng, count: number): [number[], number[]][] {
  const all = vectors(rng, count);
  return all.map((x, k) => {
    const other = all[(k * 7 + 1) % count]!;
    return [x, x.map((_, i) => other[i % other.length]!)];
  });
}

// Oracle: integer arithmetic in units of 2^-2148.
test("exactDot is correctly rounded for vectors of all sizes, cancelling ones too", () => {
  const rng = Rng.fromSeed(1, "exactDot");
  for (const [x, y] of pairs(rng, 1500)) {
    assert.ok(isDot(exactDot(x, y), x, y), `[${x}] · [${y}]`);
    const [a, b] = [Float32Array.from(x), Float32Array.from(y)].map((v) =>
      v.map((value) => Number.isFinite(value) ? value : 1e30)
    ) as [Float32Array, Float32Array];
    assert.ok(isDot(exactDot(a, b), a, b), `[${a}] · [${b}]`);
    const wide = Float64Array.from(y);
    assert.ok(isDot(exactDot(a, wide), a, wide), `[${a}] · [${wide}]`);
  }
});

// Oracle: integer arithmetic. Factors, products or their error terms leave the range of doubles.
test("exactDot is correctly rounded on both sides of every limit", () => {
  const rng = Rng.fromSeed(3, "exactDot");
  for (const exponent of [-1074, -1022, -960, -900, 900, 960, 990, 1010]) {
    for (let k = 0; k < 60; k++) {
      // Both factors stay in range; every second time one of them is near its end.
      const [low, high] = [Math.max(-1000, exponent - 1000), Math.min(1000, exponent + 1000)];
      const shift = k % 2 === 0 ? low : low + rng.integer(high - low);
      const x = Array.from({ length: 3 }, () => doubleBetween(rng, shift - 13, shift + 13));
      const y = x.map(() => doubleBetween(rng, exponent - shift - 13, exponent - shift + 13));
      const a = [...x, ...x]; // cancels but for the last places
      const b = [...y, ...y.map((value) => -neighbour(value, 1))];
      assert.ok(isDot(exactDot(x, y), x, y), `[${x}] · [${y}]`);
      assert.ok(isDot(exactDot(a, b), a, b), `[${a}] · [${b}]`);
      assert.ok(isDot(exactDot(b, a), b, a), `[${b}] · [${a}]`);
    }
  }
});

// Oracle: integer arithmetic. Cancellation of products that doubles cannot hold.
test("exactDot finds what is left when long products cancel", () => {
  const rng = Rng.fromSeed(2, "exactDot");
  for (let k = 0; k < 300; k++) {
    const x = Array.from({ length: 6 }, () => anyDouble(rng));
    const y = Array.from({ length: 6 }, () => anyDouble(rng));
    // x·y − y·x + (one more product), in another order.
    const a = [...x, ...y.map((v) => -v), anyDouble(rng)];
    const b = [...y, ...x, anyDouble(rng)];
    const found = exactDot(a, b);
    assert.ok(isDot(found, a.slice(12), b.slice(12)), `[${a}] · [${b}]`);
    const order = permutation(rng, a.length);
    assert.is(
      exactDot(Array.from(order, (i) => a[i]!), Array.from(order, (i) => b[i]!)),
      found,
    );
  }
});

// Oracle: closed form.
test("exactDot mixes 1e300 and 1e-300 without overflow, underflow or Veltkamp's limits", () => {
  assert.is(exactDot([1e300, 1, -1e300], [1e300, 1, 1e300]), 1);
  assert.is(exactDot([1e-300, 1e300], [1e-300, 1e-300]), exactDot([1e300], [1e-300]));
  assert.is(exactDot([2 ** 1023, 2 ** -1074], [2 ** -1023, 2 ** 1023]), 1 + 2 ** -51);
  assert.is(exactDot([MAX, 1], [1, 2 ** 970]), Infinity);
  assert.is(exactDot([MAX, 1, 2 ** -600], [1, 2 ** 970, -(2 ** -600)]), MAX);
  assert.is(exactDot([MAX, MAX], [MAX, -MAX]), 0);
});

// Oracle: IEEE 754 rounding of the exact product; the smallest subnormal is 5e-324.
test("exactDot underflows only in the result, gradually, with the sign of the exact value", () => {
  assert.is(exactDot([2 ** -600], [2 ** -474]), 5e-324);
  assert.is(Object.is(exactDot([2 ** -600], [2 ** -475]), 0), true); // a tie, to even
  assert.is(exactDot([2 ** -600, 5e-324], [2 ** -475, 5e-324]), 5e-324);
  assert.is(Object.is(exactDot([2 ** -600], [-(2 ** -475)]), -0), true);
  assert.is(exactDot([2 ** -600, 2 ** -600], [2 ** -475, 2 ** -475]), 5e-324);
  assert.is(exactDot([3 * 2 ** -600], [2 ** -475]), 1e-323); // 1.5 units: a tie, to 2
});

// Oracle: the documented contract (zeros), IEEE 754 (the others).
test("exactDot of nothing and of zeros is +0; infinities and NaN propagate", () => {
  const zeros = [[[], []], [[0], [-1]], [[-0], [5]], [[1, 1], [1, -1]], [[0], [MAX]]] as const;
  for (const [x, y] of zeros) assert.is(Object.is(exactDot(x, y), 0), true, `[${x}] · [${y}]`);
  assert.is(exactDot([Infinity, 1], [2, MAX]), Infinity);
  assert.is(exactDot([MAX, Infinity], [MAX, -1]), -Infinity);
  for (const kind of [Float32Array, Float64Array]) {
    const nan = (x: number[], y: number[]) =>
      assert.ok(Number.isNaN(exactDot(kind.from(x), kind.from(y))));
    nan([Infinity], [0]);
    nan([Infinity, 1], [1, -Infinity]);
    nan([NaN], [0]);
    nan([1, 2], [NaN, 1]);
  }
});

// Oracle: the documented contract.
test("exactDot refuses vectors of different lengths", () => {
  assert.throws(
    () => exactDot([1], [1, 2]),
    (e: Error) =>
      e instanceof RangeError && /as the vectors must have one length: 1 and 2$/.test(e.message),
  );
});

test.run();
