// Matrix products on one thread.
import type { Operand } from "../../backend.ts";
import type { Frame } from "./_frame.ts";

/** Computes out = op(a)·op(b) with operands that the frame makes reachable. */
export type Matmul = (
  frame: Frame,
  a: Operand,
  b: Operand,
  out: Operand,
  options: { readonly transposeA: boolean; readonly transposeB: boolean },
) => void;

/** The packed, register-tiled kernel. */
export const matmul: Matmul = (frame, a, b, out, { transposeA, transposeB }) => {
  const { heap } = frame;
  const [m, n] = out.shape as readonly [number, number];
  const k = a.shape[transposeA ? 0 : 1]!;
  const gemm = out.dtype === "float32" ? heap.kernels.gemmF32 : heap.kernels.gemmF64;
  const [x, y, z] = [frame.input(a), frame.input(b), frame.output(out)];
  const [lda, ldb] = [a.shape[1]!, b.shape[1]!];
  gemm(m, n, k, x, lda, Number(transposeA), y, ldb, Number(transposeB), z, n, heap.scratch);
};
