// New tensors on a backend: the one door to memory.
import type { Backend } from "../backend.ts";
import { defaultBackend } from "./default_backend.ts";
import { type DType, dtypeOf, newArray, type TypedArray } from "../dtype.ts";
import { allocate } from "../memory/_arena.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";

/** Where and in which precision a new tensor is made. */
export interface CreateOptions {
  /** Element type. Default `"float32"`. */
  readonly dtype?: DType;
  /** Where it lives. Default: see {@link setDefaultBackend}. */
  readonly backend?: Backend;
}

/** An uninitialised tensor. */
export function allocateTensor(
  shape: Shape,
  { dtype = "float32", backend = defaultBackend() }: CreateOptions,
): Tensor {
  backend.checkDType(dtype);
  return new Tensor(allocate(backend, dtype, sizeOf(shape)), shape);
}

/** A tensor with the given values, which are rounded once to its dtype. */
export function fromValues(
  values: ArrayLike<number>,
  shape: Shape,
  options: CreateOptions,
): Tensor {
  const out = allocateTensor(shape, options);
  let array: TypedArray;
  const sameType = (values instanceof Float32Array || values instanceof Float64Array) &&
    dtypeOf(values) === out.dtype;
  if (sameType) array = values as TypedArray;
  else {
    array = newArray(out.dtype, values.length);
    array.set(values);
  }
  out.backend.write(out.storage, array);
  return out;
}
