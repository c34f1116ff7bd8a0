// Bytes of a file as numbers of a tensor: every value exactly, or an error.

import { type DType, dtypeOf, type TypedArray } from "../dtype.ts";
import { _littleEndian, _swapBytes } from "./_endian.ts";
import { _widthOf, type SafetensorsDType } from "./safetensors_dtype.ts";
import { SafetensorsError } from "./safetensors_error.ts";

/**
 * The values of `bytes`, in `target` or else in the smaller dtype that holds all values of their type;
 * float64 for 64-bit integers, which it holds up to ±2^53. Bits of F32 and F64 are kept as they are.
 *
 * @param bytes memory that may be changed and kept.
 * @param what the tensor and its file, for messages.
 * @throws {SafetensorsError} if a value is not a number of the target, or a BOOL is not 0 or 1.
 * @throws {TypeError} if the target is another dtype.
 */
export function _decode(
  bytes: Uint8Array,
  dtype: SafetensorsDType,
  target: DType | undefined,
  what: string,
): TypedArray {
  const values = widen(bytes, dtype, what);
  const natural = dtypeOf(values);
  if (target === undefined || target === natural) return values;
  if (target === "float64") return new Float64Array(values);
  if (target === "float32") return narrow(values, what);
  throw new TypeError(`Cannot read ${what} as the dtype must be float32 or float64: ${target}`);
}

function widen(bytes: Uint8Array, dtype: SafetensorsDType, what: string): TypedArray {
  const buffer = elementsOf(bytes, _widthOf(dtype));
  switch (dtype) {
    case "F32":
      return new Float32Array(buffer);
    case "F64":
      return new Float64Array(buffer);
    case "F16":
      return fromBits(new Uint16Array(buffer), halfToSingle);
    case "BF16":
      return fromBits(new Uint16Array(buffer), (bits) => bits << 16);
    case "U8":
      return new Float32Array(new Uint8Array(buffer));
    case "I8":
      return new Float32Array(new Int8Array(buffer));
    case "U16":
      return new Float32Array(new Uint16Array(buffer));
    case "I16":
      return new Float32Array(new Int16Array(buffer));
    case "U32":
      return new Float64Array(new Uint32Array(buffer));
    case "I32":
      return new Float64Array(new Int32Array(buffer));
    case "U64":
      return fromIntegers(new BigUint64Array(buffer), what);
    case "I64":
      return fromIntegers(new BigInt64Array(buffer), what);
    case "BOOL":
      return fromTruth(new Uint8Array(buffer), what);
  }
}

/** Memory that holds these elements alone, in the byte order of this machine. */
function elementsOf(bytes: Uint8Array, width: number): ArrayBuffer {
  const { buffer } = bytes;
  const whole = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length;
  const own = whole ? buffer : new Uint8Array(bytes).buffer;
  if (!_littleEndian) _swapBytes(new Uint8Array(own), width);
  return own;
}

function fromTruth(elements: Uint8Array, what: string): Float32Array {
  const wrong = elements.findIndex((byte) => byte > 1);
  if (wrong >= 0) {
    throw new SafetensorsError(
      `Cannot read ${what} as a BOOL must be 0 or 1: element ${wrong} is ${elements[wrong]}`,
    );
  }
  return new Float32Array(elements);
}

function fromIntegers(elements: BigInt64Array | BigUint64Array, what: string): Float64Array {
  const values = new Float64Array(elements.length);
  for (let i = 0; i < values.length; i++) {
    const value = Number(elements[i]!);
    if (BigInt(value) !== elements[i]) refuse(what, "float64", elements[i]!, i);
    values[i] = value;
  }
  return values;
}

/** The float32 values of the bits that `toSingle` gives, so that also those of a NaN are kept. */
function fromBits(
  elements: ArrayLike<number>,
  toSingle: (bits: number) => number,
): TypedArray {
  const singles = new Uint32Array(elements.length);
  for (let i = 0; i < singles.length; i++) singles[i] = toSingle(elements[i]!);
  return new Float32Array(singles.buffer);
}

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** Bits of binary32 of the same value as these of binary16: 1 sign, 5 exponent, 10 fraction. */
function halfToSingle(bits: number): number {
  const sign = (bits & 0x8000) << 16;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13); // ∞, NaN
  if (exponent > 0) return sign | ((exponent + 127 - 15) << 23) | (fraction << 13);
  scratch[0] = fraction * 2 ** -24; // zero and subnormals
  return sign | scratchBits[0]!;
}

function narrow(values: TypedArray, what: string): Float32Array {
  const singles = new Float32Array(values);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (singles[i] !== value && value === value) refuse(what, "float32", value, i);
  }
  return singles;
}

function refuse(what: string, target: DType, value: number | bigint, index: number): never {
  throw new SafetensorsError(
    `Cannot read ${what} in ${target} as it must hold every value: element ${index} is ${value}`,
  );
}
