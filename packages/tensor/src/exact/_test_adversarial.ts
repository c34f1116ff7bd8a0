// Vectors made to break sums, and the exact functions on them against mathjs BigNumber.
import * as assert from "uvu/assert";
import {
  bigDot,
  bigSum,
  exactly,
  nearestDouble,
  nearestQuotient,
  nearestRoot,
} from "../../../../tools/elementary/exact_oracle.ts";
import type { TypedArray } from "../dtype.ts";
import type { Rng } from "../random/rng.ts";
import { anyDouble, doubleBetween, neighbour, shuffled } from "./_test_oracle.ts";
import { exactCosine } from "./exact_cosine.ts";
import { exactDot } from "./exact_dot.ts";
import { exactNorm } from "./exact_norm.ts";
import { exactSum } from "./exact_sum.ts";

/** Ways in which the values of a vector are hard to add up. */
const kinds: readonly ((rng: Rng, length: number) => number[])[] = [
  // Every exponent, from 5e-324 to 1e308.
  (rng, length) => fill(length, () => anyDouble(rng)),
  // Cancels but for a small rest far below what cancels.
  (rng, length) => {
    const x = fill(Math.max(1, length >> 1), () => anyDouble(rng));
    const rest = fill(length - 2 * (length >> 1), () => doubleBetween(rng, -1060, -900));
    return shuffled(rng, [...x, ...x.map((v) => -v), ...rest]);
  },
  // Cancels but for the last place of one value.
  (rng, length) => {
    const x = fill(Math.max(1, length >> 1), () => doubleBetween(rng, -60, 60));
    const opposite = x.map((v) => -v);
    opposite[0] = neighbour(opposite[0]!, 1);
    return shuffled(rng, [...x, ...opposite]);
  },
  // Subnormals, whose squares are far below all doubles.
  (rng, length) => fill(length, () => (rng.integer(2 ** 21) - 2 ** 20) * 5e-324),
  // The end of the range, where sums overflow on the way and at the end.
  (rng, length) => fill(length, () => doubleBetween(rng, 1015, 1023)),
  // A tie, a little less, and a little more: half a unit of the last place, and what decides.
  (rng, length) => {
    const value = doubleBetween(rng, -100, 100);
    const half = (neighbour(value, 1) - value) / 2;
    const decides = [0, 5e-324, -5e-324, half * 2 ** -60][rng.integer(4)]!;
    return shuffled(rng, [value, half, decides, ...fill(Math.max(0, length - 3), () => 0)]);
  },
  // All of one size, wherever that is: squares and products at the lower end, too.
  (rng, length) => {
    const size = rng.integer(1500) - 1000;
    return fill(length, () => doubleBetween(rng, Math.min(size, 1015), Math.min(size, 1015) + 3));
  },
  // Small integers times 2^-540, whose products are ties among subnormals.
  (rng, length) => fill(length, () => (rng.integer(33) - 16) * 2 ** -540),
  // Everyday numbers.
  (rng, length) => fill(length, () => rng.normal()),
];

function fill(length: number, draw: () => number): number[] {
  return Array.from({ length }, draw);
}

/** Any float32, or values of a vector that were rounded to float32. */
function singles(rng: Rng, x: readonly number[], any: boolean): Float32Array {
  const values = Float32Array.from(x);
  if (any) {
    const bits = new Uint32Array(values.buffer);
    for (let i = 0; i < bits.length; i++) bits[i] = rng.integer(2 ** 32);
  }
  return values.map((v) => Number.isFinite(v) ? v : 2 ** 127);
}

/** The k-th pair: of lengths 1 … 64, in float64 and every third time in float32. */
function pair(rng: Rng, k: number): [TypedArray, TypedArray] {
  const length = 1 + rng.integer(64);
  const draw = kinds[k % kinds.length]!;
  let x = draw(rng, length);
  const unlike = kinds[rng.integer(kinds.length)]!;
  const other = (k % 8 === 0 ? draw : unlike)(rng, x.length + 1);
  let y = x.map((_, i) => other[i % other.length]!);
  if (k % 4 === 1) y = x.map((v) => -v); // parallel
  if (k % 4 === 2) y = x.map((v, i) => i === 0 && v !== 0 ? neighbour(v, 1) : v); // but for one bit
  if (k % 4 === 3) [x, y] = [[...x, ...y], [...y, ...x.map((v) => -v)]]; // orthogonal …
  if (k % 8 === 3) y[0] = neighbour(y[0]!, 1); // … but for one bit
  const finite = (v: number[]) => v.map((value) => Number.isFinite(value) ? value : 1);
  [x, y] = [finite(x).slice(0, 64), finite(y).slice(0, 64)];
  return k % 3 === 0
    ? [singles(rng, x, k % 2 === 0), singles(rng, y, k % 2 === 0)]
    : [Float64Array.from(x), Float64Array.from(y)];
}

/** Compares all four functions on `count` pairs. */
export function checkAdversarial(rng: Rng, count: number): void {
  for (let k = 0; k < count; k++) {
    const [x, y] = pair(rng, k);
    const same = (name: string, found: number, expected: number) => {
      // Where nothing is left +0 is found; the oracle has no zeros of two signs.
      if (found === expected) return;
      assert.unreachable(`${name} of pair ${k}, [${x}] and [${y}]: ${found}, not ${expected}`);
    };
    const [a, b] = [Array.from(x, exactly), Array.from(y, exactly)];
    const [xx, yy, dot] = [bigDot(a, a), bigDot(b, b), bigDot(a, b)];
    same("exactSum", exactSum(x), nearestDouble(bigSum(a)));
    same("exactDot", exactDot(x, y), nearestDouble(dot));
    same("exactNorm", exactNorm(x), nearestRoot(xx));
    if (xx.isZero() || yy.isZero()) continue;
    same("exactCosine", exactCosine(x, y), nearestQuotient(dot, xx.times(yy)));
  }
}
