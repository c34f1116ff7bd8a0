// Tensors from numbers.
import { dtypeOf } from "../dtype.ts";
import { checkShape, formatShape, type Shape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type CreateOptions, fromValues } from "./_allocate.ts";

/** Numbers in nested arrays of equal length. */
export type NestedNumbers = number | readonly NestedNumbers[];

/** Options of {@link tensor}. */
export interface TensorOptions extends CreateOptions {
  /** Lengths of the axes. Default: those of the nested arrays, or `[length]` of a flat one. */
  readonly shape?: Shape;
}

/**
 * A tensor from numbers: nested arrays, a flat array, or a typed array (copied). The dtype is that
 * of a `Float32Array` or `Float64Array`, else `"float32"`, unless it is named.
 *
 * @throws {RangeError} if nested arrays are ragged, or the shape does not fit the number of values.
 *
 * @example
 * ```ts
 * import { tensor } from "@fa/tensor";
 *
 * if (tensor([[1, 2, 3], [4, 5, 6]]).shape.join() !== "2,3") throw new Error("wrong shape");
 * const f64 = tensor(new Float64Array(6), { shape: [3, 2] });
 * if (f64.dtype !== "float64") throw new Error("wrong dtype");
 * ```
 */
export function tensor(
  values: NestedNumbers | ArrayLike<number>,
  { shape, dtype, backend }: TensorOptions = {},
): Tensor {
  let flat: ArrayLike<number>;
  let natural: Shape;
  if (typeof values === "number") {
    flat = [values];
    natural = [];
  } else if (Array.isArray(values)) {
    natural = nestedShape(values);
    flat = values.flat(Infinity) as number[];
    if (flat.length !== sizeOf(natural)) {
      throw new RangeError(
        `Cannot make a tensor from nested arrays of unequal length: ${flat.length} values for ${
          formatShape(natural)
        }`,
      );
    }
  } else {
    flat = values as ArrayLike<number>;
    natural = [flat.length];
  }
  const wanted = shape ? [...shape] : natural;
  checkShape(wanted, "make a tensor");
  if (sizeOf(wanted) !== flat.length) {
    throw new RangeError(
      `Cannot make a tensor ${formatShape(wanted)} from ${flat.length} values as it has ${
        sizeOf(wanted)
      }`,
    );
  }
  const isTyped = flat instanceof Float32Array || flat instanceof Float64Array;
  return fromValues(flat, wanted, {
    dtype: dtype ?? (isTyped ? dtypeOf(flat as Float32Array) : "float32"),
    ...(backend ? { backend } : {}),
  });
}

function nestedShape(values: readonly unknown[]): number[] {
  const shape: number[] = [];
  for (let level: unknown = values; Array.isArray(level); level = level[0]) {
    shape.push(level.length);
  }
  return shape;
}
