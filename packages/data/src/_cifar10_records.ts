// Reads the records of one CIFAR-10 binary file, trusting nothing.

import { imageSize } from "./_crop_flip.ts";

/** Bytes per record: one label, then the R, G and B planes. */
export const recordSize: number = 1 + imageSize;

/**
 * Checks a whole file and copies its first `take` records to images and labels, beginning at image
 * number `first`.
 */
export function readRecords(
  file: { readonly name: string; readonly bytes: Uint8Array; readonly records: number },
  take: number,
  images: Uint8Array,
  labels: Uint8Array,
  first: number,
): void {
  const { name, bytes, records } = file;
  const expected = records * recordSize;
  if (bytes.length !== expected) {
    const whole = Math.min(Math.floor(bytes.length / recordSize), records);
    throw new RangeError(
      `Cannot read ${name} as CIFAR-10 as it must have exactly ${expected} bytes ` +
        `(${records} records of ${recordSize}): found ${bytes.length}, ` +
        `the last whole record ends at byte ${whole * recordSize} (${whole} records)`,
    );
  }
  for (let record = 0; record < records; record++) {
    const at = record * recordSize;
    const label = bytes[at]!;
    if (label > 9) {
      throw new RangeError(
        `Cannot read ${name} as CIFAR-10 as every label must be 0 to 9: ` +
          `record ${record} (from 0) at byte offset ${at} has label ${label}`,
      );
    }
    if (record >= take) continue;
    labels[first + record] = label;
    images.set(bytes.subarray(at + 1, at + recordSize), (first + record) * imageSize);
  }
}
