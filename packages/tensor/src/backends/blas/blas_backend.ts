// The blas backend: the wasm backend with its matrix products computed by a native library.
import type { Backend } from "../../backend.ts";
import { type Matmul, startWithBias } from "../wasm/_matmul.ts";
import { makeWasmBackend } from "../wasm/mod.ts";
import type { BlasBinding } from "./blas_binding.ts";
import { openBlas, type OpenBlasOptions } from "./open_blas.ts";

/**
 * A backend whose matrix products are computed by the machine's BLAS on one thread: Accelerate,
 * OpenBLAS or MKL, reached without copies through the runtime's foreign functions. Everything else
 * is as in {@link wasmBackend}. Its name tells library and version; its bits depend on them and on
 * the processor.
 *
 * @throws {Error} if no library can be used: what was looked for, why each would not do, and what
 * to install or to allow.
 *
 * @example
 * ```ts
 * import { matmul, openBlasBackend, tensor } from "@fa/tensor";
 *
 * try {
 *   const backend = await openBlasBackend();
 *   const a = tensor([[1, 2], [3, 4]], { backend });
 *   if (matmul(a, a).dataSync().join() !== "7,10,15,22") throw new TypeError("wrong product");
 * } catch (error) {
 *   if (error instanceof TypeError) throw error; // otherwise there is no library here
 * }
 * ```
 */
export async function openBlasBackend(options: OpenBlasOptions = {}): Promise<Backend> {
  const blas = await openBlas(options);
  return makeWasmBackend({
    name: `blas (${blas.version ?? blas.library})`,
    deterministic: false,
    matmul: blasMatmul(blas),
  });
}

function blasMatmul({ sgemm, dgemm }: BlasBinding): Matmul {
  return (frame, a, b, out, { transposeA, transposeB, bias }) => {
    const [m, n] = out.shape as readonly [number, number];
    const k = a.shape[transposeA ? 0 : 1]!;
    const [x, y, z] = [frame.input(a), frame.input(b), frame.output(out)];
    const [lda, ldb, ldc] = [a.shape[1]!, b.shape[1]!, n].map((width) => Math.max(1, width));
    const beta = startWithBias(frame, bias, out, z);
    // Views are made last: any allocation can move the memory.
    const view = (at: number, size: number) => frame.heap.view(out.dtype, at, size);
    const [av, bv, cv] = [view(x, m * k), view(y, k * n), view(z, m * n)];
    const gemm = (out.dtype === "float32" ? sgemm : dgemm) as typeof dgemm;
    const [A, B, C] = [av, bv, cv] as Float64Array[];
    gemm(transposeA, transposeB, m, n, k, 1, A!, lda!, B!, ldb!, beta, C!, ldc!);
  };
}
