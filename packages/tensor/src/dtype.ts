// Element types of a tensor and the typed arrays that hold them.

/** A typed array that can hold tensor values. */
export type TypedArray = Float32Array | Float64Array;

/**
 * Element type of a tensor.
 *
 * `"float64"` is double in every op, without single-precision shortcuts: + − × ÷ √ are correctly
 * rounded, `exp`, `log`, `erf`, `tanh` and `gelu` are within 0.75 ulp, GELU in its negative tail too.
 * Cross-entropy is exact to about 1e-16 absolute; its gradient keeps its relative accuracy.
 * `"float32"`: `+ − × ÷ √` are IEEE single arithmetic exactly, `exp`, `log`, `erf` and `tanh` are
 * correctly rounded. Sums, normalisations, GELU, softmax and cross-entropy compute in double and
 * round once when a result is stored. Matrix products and AdamW's update compute in single on the
 * `wasm` backend, in double on `js`.
 */
export type DType = "float32" | "float64";

/** Bytes of one element. */
export function bytesPerElement(dtype: DType): 4 | 8 {
  return dtype === "float32" ? 4 : 8;
}

/** A new zero-filled array of `size` elements. */
export function newArray(dtype: DType, size: number): TypedArray {
  return dtype === "float32" ? new Float32Array(size) : new Float64Array(size);
}

/** The dtype that a typed array holds. */
export function dtypeOf(array: TypedArray): DType {
  return array instanceof Float32Array ? "float32" : "float64";
}
