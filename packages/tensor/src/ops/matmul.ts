// Matrix products.
import { record } from "../autograd/_tape.ts";
import { allocateTensor } from "../create/_allocate.ts";
import type { Tensor } from "../tensor.ts";
import { productShape } from "./_operands.ts";

/** Options of {@link matmul}. */
export interface MatmulOptions {
  /** Use the transpose of `a`. Default false. */
  readonly transposeA?: boolean;
  /** Use the transpose of `b`. Default false. */
  readonly transposeB?: boolean;
}

/**
 * Matrix product C = op(A)·op(B), op = transpose or identity. Transposed operands are read in
 * place, never copied by the caller.
 *
 * @param a `[M,K]`, or `[K,M]` with `transposeA`.
 * @param b `[K,N]`, or `[N,K]` with `transposeB`.
 * @returns `[M,N]`.
 * @throws {RangeError} if an operand is not a matrix or inner dimensions differ.
 *
 * @example
 * ```ts
 * import { matmul, tensor } from "@fa/tensor";
 *
 * const a = tensor([[1, 2], [3, 4]]), b = tensor([[5, 6], [7, 8]]);
 * if (matmul(a, b).dataSync().join() !== "19,22,43,50") throw new Error("wrong product");
 * if (matmul(a, b, { transposeB: true }).dataSync().join() !== "17,23,39,53") {
 *   throw new Error("wrong transposed product");
 * }
 * ```
 */
export function matmul(
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false }: MatmulOptions = {},
): Tensor {
  const shape = productShape(a, b, transposeA, transposeB);
  const value = allocateTensor(shape, a);
  a.backend.kernels.matmul(a, b, value, { transposeA, transposeB });
  return record(
    "matmul",
    [a, b],
    value,
    // C = AB: dA = dC·Bᵀ, dB = Aᵀ·dC; a transposed operand takes the transposed gradient.
    (seed) =>
      transposeA
        ? matmul(b, seed, { transposeA: transposeB, transposeB: true })
        : matmul(seed, b, { transposeB: !transposeB }),
    (seed) =>
      transposeB
        ? matmul(seed, a, { transposeA: true, transposeB: transposeA })
        : matmul(a, seed, { transposeA: !transposeA }),
  );
}
