// float16, the half precision of IEEE 754 (binary16), emulated on float64.
import { fromBits, roundAllTo, roundTo, toBits } from "./_format.ts";
import type { TypedArray } from "../dtype.ts";

const FRACTION_BITS = 10;

/**
 * The float16 nearest to `x`, as a number: 11 significant bits, largest value 65504, smallest
 * 2^-24 ≈ 6e-8 (IEEE 754-2019, binary16).
 *
 * Rounded once, to nearest, ties to even, from the float64 itself. Through float32 it would be
 * rounded twice, which makes ties of what is none: PyTorch 1.13 casts float64 so. From 65520 on the
 * result is ±Infinity; below 2^-14 values are multiples of 2^-24 (subnormals, never flushed), and
 * −0, ±Infinity and NaN stay what they are.
 *
 * @example
 * ```ts
 * import { roundToFloat16 } from "@fa/tensor";
 *
 * if (roundToFloat16(0.1) !== 0.0999755859375) throw new Error("eleven bits");
 * if (roundToFloat16(65520) !== Infinity) throw new Error("beyond 65504");
 * if (roundToFloat16(1e-9) !== 0) throw new Error("where gradients vanish");
 * ```
 */
export function roundToFloat16(x: number): number {
  return roundTo(FRACTION_BITS, x);
}

/**
 * Rounds every value as {@link roundToFloat16} does.
 *
 * @param values numbers; where they were computed in float64, round them from there.
 * `target` takes the results, in float64 or float32, which hold every float16 exactly; it may
 * be `values` itself. Default: a new Float32Array.
 *
 * @returns `target`.
 * @throws {RangeError} if the lengths differ.
 *
 * @example
 * ```ts
 * import { roundAllToFloat16 } from "@fa/tensor";
 *
 * const gradients = Float64Array.of(1e-3, 1e-9);
 * roundAllToFloat16(gradients, gradients); // in place
 * if (gradients[0] !== 1049 / 2 ** 20 || gradients[1] !== 0) throw new Error("wrong");
 * ```
 */
export function roundAllToFloat16(values: ArrayLike<number>): Float32Array;
export function roundAllToFloat16<A extends TypedArray>(values: ArrayLike<number>, target: A): A;
export function roundAllToFloat16(
  values: ArrayLike<number>,
  target: TypedArray = new Float32Array(values.length),
): TypedArray {
  return roundAllTo(FRACTION_BITS, values, target);
}

/**
 * The 16 bits of the float16 nearest to `x`, as an integer: 1 sign, 5 exponent and 10 fraction
 * bits. Every NaN gives 0x7e00.
 *
 * @example
 * ```ts
 * import { float16ToBits } from "@fa/tensor";
 *
 * if (float16ToBits(-2) !== 0xc000) throw new Error("sign and exponent");
 * if (float16ToBits(2 ** -24) !== 1) throw new Error("the smallest subnormal");
 * ```
 */
export function float16ToBits(x: number): number {
  return toBits(FRACTION_BITS, x);
}

/**
 * The value of 16 bits that hold a float16; the inverse of {@link float16ToBits} but for the many
 * bit patterns of NaN.
 *
 * @throws {RangeError} if `bits` is no integer from 0 to 65535.
 *
 * @example
 * ```ts
 * import { float16FromBits } from "@fa/tensor";
 *
 * if (float16FromBits(0x7bff) !== 65504) throw new Error("the largest number");
 * ```
 */
export function float16FromBits(bits: number): number {
  return fromBits(FRACTION_BITS, bits);
}

/**
 * The bits of all values, each rounded once as {@link roundToFloat16} does.
 *
 * @example
 * ```ts
 * import { decodeFloat16, encodeFloat16 } from "@fa/tensor";
 *
 * const bits = encodeFloat16([1, -2, 0.1]); // Uint16Array
 * if (decodeFloat16(bits).join() !== "1,-2,0.0999755859375") throw new Error("wrong");
 * ```
 */
export function encodeFloat16(values: ArrayLike<number>): Uint16Array {
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = toBits(FRACTION_BITS, values[i]!);
  return bits;
}

/**
 * The values of all bits, exactly: float32 holds every float16.
 *
 * @throws {RangeError} if an element is no integer from 0 to 65535.
 *
 * @example
 * ```ts
 * import { decodeFloat16 } from "@fa/tensor";
 *
 * const values = decodeFloat16([0x3c00, 0x0001, 0xfc00]);
 * if (values.join() !== `1,${2 ** -24},-Infinity`) throw new Error("wrong");
 * ```
 */
export function decodeFloat16(bits: ArrayLike<number>): Float32Array {
  const values = new Float32Array(bits.length);
  for (let i = 0; i < values.length; i++) values[i] = fromBits(FRACTION_BITS, bits[i]!);
  return values;
}
