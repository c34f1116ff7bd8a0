// What every 16-bit format must do, tried on all 65536 patterns and on everything between them.
// Oracle: the closed form of IEEE 754, (−1)^s · 2^(E−bias) · (1 + F/2^p), and the definition of
// rounding: below the midpoint of two neighbours to the lower, above to the upper, on it to the one
// with an even pattern. Beyond the largest number stands ∞, which counts as the next power of two.
import * as assert from "uvu/assert";
import { neighbour } from "../exact/_test_oracle.ts";

/** The functions of a format under test. */
export interface Half {
  round(x: number): number;
  roundAll(values: ArrayLike<number>, target?: Float64Array): ArrayLike<number>;
  toBits(x: number): number;
  fromBits(bits: number): number;
  encode(values: ArrayLike<number>): Uint16Array;
  decode(bits: ArrayLike<number>): Float32Array;
}

/** Bits of a format's fields. */
export interface Layout {
  readonly exponent: number;
  readonly fraction: number;
}

/** The closed form. */
function valueOf(bits: number, { exponent, fraction }: Layout): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const field = Math.floor(bits % 0x8000 / 2 ** fraction);
  const f = bits % 2 ** fraction / 2 ** fraction;
  const bias = 2 ** (exponent - 1) - 1;
  if (field === 2 ** exponent - 1) return f === 0 ? sign * Infinity : NaN;
  return field === 0 ? sign * f * 2 ** (1 - bias) : sign * (1 + f) * 2 ** (field - bias);
}

const PATTERNS = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);

/** Every pattern stands for its closed form, and comes back. */
export function checkPatterns(half: Half, layout: Layout): void {
  const decoded = half.decode(PATTERNS);
  const encoded = half.encode(decoded);
  for (const bits of PATTERNS) {
    const expected = valueOf(bits, layout);
    for (const found of [half.fromBits(bits), decoded[bits]!, half.round(expected)]) {
      if (!Object.is(found, expected)) assert.unreachable(`${bits}: ${found} is not ${expected}`);
    }
    const back = Number.isNaN(expected) ? half.toBits(NaN) : bits;
    if (half.toBits(expected) !== back || encoded[bits] !== back) {
      assert.unreachable(`${expected} gives ${half.toBits(expected)}, not ${back}`);
    }
  }
}

/** Midpoints and the doubles beside them round as IEEE says, in both signs and as arrays. */
export function checkMidpoints(half: Half, layout: Layout): void {
  const infinity = 2 ** 15 - 2 ** layout.fraction;
  const inputs: number[] = [];
  const expected: number[] = [];
  for (let lower = 0; lower < infinity; lower++) {
    const upper = lower + 1;
    const top = upper === infinity ? 2 ** (2 ** (layout.exponent - 1)) : valueOf(upper, layout);
    const midpoint = (valueOf(lower, layout) + top) / 2; // exact in float64
    const even = lower % 2 === 0 ? lower : upper;
    inputs.push(neighbour(midpoint, -1), midpoint, neighbour(midpoint, 1));
    expected.push(lower, even, upper);
  }
  const negative = inputs.map((x) => -x);
  const rounded = half.roundAll(inputs, new Float64Array(inputs.length));
  const encoded = half.encode(negative);
  inputs.forEach((x, i) => {
    const value = valueOf(expected[i]!, layout);
    if (
      half.round(x) !== value || rounded[i] !== value || !Object.is(half.round(-x), -value) ||
      encoded[i] !== expected[i]! + 0x8000
    ) assert.unreachable(`${x} gives ${half.round(x)}, not ${value}`);
  });
  for (const x of [1e39, 1e300, Number.MAX_VALUE, Infinity]) {
    assert.is(half.round(x), Infinity);
    assert.is(half.round(-x), -Infinity);
  }
  for (const x of [5e-324, 2 ** -1022, 1e-300, 2 ** -135]) {
    assert.ok(Object.is(half.round(x), 0) && Object.is(half.round(-x), -0));
  }
}

/** Arrays may be rounded in place, and what is wrong is refused. */
export function checkContract(half: Half, name: string): void {
  const values = Float64Array.of(1 / 3, -0, NaN, 1e300);
  const fresh = half.roundAll(values);
  assert.ok(fresh instanceof Float32Array);
  assert.is(half.roundAll(values, values), values);
  values.forEach((value, i) => assert.ok(Object.is(value, fresh[i])));
  assert.is(values[0], half.round(1 / 3));
  assert.throws(
    () => half.roundAll([1, 2], new Float64Array(1)),
    (e: Error) => e instanceof RangeError && /must have their length: 1 for 2$/.test(e.message),
  );
  for (const bits of [-1, 65536, 0.5, NaN]) {
    const message = `Cannot read ${name} as its bits must be an integer from 0 to 65535: ${bits}`;
    const refused = (e: Error) => e instanceof RangeError && e.message === message;
    assert.throws(() => half.fromBits(bits), refused);
    assert.throws(() => half.decode([0, bits]), refused);
  }
}
