// Rounding many float32 in place to a format of 16 bits, on their bits.
import type { FractionBits } from "./_format.ts";

const SIGN = 0x80000000;
const INFINITY = 0x7f800000;

/**
 * Rounds every value as `roundTo` does: once, to nearest, ties to even. Fast, as it takes no number
 * apart: adding half a unit of the last place that stays carries into the exponent by itself.
 */
export function roundSingles(fractionBits: FractionBits, values: Float32Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  if (fractionBits === 7) roundUpperHalves(bits);
  else roundToBinary16(values, bits);
}

/** bfloat16: 16 bits are dropped; the exponents are those of float32, subnormals and ∞ included. */
function roundUpperHalves(bits: Uint32Array): void {
  for (let i = 0; i < bits.length; i++) {
    const b = bits[i]!;
    if ((b & 0xffff) === 0 || (b & 0x7fffffff) > INFINITY) continue; // NaN stays NaN
    bits[i] = (b + 0x7fff + ((b >>> 16) & 1)) & 0xffff0000;
  }
}

/** float16: 13 bits are dropped from 2^-14 up to 65520; below, values are multiples of 2^-24. */
function roundToBinary16(values: Float32Array, bits: Uint32Array): void {
  const normal = 0x38800000; // 2^-14
  const beyond = 0x477ff000; // 65520, halfway from 65504 to 65536
  for (let i = 0; i < bits.length; i++) {
    const b = bits[i]!;
    const size = b & 0x7fffffff;
    if (size < normal) {
      if (size === 0) continue;
      // Doubles from 2^28 on are 2^-24 apart, so the addition rounds to that place, once.
      values[i] = (Math.abs(values[i]!) + 2 ** 28) - 2 ** 28;
      bits[i] = bits[i]! | (b & SIGN);
    } else if (size < beyond) {
      bits[i] = (b & SIGN) | ((size + 0xfff + ((size >>> 13) & 1)) & 0x7fffe000);
    } else if (size <= INFINITY) {
      bits[i] = (b & SIGN) | INFINITY;
    }
  }
}
