// Where the values of one tensor of the wasm backend are.
import type { DType, TypedArray } from "../../dtype.ts";

/**
 * Values either in linear memory, where kernels reach them (`pointer`), or in an ordinary array that
 * the garbage collector owns (`array`), which kernels reach by a copy.
 */
export interface WasmStorage {
  readonly dtype: DType;
  readonly size: number;
  /** Byte offset in linear memory; 0 if the values are in `array`. */
  pointer: number;
  array: TypedArray | null;
}
