// Matrix products on one thread.
import type { Operand, ProductOptions } from "../../backend.ts";
import { type Frame, valuesOf } from "./_frame.ts";
import type { WasmStorage } from "./_storage.ts";

/** Computes out = op(a)·op(b) with operands that the frame makes reachable. */
export type Matmul = (
  frame: Frame,
  a: Operand,
  b: Operand,
  out: Operand,
  options: ProductOptions,
) => void;

/** The packed, register-tiled kernel. */
export const matmul: Matmul = (frame, a, b, out, { transposeA, transposeB, bias }) => {
  const { heap } = frame;
  const [m, n] = out.shape as readonly [number, number];
  const k = a.shape[transposeA ? 0 : 1]!;
  const gemm = out.dtype === "float32" ? heap.kernels.gemmF32 : heap.kernels.gemmF64;
  const [x, y, z] = [frame.input(a), frame.input(b), frame.output(out)];
  const [lda, ldb] = [a.shape[1]!, b.shape[1]!];
  const { scratch } = heap;
  const addTo = startWithBias(frame, bias, out, z);
  gemm(m, n, k, x, lda, Number(transposeA), y, ldb, Number(transposeB), z, n, scratch, addTo);
};

/** Fills the rows of a result with the bias that the product is added to; 1 if there is one, else 0. */
export function startWithBias(
  { heap }: Frame,
  bias: Operand | undefined,
  out: Operand,
  at: number,
): 0 | 1 {
  if (!bias) return 0;
  const [m, n] = out.shape as readonly [number, number];
  const row = valuesOf(heap, bias.storage as WasmStorage);
  const rows = heap.view(out.dtype, at, m * n);
  for (let i = 0; i < m; i++) rows.set(row, i * n);
  return 1;
}
