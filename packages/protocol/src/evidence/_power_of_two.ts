// Exact scaling by powers of two, so that a direction does not depend on its vector's size.

const view = new DataView(new ArrayBuffer(8));

/**
 * The power of two that brings `magnitude` into [1, 2), up to the edge of the exponent range
 * (there into [2^-52, 4)). Multiplying by it is exact; 0 gives 1.
 */
export function scaleToOne(magnitude: number): number {
  if (magnitude === 0) return 1;
  view.setFloat64(0, magnitude);
  const biased = (view.getUint32(0) >>> 20) & 0x7ff;
  // 2^e has the biased exponent e + 1023; both 2^e and 2^-e must be normal numbers.
  const exponent = Math.min(1022, Math.max(-1022, biased - 1023));
  view.setUint32(0, (1023 - exponent) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

/** Whether every value is a finite number. */
export function allFinite(values: ArrayLike<number>): boolean {
  return Number.isFinite(largestMagnitude(values));
}

/** The largest |value|; NaN if any is NaN, else Infinity if any is infinite; 0 for none. */
export function largestMagnitude(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]!);
    if (!(magnitude <= largest)) {
      if (magnitude !== magnitude) return NaN;
      largest = magnitude;
    }
  }
  return largest;
}
