// The byte order of this machine. Files are little-endian.

/** Whether typed arrays of this machine have the byte order of the format. */
export const _littleEndian: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Reverses the bytes of every element of `width` bytes, in place. */
export function _swapBytes(bytes: Uint8Array, width: number): void {
  for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
}
