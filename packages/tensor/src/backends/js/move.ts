// Kernels of the js backend that move values without computing.
import type { CopyBlocks, Operand } from "../../backend.ts";
import { arrayOf } from "./_array.ts";

/** out[i] = value. */
export function fill(value: number, out: Operand): void {
  arrayOf(out).fill(value);
}

/** x in the dtype of out. */
export function cast(x: Operand, out: Operand): void {
  arrayOf(out).set(arrayOf(x));
}

/** Transpose of a matrix. */
export function transpose(x: Operand, out: Operand): void {
  const [rows, columns] = x.shape as readonly [number, number];
  const [v, y] = [arrayOf(x), arrayOf(out)];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) y[j * rows + i] = v[i * columns + j]!;
  }
}

/** Copies runs of elements. */
export function copyBlocks(
  x: Operand,
  out: Operand,
  { count, length, from, to }: CopyBlocks,
): void {
  const [v, y] = [arrayOf(x), arrayOf(out)];
  for (let i = 0; i < count; i++) {
    const start = from.offset + i * from.stride;
    y.set(v.subarray(start, start + length), to.offset + i * to.stride);
  }
}
