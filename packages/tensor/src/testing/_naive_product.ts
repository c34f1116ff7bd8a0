// The matrix product by its definition, for tests.
import { dtypeOf, newArray, type TypedArray } from "../dtype.ts";
import type { Shape } from "../shape.ts";

/** A matrix. */
export interface Matrix {
  readonly shape: Shape;
  readonly data: TypedArray;
}

/**
 * op(a)·op(b): each element is one sum in order of k from 0, rounded after every multiplication and
 * addition: to the dtype, or (`inDouble`) to double and once at the end. With `block`, such a sum is
 * taken for every so many terms, and these are added up in order. `bias` is added to the first sum of
 * every row.
 */
export function naiveProduct(
  a: Matrix,
  b: Matrix,
  { transposeA, transposeB, inDouble, block = Infinity, bias }: {
    readonly transposeA: boolean;
    readonly transposeB: boolean;
    readonly inDouble: boolean;
    readonly block?: number;
    readonly bias?: TypedArray;
  },
): TypedArray {
  const dtype = dtypeOf(a.data);
  const round = inDouble || dtype === "float64" ? (x: number) => x : Math.fround;
  const [x, y] = [a.data, b.data];
  const [m, k] = transposeA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
  const n = b.shape[transposeB ? 0 : 1]!;
  const [rowA, stepA] = transposeA ? [1, m] : [k, 1];
  const [columnB, stepB] = transposeB ? [k, 1] : [1, n];
  const out = newArray(dtype, m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let total = bias ? bias[j]! : 0;
      for (let start = 0; start < k; start += block) {
        let sum = 0;
        for (let p = start; p < Math.min(k, start + block); p++) {
          sum = round(sum + round(x[i * rowA + p * stepA]! * y[j * columnB + p * stepB]!));
        }
        total = start === 0 && !bias ? sum : round(total + sum);
      }
      out[i * n + j] = total;
    }
  }
  return out;
}
