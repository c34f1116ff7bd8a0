// The oracle of the exact functions, and vectors to try it on. Every double is an integer multiple
// of 2^-1074, so integers hold sums, products and squares without rounding. A float64 is the
// correctly rounded one if the exact value lies between the midpoints to its two neighbours, a
// midpoint itself belonging to the neighbour whose last bit is 0.
import { permutation } from "../random/permutation.ts";
import type { Rng } from "../random/rng.ts";

type Vector = ArrayLike<number>;

const view = new DataView(new ArrayBuffer(8));

/** A finite double in units of 2^-1074, by doubling it until it is an integer. */
export function units(value: number): bigint {
  let doublings = 0;
  while (!Number.isInteger(value)) {
    value *= 2; // exact
    doublings++;
  }
  return BigInt(value) << BigInt(1074 - doublings);
}

/** Σ in units of 2^-1074. */
export function sumOf(x: Vector): bigint {
  return Array.from(x).reduce((sum, value) => sum + units(value), 0n);
}

/** Σ xᵢyᵢ in units of 2^-2148. */
export function dotOf(x: Vector, y: Vector): bigint {
  return Array.from(x).reduce((sum, value, i) => sum + units(value) * units(y[i]!), 0n);
}

/** Whether `found` is Σ of x, correctly rounded. */
export function isSum(found: number, x: Vector): boolean {
  const exact = 2n * sumOf(x); // midpoints are multiples of 2^-1075
  return isRounded(found, (midpoint) => compare(exact, midpoint));
}

/** Whether `found` is Σ xᵢyᵢ, correctly rounded. */
export function isDot(found: number, x: Vector, y: Vector): boolean {
  const exact = dotOf(x, y);
  return isRounded(found, (midpoint) => compare(exact, midpoint << 1073n));
}

/** Whether `found` is √Σ xᵢ², correctly rounded. */
export function isNorm(found: number, x: Vector): boolean {
  return isRoot(found, dotOf(x, x));
}

/** Whether `found` is √Σ xᵢ, correctly rounded. */
export function isRootOfSum(found: number, x: Vector): boolean {
  return isRoot(found, sumOf(x) << 1074n);
}

function isRoot(found: number, square: bigint): boolean {
  return found >= 0 &&
    isRounded(found, (midpoint) => compare(4n * square, signedSquare(midpoint)));
}

/** Whether `found` is ⟨x, y⟩ / (‖x‖‖y‖), correctly rounded. */
export function isCosine(found: number, x: Vector, y: Vector): boolean {
  const dot = dotOf(x, y);
  const norms = dotOf(x, x) * dotOf(y, y);
  return isRounded(found, (midpoint) => { // compares signed squares of the cosine and of midpoint
    const cosine = signedSquare(dot) << 2150n;
    return compare(cosine, signedSquare(midpoint) * norms);
  });
}

/** Whether the exact value, which `compareTo` compares with midpoints in 2^-1075, rounds to found. */
function isRounded(found: number, compareTo: (midpoint: bigint) => number): boolean {
  if (Number.isNaN(found)) return false;
  const even = (low32(found) & 1) === 0;
  const below = found === -Infinity ? 1 : compareTo(midpoint(neighbour(found, -1), found));
  const above = found === Infinity ? -1 : compareTo(midpoint(found, neighbour(found, 1)));
  return (below > 0 || (below === 0 && even)) && (above < 0 || (above === 0 && even));
}

/** (a + b)/2 in units of 2^-1075; ±Infinity stands for ±2^1024, as IEEE rounding has it. */
function midpoint(a: number, b: number): bigint {
  const edge = (value: number) =>
    Number.isFinite(value) ? units(value) : (value > 0 ? 1n : -1n) << 2098n;
  return edge(a) + edge(b);
}

/** The next double up (direction 1) or down (−1). */
export function neighbour(value: number, direction: 1 | -1): number {
  if (value === 0) return direction * 5e-324;
  view.setFloat64(0, value);
  const away = value > 0 === direction > 0;
  view.setBigUint64(0, view.getBigUint64(0) + (away ? 1n : -1n));
  return view.getFloat64(0);
}

function low32(value: number): number {
  view.setFloat64(0, value);
  return view.getUint32(4);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function signedSquare(n: bigint): bigint {
  return n < 0n ? -n * n : n * n;
}

/** A finite double with random bits: all exponents are as likely, subnormals too. */
export function anyDouble(rng: Rng): number {
  view.setUint32(0, rng.integer(2 ** 32));
  view.setUint32(4, rng.integer(2 ** 32));
  const value = view.getFloat64(0);
  return Number.isFinite(value) ? value : anyDouble(rng);
}

/** A double of random sign and fraction, whose exponent lies in [low, high]. */
export function doubleBetween(rng: Rng, low: number, high: number): number {
  let value = (1 + rng.integer(2 ** 32) / 2 ** 32 + rng.integer(2 ** 20) / 2 ** 52) *
    (rng.integer(2) === 0 ? 1 : -1);
  const exponent = low + rng.integer(high - low + 1);
  for (let e = exponent; e > 0; e--) value *= 2;
  for (let e = exponent; e < 0; e++) value /= 2;
  return value;
}

/** `x` in a random order. */
export function shuffled<T>(rng: Rng, x: readonly T[]): T[] {
  return Array.from(permutation(rng, x.length), (i) => x[i]!);
}

/** Vectors from everyday sizes to the ends of float64, with and without massive cancellation. */
export function vectors(rng: Rng, count: number): number[][] {
  const ranges: [low: number, high: number][] = // of exponents
    [[-3, 3], [-40, 40], [-149, 127], [-500, 500], [-1000, -900], [900, 1000]];
  return Array.from({ length: count }, (_, k) => {
    const length = 1 + rng.integer(12);
    const range = ranges[k % (ranges.length + 1)];
    const draw = () => range ? doubleBetween(rng, ...range) : anyDouble(rng);
    const x = Array.from({ length }, draw);
    if (k % 3 !== 0) return x;
    // Cancels but for the last place of one value, and one small addend.
    const opposite = x.map((value) => -value);
    opposite[0] = neighbour(opposite[0]!, 1);
    return shuffled(rng, [...x, ...opposite, draw() * 2 ** -60]).filter(Number.isFinite);
  });
}
