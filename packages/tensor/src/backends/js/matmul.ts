// The matrix product of the js backend: packed panels and a register tile of 4×4, all in double.
import type { Operand, ProductOptions } from "../../backend.ts";
import type { TypedArray } from "../../dtype.ts";
import { arrayOf } from "./_array.ts";

const TILE = 4;

// Packed operands, reused from call to call; they only grow.
let packedA = new Float64Array(0);
let packedB = new Float64Array(0);

/** out[M,N] = op(a)·op(b) + bias; an element is one sum over k = 0 … K−1 in double, rounded once. */
export function matmul(
  a: Operand,
  b: Operand,
  out: Operand,
  { transposeA, transposeB, bias }: ProductOptions,
): void {
  const [m, n] = out.shape as readonly [number, number];
  const k = transposeA ? a.shape[0]! : a.shape[1]!;
  packedA = roomFor(packedA, Math.ceil(m / TILE) * TILE * k);
  packedB = roomFor(packedB, Math.ceil(n / TILE) * TILE * k);
  if (transposeA) packColumns(arrayOf(a), packedA, m, k);
  else packRows(arrayOf(a), packedA, m, k);
  if (transposeB) packRows(arrayOf(b), packedB, n, k);
  else packColumns(arrayOf(b), packedB, n, k);
  const c = arrayOf(out);
  const added = bias && arrayOf(bias);
  const tile = new Float64Array(TILE * TILE);
  for (let j = 0; j < n; j += TILE) {
    for (let i = 0; i < m; i += TILE) {
      multiplyTile(packedA, i * k, packedB, j * k, k, tile);
      const rows = Math.min(TILE, m - i);
      const columns = Math.min(TILE, n - j);
      for (let r = 0; r < rows; r++) {
        for (let s = 0; s < columns; s++) {
          c[(i + r) * n + j + s] = tile[r * TILE + s]! + (added ? added[j + s]! : 0);
        }
      }
    }
  }
}

function roomFor(scratch: Float64Array<ArrayBuffer>, size: number): Float64Array<ArrayBuffer> {
  return scratch.length >= size ? scratch : new Float64Array(size);
}

// Panels of 4 rows: panel[p][k][r] = x[(4p + r)·K + k]; rows past the end are zero.
function packRows(x: TypedArray, panels: Float64Array, rows: number, k: number): void {
  for (let i = 0, to = 0; i < rows; i += TILE) {
    const r0 = i * k;
    const r1 = i + 1 < rows ? r0 + k : -1;
    const r2 = i + 2 < rows ? r0 + 2 * k : -1;
    const r3 = i + 3 < rows ? r0 + 3 * k : -1;
    for (let p = 0; p < k; p++, to += TILE) {
      panels[to] = x[r0 + p]!;
      panels[to + 1] = r1 < 0 ? 0 : x[r1 + p]!;
      panels[to + 2] = r2 < 0 ? 0 : x[r2 + p]!;
      panels[to + 3] = r3 < 0 ? 0 : x[r3 + p]!;
    }
  }
}

// The same for a transposed operand [K, columns]: panel[p][k][r] = x[k·columns + 4p + r].
function packColumns(x: TypedArray, panels: Float64Array, columns: number, k: number): void {
  for (let j = 0; j < columns; j += TILE) {
    const width = Math.min(TILE, columns - j);
    let to = j * k;
    for (let p = 0; p < k; p++, to += TILE) {
      const from = p * columns + j;
      for (let r = 0; r < TILE; r++) panels[to + r] = r < width ? x[from + r]! : 0;
    }
  }
}

function multiplyTile(
  a: Float64Array,
  ia: number,
  b: Float64Array,
  ib: number,
  k: number,
  tile: Float64Array,
): void {
  let c00 = 0, c01 = 0, c02 = 0, c03 = 0;
  let c10 = 0, c11 = 0, c12 = 0, c13 = 0;
  let c20 = 0, c21 = 0, c22 = 0, c23 = 0;
  let c30 = 0, c31 = 0, c32 = 0, c33 = 0;
  for (let p = 0; p < k; p++, ia += TILE, ib += TILE) {
    const b0 = b[ib]!, b1 = b[ib + 1]!, b2 = b[ib + 2]!, b3 = b[ib + 3]!;
    const a0 = a[ia]!;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    const a1 = a[ia + 1]!;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    const a2 = a[ia + 2]!;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    const a3 = a[ia + 3]!;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  tile[0] = c00;
  tile[1] = c01;
  tile[2] = c02;
  tile[3] = c03;
  tile[4] = c10;
  tile[5] = c11;
  tile[6] = c12;
  tile[7] = c13;
  tile[8] = c20;
  tile[9] = c21;
  tile[10] = c22;
  tile[11] = c23;
  tile[12] = c30;
  tile[13] = c31;
  tile[14] = c32;
  tile[15] = c33;
}
