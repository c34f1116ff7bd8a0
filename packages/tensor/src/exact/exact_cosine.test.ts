import { suite } from "uvu";
import * as assert from "uvu/assert";
import { permutation } from "../random/permutation.ts";
import { Rng } from "../random/rng.ts";
import { integerRoot } from "./_big.ts";
import { isCosine, neighbour, vectors } from "./_test_oracle.ts";
import { exactCosine } from "./exact_cosine.ts";

const test = suite("exactCosine");

// Oracle: integer arithmetic; ⟨x, y⟩² compared with squares of midpoints times the sums of squares.
test("exactCosine is correctly rounded and at most 1 for vectors of all sizes", () => {
  const rng = Rng.fromSeed(1, "exactCosine");
  const all = vectors(rng, 700);
  all.forEach((x, k) => {
    const other = all[(k * 7 + 1) % all.length]!;
    const unlike = x.map((_, i) => other[i % other.length]!);
    const nearlyParallel = x.map((v, i) => i === 0 && Math.abs(v) < 1e300 ? neighbour(v, 1) : -v);
    for (const y of [unlike, nearlyParallel, x]) {
      const found = exactCosine(x, y);
      assert.ok(Math.abs(found) <= 1);
      assert.ok(isCosine(found, x, y), `[${x}] and [${y}]: ${found}`);
      const order = permutation(rng, x.length);
      const [a, b] = [x, y].map((v) => Array.from(order, (i) => v[i]!));
      assert.is(exactCosine(b!, a!), found);
    }
  });
});

test("exactCosine is correctly rounded for float32 vectors", () => {
  const rng = Rng.fromSeed(2, "exactCosine");
  for (let k = 0; k < 300; k++) {
    const draw = () => rng.normal() * 2 ** (k % 2 === 0 ? 0 : rng.integer(250) - 125);
    const x = Float32Array.from({ length: 30 }, draw);
    const y = Float32Array.from({ length: 30 }, draw);
    assert.ok(isCosine(exactCosine(x, y), x, y), `[${x}] and [${y}]`);
  }
});

// Oracle: closed form. ‖y‖ = 2^54 exactly, and ⟨x, y⟩/‖x‖ is half an odd integer of 54 bits: a tie.
test("exactCosine rounds ties to even, and only ties", () => {
  const rng = Rng.fromSeed(3, "exactCosine");
  for (let k = 0; k < 50; k++) {
    const x = [1, 1, 1, 1];
    const y = Array.from(x, () => Math.floor(2 ** 51 * (1.01 + 0.9 * rng.uniform())));
    if (y.reduce((sum, value) => sum ^ (value & 1), 0) === 0) y[0]!++; // an odd sum
    let rest = 2n ** 108n - y.reduce((sum, value) => sum + BigInt(value) ** 2n, 0n);
    while (rest > 0n) {
      const limit = 2n ** 53n;
      const root = integerRoot(rest);
      y.push(Number(root < limit ? root : limit));
      rest -= BigInt(y.at(-1)!) ** 2n;
      x.push(0);
    }
    const numerator = y.slice(0, 4).reduce((sum, value) => sum + BigInt(value), 0n);
    assert.ok(numerator > 2n ** 53n && numerator < 2n ** 54n && numerator % 2n === 1n);
    const [down, up] = [Number(numerator - 1n), Number(numerator + 1n)];
    const even = down % 4 === 0 ? down : up;
    for (const scale of [1, 2 ** -500, 2 ** 400]) { // doubles, then integers
      const scaled = y.map((value) => value * scale);
      assert.is(exactCosine(x, scaled), even / 2 ** 55);
      assert.is(exactCosine(scaled, x.map((v) => -v)), -even / 2 ** 55);
      for (const more of [2 ** -300, 2 ** -500]) { // a longer y, then a direction more in common
        assert.is(exactCosine([...x, 0], [...scaled, more * scale]), down / 2 ** 55);
        assert.is(exactCosine([...x, more], [...scaled, more * scale * 2 ** 54]), up / 2 ** 55);
      }
    }
  }
});

// Oracle: closed form, cos 45° and the rule that rounding is monotonic.
test("exactCosine holds from 5e-324 to 1e300", () => {
  for (const size of [1, 1e-200, 1.4e-45, 5e-324, 1e300]) {
    assert.is(exactCosine([size, size], [size, 0]), Math.SQRT1_2);
    assert.is(exactCosine([size, -size], [0, 1e300]), -Math.SQRT1_2);
  }
  assert.is(exactCosine([1e300, 1e-300], [1e-300, 1e300]), 0); // 2e-600
  assert.is(Object.is(exactCosine([1e300, -1e-300], [0, 1e300]), -0), true); // −1e-600
  assert.is(Object.is(exactCosine([1, 1], [1, -1]), 0), true);
  assert.is(exactCosine([1, 1e-300], [0, 1]), 1e-300);
});

// Oracle: metamorphic, scaling by a power of two is exact.
test("exactCosine does not change in any bit when a vector is scaled by 2^k", () => {
  const rng = Rng.fromSeed(4, "exactCosine");
  for (let i = 0; i < 100; i++) {
    const x = Float64Array.from({ length: 20 }, () => rng.normal());
    const y = Float64Array.from({ length: 20 }, () => rng.normal());
    const expected = exactCosine(x, y);
    for (const scale of [2 ** -900, 2 ** -40, -(2 ** 700)]) {
      const scaled = x.map((value) => value * scale);
      assert.is(exactCosine(scaled, y), Math.sign(scale) * expected);
      assert.is(exactCosine(scaled, x), Math.sign(scale));
    }
  }
});

// Oracle: the documented contract.
test("exactCosine refuses vectors without a direction and of different lengths", () => {
  const refused = (x: number[], y: number[], message: RegExp) =>
    assert.throws(
      () => exactCosine(x, y),
      (e: Error) => e instanceof RangeError && message.test(e.message),
    );
  refused([0, -0], [1, 2], /both vectors must have a direction: the first is zero$/);
  refused([5e-324], [0], /the second is zero$/);
  refused([], [], /the first is zero$/);
  refused([1, NaN], [1, 2], /the first is not finite$/);
  refused([1, 2], [0, -Infinity], /the second is not finite$/);
  refused([1], [1, 2], /must have one length: 1 and 2$/);
});

test.run();
