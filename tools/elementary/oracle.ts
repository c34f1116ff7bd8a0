/**
 * The oracle of the elementary functions of `@fa/tensor`: mathjs BigNumber with 80 digits, and
 * errors in ulp. It is here as mathjs belongs to the repository, not to the package.
 */
import { all, type BigNumber, create, type MathJsInstance } from "mathjs";

export type { BigNumber };

export const math: MathJsInstance = create(all!, { number: "BigNumber", precision: 80 });

const two = math.bignumber(2);

/** The value of a double to 80 digits (its decimal text would be a rounded one). */
export function big(x: number): BigNumber {
  let integer = x;
  let twos = 0;
  while (!Number.isInteger(integer)) {
    integer *= 2; // exact
    twos++;
  }
  const scaled = math.bignumber(BigInt(integer).toString());
  return twos === 0 ? scaled : scaled.div(two.pow(twos));
}

/** |got - want| in units of the last place of the doubles at `want`. */
export function ulps(got: number, want: BigNumber): number {
  if (!Number.isFinite(got)) return Infinity;
  const size = Math.abs(Number(want.toString()));
  let ulp = Number.MIN_VALUE;
  if (size >= 2 ** -1021) {
    let power = 1; // the power of two at or below size
    while (power > size) power /= 2;
    while (power <= size / 2) power *= 2;
    ulp = power * 2 ** -52;
  }
  return Number(big(got).sub(want).abs().div(big(ulp)).toString());
}

/** `count` numbers over [low, high], at golden-ratio steps: spread evenly, on no grid. */
export function spread(low: number, high: number, count: number): number[] {
  return Array.from(
    { length: count },
    (_, i) => low + (high - low) * ((i * 0.6180339887498949) % 1),
  );
}

/** ±m 2^e over exponents from low to high. */
export function magnitudes(low: number, high: number, count: number): number[] {
  return spread(low, high, count).map((x, i) => {
    const e = Math.floor(x);
    const half = e >> 1;
    return (i % 2 === 0 ? 1 : -1) * (1 + x - e) * 2 ** half * 2 ** (e - half);
  });
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
