// Random crop with zero padding and horizontal flip, applied while normalising an image.

import type { Rng, TypedArray } from "@fa/tensor";

/** Height and width of a CIFAR image. */
export const side = 32;
/** Pixels per channel. */
export const plane: number = side * side;
/** Bytes per image: three planes. */
export const imageSize: number = 3 * plane;
/** Black pixels added on each side before the crop. */
export const padding = 4;

/** Where to crop the padded image, and whether to mirror the crop. */
export interface CropFlip {
  /** Row of the 40×40 padded image at which the crop begins, 0..8. */
  readonly top: number;
  /** Column likewise. */
  readonly left: number;
  readonly flip: boolean;
}

/** Draws row, column, flip, in this order (that of torchvision's RandomCrop, RandomHorizontalFlip). */
export function drawCropFlip(rng: Rng): CropFlip {
  const top = rng.integer(2 * padding + 1);
  const left = rng.integer(2 * padding + 1);
  return { top, left, flip: rng.integer(2) === 1 };
}

/**
 * Writes the normalised crop of one image to `out[at …]`.
 *
 * Output (y, x) of a channel shows input (y + top − 4, x' + left − 4), x' = 31 − x if flipped, else
 * x; outside the image it shows a black pixel, value 0 *before* normalisation, as torchvision pads
 * the uint8 image.
 */
export function cropFlip(
  image: Uint8Array, // all images
  from: number, // where this one begins
  { top, left, flip }: CropFlip,
  table: TypedArray, // [3, 256] normalised value of each pixel value
  out: TypedArray,
  at: number,
): void {
  const dx = left - padding;
  const first = Math.max(0, -dx); // crop columns first..end−1 lie inside the image
  const end = Math.min(side, side - dx);
  const step = flip ? -1 : 1;
  for (let channel = 0; channel < 3; channel++) {
    const values = 256 * channel;
    const black = table[values]!;
    for (let y = 0; y < side; y++) {
      const row = at + channel * plane + y * side;
      const inputRow = y + top - padding;
      if (inputRow < 0 || inputRow >= side) {
        out.fill(black, row, row + side);
        continue;
      }
      let write = flip ? row + side - 1 : row; // where crop column 0 goes
      let read = from + channel * plane + inputRow * side + dx + first;
      for (let x = 0; x < first; x++, write += step) out[write] = black;
      for (let x = first; x < end; x++, write += step) out[write] = table[values + image[read++]!]!;
      for (let x = end; x < side; x++, write += step) out[write] = black;
    }
  }
}

/** Writes the normalised image as it is, without crop or flip. */
export function normalizeInto(
  image: Uint8Array,
  from: number,
  table: TypedArray,
  out: TypedArray,
  at: number,
): void {
  for (let channel = 0; channel < 3; channel++) {
    const values = 256 * channel;
    const end = (channel + 1) * plane;
    for (let p = channel * plane; p < end; p++) out[at + p] = table[values + image[from + p]!]!;
  }
}
