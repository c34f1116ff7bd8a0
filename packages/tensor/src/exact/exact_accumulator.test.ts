import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Rng } from "../random/rng.ts";
import { anyDouble, doubleBetween, isRootOfSum, isSum, shuffled, units } from "./_test_oracle.ts";
import { ExactAccumulator } from "./exact_accumulator.ts";
import { exactDot } from "./exact_dot.ts";
import { exactNorm } from "./exact_norm.ts";
import { exactSum } from "./exact_sum.ts";

const test = suite("ExactAccumulator");
const MAX = Number.MAX_VALUE;

/** `x` cut at random places. */
function split<T>(rng: Rng, x: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < x.length;) {
    const end = start + 1 + rng.integer(x.length);
    parts.push(x.slice(start, end));
    start = end;
  }
  return parts;
}

// Oracle: metamorphic, against the functions that take all at once.
test("ExactAccumulator does not depend on how values are split into batches or accumulators", () => {
  const rng = Rng.fromSeed(1, "ExactAccumulator");
  for (let k = 0; k < 200; k++) {
    const draw = k % 2 === 0 ? () => anyDouble(rng) : () => rng.normal();
    const pairs = Array.from({ length: 30 }, () => [draw(), draw()] as const);
    const [x, y] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
    const sums = new ExactAccumulator();
    const dots = new ExactAccumulator();
    const squares = new ExactAccumulator();
    for (const part of shuffled(rng, split(rng, pairs))) {
      const [a, b] = [part.map(([v]) => v), part.map(([, v]) => v)];
      sums.add(a);
      dots.merge(new ExactAccumulator().addProducts(a, b));
      squares.addProducts(a, a).sum(); // asking changes nothing
    }
    assert.is(sums.sum(), exactSum(x));
    assert.is(dots.sum(), exactDot(x, y));
    assert.is(squares.squareRoot(), exactNorm(x));
  }
});

// Oracle: integer arithmetic. One bin (2^17 … 2^33) gets three million values near its upper end,
// whose rounding errors hardly cancel (101010…), then some whose last bit is the finest it can
// hold.
test("ExactAccumulator stays exact over more values than its bins hold", () => {
  const large = (4 / 3) * 2 ** 32;
  const fine = (1 + 2 ** -52) * 2 ** 17;
  const chunk = new Float64Array(1 << 16).fill(large);
  const accumulator = new ExactAccumulator();
  for (let i = 0; i < 48; i++) accumulator.add(chunk);
  accumulator.add(new Float64Array(1001).fill(fine));
  const exact = 3n * 2n ** 20n * units(large) + 1001n * units(fine);
  const leading = accumulator.sum();
  const rest = exact - units(leading);
  assert.ok(rest !== 0n && rest % 2n ** 1039n === 0n); // 2^-35, the last bit of `fine`
  assert.is(accumulator.add([-leading]).sum(), Number(rest / 2n ** 1039n) * 2 ** -35);
});

// Oracle: integer arithmetic.
test("ExactAccumulator merges itself, infinities, and sums beyond its bins", () => {
  const x = [1e300, MAX, 0.1, -3, 5e-324, 2 ** 995];
  const a = new ExactAccumulator().add(x).addProducts([1e300, 1e-300], [1e300, -1e-300]);
  a.addProducts([-1e300], [1e300]).addProducts([1e-300], [1e-300]);
  assert.ok(isSum(a.sum(), x));
  a.merge(a).add([-MAX]);
  assert.ok(isSum(a.sum(), [...x, ...x, -MAX]));
  assert.is(new ExactAccumulator().add([-Infinity]).merge(a).sum(), -Infinity);
  const infinite = new ExactAccumulator().add([Infinity]);
  assert.ok(Number.isNaN(new ExactAccumulator().add([-Infinity]).merge(infinite).sum()));
  assert.is(infinite.sum(), Infinity);
  assert.is(Object.is(new ExactAccumulator().merge(new ExactAccumulator()).sum(), 0), true);
});

// Oracle: integer arithmetic; sums of values, not of squares, down to the smallest.
test("ExactAccumulator takes correctly rounded roots of sums of all sizes", () => {
  const rng = Rng.fromSeed(2, "ExactAccumulator");
  for (let k = 0; k < 400; k++) {
    const x = Array.from({ length: 4 }, () => {
      return Math.abs(k % 2 === 0 ? anyDouble(rng) : doubleBetween(rng, -1074, -1000));
    });
    const root = new ExactAccumulator().add(x).squareRoot();
    assert.ok(isRootOfSum(root, x), `√(${x.join(" + ")})`);
  }
});

// Oracle: the documented contract.
test("ExactAccumulator takes no root of what is negative, however small", () => {
  const root = (...x: number[]) => new ExactAccumulator().add(x).squareRoot();
  assert.is(root(2, 2), 2);
  assert.is(root(), 0);
  assert.is(root(1, -1), 0);
  const refused = (e: Error) =>
    e instanceof RangeError && /must not be negative: -/.test(e.message);
  assert.throws(() => root(1, -2), refused);
  assert.throws(() => root(-5e-324), refused);
  const tiny = new ExactAccumulator().addProducts([5e-324], [-5e-324]);
  assert.throws(() => tiny.squareRoot(), refused);
  assert.throws(() => tiny.addProducts([1], []), /must have one length: 1 and 0$/);
});

test.run();
