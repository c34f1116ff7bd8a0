// A tensor of any type of the format, as bytes.

import type { SafetensorsDType } from "./safetensors_dtype.ts";

/** A tensor as it stands in a safetensors file, for types that a `Tensor` does not have. */
export interface RawTensor {
  /** Type of the elements. */
  readonly dtype: SafetensorsDType;
  /** Lengths of the axes, outermost first. */
  readonly shape: readonly number[];
  /** The elements, little-endian, row-major. */
  readonly bytes: Uint8Array;
}
