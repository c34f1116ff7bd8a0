// From exact sums to doubles: a sum, the root of a sum, a cosine, each rounded once.
//
// Where the exact value fits, root and cosine are computed as a pair of doubles whose relative
// error is below 2^-98. If all values within 2^-90 of it round to one double, that is the result
// (Ziv's rounding test, ACM TOMS 17(3), 1991); else, and where doubles would over- or underflow,
// integers decide.
import { bitLength, integerRoot, roundScaled } from "./_big.ts";
import { leadingPair, productError, roundExpansion } from "./_expansion.ts";
import { type Superaccumulator, UNIT } from "./_superaccumulator.ts";

/** Bound of the pairs' relative error, with room to spare. */
const DOUBT = 2 ** -90;

/** Down to this size, squares, products and quotients have exact error terms. */
const SMALL = 2 ** -400;

/** The sum, correctly rounded; ±Infinity or NaN if a value was. */
export function roundedSum(sum: Superaccumulator): number {
  if (sum.special !== 0) return sum.special;
  const parts = sum.toExpansion();
  return parts === undefined ? roundScaled(sum.toInteger(), UNIT) : roundExpansion(parts);
}

/** The square root of a sum that is not negative, correctly rounded. */
export function roundedRoot(sum: Superaccumulator): number {
  if (sum.special !== 0) return Math.sqrt(sum.special);
  const parts = sum.toExpansion();
  if (parts?.length === 0) return 0;
  const root = parts && rootPair(parts);
  return (root && certain(...root)) ?? rootOfInteger(sum.toInteger());
}

/** xy / √(xx·yy), correctly rounded; the three are finite, xx and yy positive. */
export function roundedCosine(
  xy: Superaccumulator,
  xx: Superaccumulator,
  yy: Superaccumulator,
): number {
  const parts = xy.toExpansion();
  if (parts?.length === 0) return 0;
  const x = xx.toExpansion();
  const y = yy.toExpansion();
  const cosine = parts && x && y && cosinePair(parts, x, y);
  return (cosine && certain(...cosine)) ??
    cosineOfIntegers(xy.toInteger(), xx.toInteger(), yy.toInteger());
}

/** high + low rounded, if that does not depend on the pair's error. */
function certain(high: number, low: number): number | undefined {
  const doubt = Math.abs(high) * DOUBT;
  const rounded = high + (low - doubt);
  return rounded === high + (low + doubt) ? rounded : undefined;
}

/** √(sum of parts). */
function rootPair(parts: readonly number[]): [number, number] | undefined {
  const [high, low] = leadingPair(parts);
  if (high < SMALL) return undefined;
  const root = Math.sqrt(high);
  const square = root * root;
  const residual = ((high - square) - productError(root, root, square)) + low;
  return [root, residual / (2 * root)]; // √(r² + e) = r + e/2r − …, and the rest is below 2^-104 r
}

/** xy / (√xx·√yy). */
function cosinePair(
  xy: readonly number[],
  xx: readonly number[],
  yy: readonly number[],
): [number, number] | undefined {
  const [high, low] = leadingPair(xy);
  const x = rootPair(xx);
  const y = rootPair(yy);
  if (Math.abs(high) < SMALL || !x || !y) return undefined;
  const norms = x[0] * y[0];
  const normsLow = productError(x[0], y[0], norms) + (x[0] * y[1] + x[1] * y[0]);
  const quotient = high / norms;
  const product = quotient * norms;
  const residual = ((high - product) - productError(quotient, norms, product)) + low -
    quotient * normsLow;
  return Math.abs(quotient) >= SMALL ? [quotient, residual / norms] : undefined;
}

/** √(n·2^UNIT): the root to 64 more bits than its last place could need, and a bit for the rest. */
function rootOfInteger(n: bigint): number {
  const scaled = n << 128n;
  const root = integerRoot(scaled);
  return roundScaled(withSticky(root, root * root !== scaled), (UNIT - 128) / 2 - 1);
}

function cosineOfIntegers(xy: bigint, xx: bigint, yy: bigint): number {
  // cos² = xy² / (xx·yy), scaled by 2^(2k) so that its root has at least 64 bits.
  const square = xy * xy;
  const norms = xx * yy;
  const k = Math.max(0, (bitLength(norms) - bitLength(square) + 1) >> 1) + 64;
  const scaled = square << BigInt(2 * k);
  const root = integerRoot(scaled / norms); // ⌊√⌊a⌋⌋ = ⌊√a⌋
  const cosine = roundScaled(withSticky(root, root * root * norms !== scaled), -k - 1);
  return xy < 0n ? -cosine : cosine;
}

/** 2n, or 2n + 1 if something was cut off: enough to round correctly at any place above. */
function withSticky(n: bigint, inexact: boolean): bigint {
  return (n << 1n) | (inexact ? 1n : 0n);
}
