import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Rng } from "../random/rng.ts";
import { isNorm, shuffled, vectors } from "./_test_oracle.ts";
import { exactNorm } from "./exact_norm.ts";

const test = suite("exactNorm");
const MAX = Number.MAX_VALUE;

// Oracle: integer arithmetic; squares of midpoints compared with the sum of squares.
test("exactNorm is correctly rounded for vectors of all sizes", () => {
  const rng = Rng.fromSeed(1, "exactNorm");
  for (const x of vectors(rng, 1500)) {
    const found = exactNorm(x);
    assert.ok(isNorm(found, x), `[${x}]`);
    assert.is(exactNorm(shuffled(rng, x)), found);
    const single = Float32Array.from(x).filter(Number.isFinite);
    assert.ok(isNorm(exactNorm(single), single), `[${single}]`);
  }
});

// Oracle: closed form. 3k, 4k, 5k with a 54-bit odd 5k: the norm is a midpoint of two doubles.
test("exactNorm rounds ties to even, and only ties", () => {
  const rng = Rng.fromSeed(2, "exactNorm");
  for (let i = 0; i < 200; i++) {
    const k = 2 * Math.floor(2 ** 50 * (0.801 + 0.3 * rng.uniform())) + 1;
    const x = [3 * k, 4 * k];
    const [down, up] = [BigInt(5) * BigInt(k) - 1n, BigInt(5) * BigInt(k) + 1n].map(Number);
    assert.ok(x.every(Number.isInteger) && 3 * k <= 2 ** 53 && 5 * k > 2 ** 53);
    const even = down! % 4 === 0 ? down! : up!;
    assert.is(exactNorm(x), even);
    for (const scale of [2 ** -1000, 2 ** -300, 2 ** 500, 2 ** 900]) { // doubles, then integers
      assert.is(exactNorm(x.map((value) => value * scale)), even * scale);
    }
    for (const more of [2 ** -20, 2 ** -440, 1e-300, 5e-324]) {
      assert.is(exactNorm([...x, more]), up!);
    }
  }
});

// Oracle: closed form; ‖v‖ = |v|√n, and the 3-4-5 triangle.
test("exactNorm neither over- nor underflows inside", () => {
  assert.is(exactNorm([3e-200, 4e-200]), 5e-200);
  assert.is(exactNorm([2 ** 1022, 2 ** 1022, 2 ** 1022, 2 ** 1022]), 2 ** 1023);
  assert.is(exactNorm([MAX]), MAX);
  assert.is(exactNorm([MAX, MAX]), Infinity);
  assert.is(exactNorm([MAX, 2 ** 996]), MAX); // + 2^967, below the midpoint
  assert.is(exactNorm([MAX, 2 ** 998]), Infinity); // + 2^971
  assert.is(exactNorm([1e300, 1e-300]), 1e300);
  assert.is(exactNorm([5e-324]), 5e-324);
  assert.is(exactNorm([5e-324, 5e-324]), 5e-324); // 1.41 units
  assert.is(exactNorm([5e-324, 5e-324, 5e-324]), 1e-323); // 1.73 units
  assert.is(exactNorm(new Float32Array(256).fill(2 ** -149)), 2 ** -145);
});

// Oracle: metamorphic. The root of doubles and the root of integers must agree.
test("exactNorm scales by 2^k to the last bit", () => {
  const rng = Rng.fromSeed(3, "exactNorm");
  for (let i = 0; i < 200; i++) {
    const x = Float64Array.from({ length: 40 }, () => rng.normal());
    const norm = exactNorm(x);
    for (const scale of [2 ** -950, 2 ** -60, 2 ** 100, 2 ** 990]) {
      assert.is(exactNorm(x.map((value) => value * scale)), norm * scale);
    }
  }
});

// Oracle: the documented contract.
test("exactNorm of nothing and of zeros is +0; NaN passes first, then Infinity", () => {
  for (const x of [[], [0], [-0, 0]]) assert.is(Object.is(exactNorm(x), 0), true);
  assert.is(exactNorm([1, -Infinity]), Infinity);
  assert.is(exactNorm(Float32Array.of(1, -Infinity)), Infinity);
  assert.ok(Number.isNaN(exactNorm([Infinity, NaN])));
  assert.ok(Number.isNaN(exactNorm([NaN, -Infinity])));
});

test.run();
