// Binary floating-point formats of 16 bits: sign, exponent, fraction, as IEEE 754 lays them out.
// The number of fraction bits says it all; bfloat16 is the upper half of a float32.
import type { TypedArray } from "../dtype.ts";
import { POWER_ZERO, POWERS_OF_TWO } from "../elementary/_powers_of_two.ts";

/** Fraction bits of float16 and of bfloat16. */
export type FractionBits = 10 | 7;

const NAMES: Readonly<Record<FractionBits, string>> = { 10: "float16", 7: "bfloat16" };

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
const HIGH_WORD = new Uint32Array(Float64Array.of(1).buffer)[1] === 0 ? 0 : 1; // by byte order

/** Exponent of the largest numbers, and bias of the exponent field. */
function biasOf(fractionBits: FractionBits): number {
  return (1 << (14 - fractionBits)) - 1;
}

/** `x` as the nearest value of the format: rounded once, ties to even, beyond the range to ±∞. */
export function roundTo(fractionBits: FractionBits, x: number): number {
  if (x === 0 || Number.isNaN(x)) return x;
  const size = Math.abs(x);
  const bias = biasOf(fractionBits);
  const beyond = POWERS_OF_TWO[POWER_ZERO + bias + 1]!; // the first power of two above the format
  let rounded = Infinity;
  if (size < beyond) {
    const place = Math.max(exponentOf(size), 1 - bias) - fractionBits;
    // Doubles from 2^(52+place) on are 2^place apart, so the addition rounds to that place, once.
    const shift = POWERS_OF_TWO[POWER_ZERO + 52 + place]!;
    rounded = (size + shift) - shift;
    if (rounded === beyond) rounded = Infinity;
  }
  return x < 0 ? -rounded : rounded;
}

/** ⌊log₂ size⌋ of a normal double; −1023 of a subnormal one. */
function exponentOf(size: number): number {
  double[0] = size;
  return (words[HIGH_WORD]! >>> 20) - 1023;
}

/** Rounds every value into `target`. */
export function roundAllTo<A extends TypedArray>(
  fractionBits: FractionBits,
  values: ArrayLike<number>,
  target: A,
): A {
  if (values.length !== target.length) {
    throw new RangeError(
      `Cannot round values as the target must have their length: ${target.length} for ${values.length}`,
    );
  }
  for (let i = 0; i < values.length; i++) target[i] = roundTo(fractionBits, values[i]!);
  return target;
}

/** The 16 bits of the value nearest to `x`; one quiet NaN stands for all. */
export function toBits(fractionBits: FractionBits, x: number): number {
  const value = roundTo(fractionBits, x);
  const bias = biasOf(fractionBits);
  const infinity = (2 * bias + 1) << fractionBits;
  if (Number.isNaN(value)) return infinity | (1 << (fractionBits - 1));
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size === Infinity) return sign | infinity;
  const exponent = Math.max(exponentOf(size), 1 - bias);
  const significand = size * POWERS_OF_TWO[POWER_ZERO + fractionBits - exponent]!; // an integer
  // Of a normal number the leading 1 of the significand adds one to the exponent field.
  return sign | (((exponent + bias - 1) << fractionBits) + significand);
}

/** The value that 16 bits stand for. */
export function fromBits(fractionBits: FractionBits, bits: number): number {
  if (!(bits >= 0 && bits <= 0xffff && Number.isInteger(bits))) {
    throw new RangeError(
      `Cannot read ${NAMES[fractionBits]} as its bits must be an integer from 0 to 65535: ${bits}`,
    );
  }
  const bias = biasOf(fractionBits);
  const sign = bits & 0x8000 ? -1 : 1;
  const field = (bits & 0x7fff) >> fractionBits;
  const fraction = bits & ((1 << fractionBits) - 1);
  if (field === 2 * bias + 1) return fraction === 0 ? sign * Infinity : NaN;
  const significand = field === 0 ? fraction : fraction + (1 << fractionBits);
  const exponent = Math.max(field, 1) - bias - fractionBits;
  return sign * significand * POWERS_OF_TWO[POWER_ZERO + exponent]!;
}
