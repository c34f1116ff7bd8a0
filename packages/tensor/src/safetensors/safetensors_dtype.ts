// The element types of the safetensors format and their sizes.

/**
 * Element type of a tensor in a safetensors file, as the format spells it: `BOOL` is a byte that is
 * 0 or 1, `F16` is IEEE half precision, `BF16` the upper half of an `F32`; all are little-endian.
 * The 8-bit and smaller floating-point types and complex numbers of the format are not read.
 */
export type SafetensorsDType =
  | "BOOL"
  | "U8"
  | "I8"
  | "I16"
  | "U16"
  | "F16"
  | "BF16"
  | "I32"
  | "U32"
  | "F32"
  | "F64"
  | "I64"
  | "U64";

/**
 * Bytes of one element of each type, in the order in which the format's reference writer ranks the
 * types: it lays data out from the last to the first, so that all of it is aligned.
 */
const widths: ReadonlyMap<SafetensorsDType, number> = new Map([
  ["BOOL", 1],
  ["U8", 1],
  ["I8", 1],
  ["I16", 2],
  ["U16", 2],
  ["F16", 2],
  ["BF16", 2],
  ["I32", 4],
  ["U32", 4],
  ["F32", 4],
  ["F64", 8],
  ["I64", 8],
  ["U64", 8],
]);

/** All types, in the order of the reference writer. */
export const _dtypes: readonly SafetensorsDType[] = [...widths.keys()];

/** Whether a name is that of a type. */
export function _isDType(name: string): name is SafetensorsDType {
  return widths.has(name as SafetensorsDType);
}

/** Bytes of one element. */
export function _widthOf(dtype: SafetensorsDType): number {
  return widths.get(dtype)!;
}

/** Bytes of a tensor, or `undefined` if they, or those of its first axes, are 2^53 or more. */
export function _byteLength(
  dtype: SafetensorsDType,
  shape: readonly number[],
): number | undefined {
  let bytes = _widthOf(dtype);
  for (const n of shape) {
    bytes *= n; // a product of 2^53 or more may be rounded, but never to below it
    if (!Number.isSafeInteger(bytes)) return undefined;
  }
  return bytes;
}
