// bfloat16, the upper half of a float32, emulated on float64.
import { fromBits, roundAllTo, roundTo, toBits } from "./_format.ts";
import type { TypedArray } from "../dtype.ts";

const FRACTION_BITS = 7;

/**
 * The bfloat16 nearest to `x`, as a number: 8 significant bits, and the exponents of float32, from
 * 2^-133 to about 3.39e38 (the format of Intel's "BFLOAT16 – Hardware Numerics Definition", 2018;
 * as PyTorch does and unlike that document, subnormals are kept).
 *
 * Rounded once, to nearest, ties to even, from the float64 itself. Through float32 it would be
 * rounded twice, which makes ties of what is none: PyTorch 1.13 casts float64 so. From
 * 2^128 − 2^119 on the result is ±Infinity; below 2^-126 values are multiples of 2^-133
 * (subnormals, never flushed), and −0, ±Infinity and NaN stay what they are.
 *
 * @example
 * ```ts
 * import { roundToBfloat16 } from "@fa/tensor";
 *
 * if (roundToBfloat16(0.1) !== 0.10009765625) throw new Error("eight bits");
 * if (roundToBfloat16(1e-9) === 0) throw new Error("gradients stay, where float16 has none");
 * ```
 */
export function roundToBfloat16(x: number): number {
  return roundTo(FRACTION_BITS, x);
}

/**
 * Rounds every value as {@link roundToBfloat16} does.
 *
 * @param values numbers; where they were computed in float64, round them from there.
 * `target` takes the results, in float64 or float32, which hold every bfloat16 exactly; it may
 * be `values` itself. Default: a new Float32Array.
 *
 * @returns `target`.
 * @throws {RangeError} if the lengths differ.
 *
 * @example
 * ```ts
 * import { roundAllToBfloat16 } from "@fa/tensor";
 *
 * const gradients = Float64Array.of(1.001, 1e-9);
 * roundAllToBfloat16(gradients, gradients); // in place
 * if (gradients[0] !== 1 || gradients[1] !== 137 / 2 ** 37) throw new Error("wrong");
 * ```
 */
export function roundAllToBfloat16(values: ArrayLike<number>): Float32Array;
export function roundAllToBfloat16<A extends TypedArray>(values: ArrayLike<number>, target: A): A;
export function roundAllToBfloat16(
  values: ArrayLike<number>,
  target: TypedArray = new Float32Array(values.length),
): TypedArray {
  return roundAllTo(FRACTION_BITS, values, target);
}

/**
 * The 16 bits of the bfloat16 nearest to `x`, as an integer: 1 sign, 8 exponent and 7 fraction
 * bits. Every NaN gives 0x7fc0.
 *
 * @example
 * ```ts
 * import { bfloat16ToBits } from "@fa/tensor";
 *
 * if (bfloat16ToBits(-2) !== 0xc000) throw new Error("sign and exponent");
 * if (bfloat16ToBits(2 ** -133) !== 1) throw new Error("the smallest subnormal");
 * ```
 */
export function bfloat16ToBits(x: number): number {
  return toBits(FRACTION_BITS, x);
}

/**
 * The value of 16 bits that hold a bfloat16; the inverse of {@link bfloat16ToBits} but for the many
 * bit patterns of NaN.
 *
 * @throws {RangeError} if `bits` is no integer from 0 to 65535.
 *
 * @example
 * ```ts
 * import { bfloat16FromBits } from "@fa/tensor";
 *
 * if (bfloat16FromBits(0x3f81) !== 1 + 2 ** -7) throw new Error("the next after 1");
 * ```
 */
export function bfloat16FromBits(bits: number): number {
  return fromBits(FRACTION_BITS, bits);
}

/**
 * The bits of all values, each rounded once as {@link roundToBfloat16} does.
 *
 * @example
 * ```ts
 * import { decodeBfloat16, encodeBfloat16 } from "@fa/tensor";
 *
 * const bits = encodeBfloat16([1, -2, 0.1]); // Uint16Array
 * if (decodeBfloat16(bits).join() !== "1,-2,0.10009765625") throw new Error("wrong");
 * ```
 */
export function encodeBfloat16(values: ArrayLike<number>): Uint16Array {
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = toBits(FRACTION_BITS, values[i]!);
  return bits;
}

/**
 * The values of all bits, exactly: float32 holds every bfloat16.
 *
 * @throws {RangeError} if an element is no integer from 0 to 65535.
 *
 * @example
 * ```ts
 * import { decodeBfloat16 } from "@fa/tensor";
 *
 * const values = decodeBfloat16([0x3f80, 0x0001, 0xff80]);
 * if (values.join() !== `1,${2 ** -133},-Infinity`) throw new Error("wrong");
 * ```
 */
export function decodeBfloat16(bits: ArrayLike<number>): Float32Array {
  const values = new Float32Array(bits.length);
  for (let i = 0; i < values.length; i++) values[i] = fromBits(FRACTION_BITS, bits[i]!);
  return values;
}
