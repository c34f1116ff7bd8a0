/**
 * The oracle of the elementary functions of `@fa/tensor`: mathjs BigNumber with 80 digits, and
 * errors in ulp. It is here as mathjs belongs to the repository, not to the package.
 */
import { all, type BigNumber, create, type MathJsInstance } from "mathjs";

export type { BigNumber };

export const math: MathJsInstance = create(all!, { number: "BigNumber", precision: 80 });

const two = math.bignumber(2);

/**
 * The value of a double to 80 digits (its decimal text would be a rounded one).
 *
 * @throws {RangeError} if `x` is not finite.
 */
export function big(x: number): BigNumber {
  if (!Number.isFinite(x)) throw new RangeError(`Cannot convert as x must be finite: ${x}`);
  let integer = x;
  let twos = 0;
  while (!Number.isInteger(integer)) {
    integer *= 2; // exact
    twos++;
  }
  const scaled = math.bignumber(BigInt(integer).toString());
  return twos === 0 ? scaled : scaled.div(two.pow(twos));
}

/**
 * |got - want| in units of the last place of `want`: 2^(e - 52) for 2^e ≤ |want| < 2^(e + 1), want
 * being the exact value and not a double near it, and 2^-1074 below 2^-1022.
 */
export function ulps(got: number, want: BigNumber): number {
  if (!Number.isFinite(got)) return Infinity;
  const size = Math.min(Math.abs(Number(want.toString())), Number.MAX_VALUE);
  let ulp = Number.MIN_VALUE;
  if (size >= 2 ** -1022) {
    let power = 1; // the power of two at or below size
    while (power > size) power /= 2;
    while (power <= size / 2) power *= 2;
    if (want.abs().lt(big(power))) power /= 2; // size was rounded up to it
    ulp = Math.max(power * 2 ** -52, ulp);
  }
  return Number(big(got).sub(want).abs().div(big(ulp)).toString());
}

/** The float32 nearest to `want`, which must not be halfway between two. */
export function nearestSingle(want: BigNumber): number {
  const near = Math.fround(Number(want.toString())); // rounded twice, so perhaps a neighbour of it
  let best = near;
  let distance: BigNumber | undefined;
  for (const single of [near, singleAfter(near, -1), singleAfter(near, 1)]) {
    // beyond the greatest float32, what rounds to infinity is nearest to 2^128
    const value = Number.isFinite(single) ? big(single) : two.pow(128).times(Math.sign(single));
    const away = value.sub(want).abs();
    if (distance === undefined || away.lt(distance)) [best, distance] = [single, away];
  }
  return best;
}

/** The float32 next to `x`: away from 0 if `step` is 1, towards 0 if it is -1; no further than that. */
function singleAfter(x: number, step: 1 | -1): number {
  const single = new Float32Array([x]);
  const bits = new Int32Array(single.buffer);
  const end = step < 0 ? 0 : Infinity;
  if (Math.abs(x) !== end) bits[0]! += step;
  return single[0]!;
}

/** 2/√π. */
const erfSlope = two.div((math.acos(math.bignumber(-1)) as BigNumber).sqrt());

/**
 * erf by its alternating series 2/√π Σ (-1)^n x^(2n+1) / (n! (2n+1)) (DLMF 7.6.1), in 80 digits: it
 * loses 16 at |x| = 6, its largest term being below 10^15. The table of the function was computed
 * with another series (7.6.2).
 */
export function erf(x: BigNumber): BigNumber {
  const square = x.times(x);
  let term = x;
  let sum = x;
  for (let n = 1; term.abs().gt(sum.abs().times("1e-45")); n++) {
    term = term.times(square).div(-n);
    sum = sum.plus(term.div(2 * n + 1));
  }
  return sum.times(erfSlope);
}

/** `count` numbers over [low, high], at golden-ratio steps: spread evenly, on no grid. */
export function spread(low: number, high: number, count: number): number[] {
  return Array.from(
    { length: count },
    (_, i) => low + (high - low) * ((i * 0.6180339887498949) % 1),
  );
}

/** ±m 2^e over exponents of two from `low` to `high`, at most 1024. */
export function magnitudes(low: number, high: number, count: number): number[] {
  return spread(low, high, count).map((x, i) => {
    const e = Math.floor(x);
    const half = e >> 1;
    return (i % 2 === 0 ? 1 : -1) * (1 + x - e) * 2 ** half * 2 ** (e - half);
  });
}

/** m 2^e and -m 2^e with one m from 1 to 2 for every exponent of two e from `low` below `high`. */
export function everyBinade(low: number, high: number): number[] {
  return Array.from({ length: high - low }, (_, i) => {
    const e = low + i;
    const x = (1 + (i * 0.6180339887498949) % 1) * 2 ** (e >> 1) * 2 ** (e - (e >> 1));
    return [x, -x];
  }).flat();
}

/** Throws where f is off by more than `limit` ulp. */
export function assertUlps(
  f: (x: number) => number,
  want: (x: BigNumber) => BigNumber,
  points: readonly number[],
  limit: number,
): void {
  for (const x of points) {
    const error = ulps(f(x), want(big(x)));
    if (!(error <= limit)) throw new Error(`f(${x}) = ${f(x)} is off by ${error} ulp`);
  }
}

/** Throws where the bits of f(x) are not those expected (so -0 is not 0). */
export function assertExact(f: (x: number) => number, cases: readonly [number, number][]): void {
  for (const [x, want] of cases) {
    if (!Object.is(f(x), want)) throw new Error(`f(${x}) = ${f(x)}, expected ${want}`);
  }
}
