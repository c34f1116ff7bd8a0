// What a native BLAS library offers to the engine.

/**
 * C ← alpha · op(A) · op(B) + beta · C, with op(X) = X or its transpose: the BLAS routine `xGEMM`
 * (Dongarra et al., "A set of level 3 basic linear algebra subprograms", ACM TOMS 16 (1990)) on
 * matrices in row-major order.
 *
 * op(A) is m × k, op(B) is k × n, C is m × n; with beta = 0 the old values of C are not read. The
 * arrays may be views anywhere into a larger buffer: nothing is copied. C overlaps neither A nor B.
 *
 * @param transA Whether A is stored as its transpose, k × m.
 * @param transB Whether B is stored as its transpose, n × k.
 * @param lda Values from one stored row of A to the next; ldb and ldc for B and C.
 *
 * @throws {RangeError} if a size is not an integer of 32 bits, a row is longer than the distance to
 * the next one, or an array ends before its matrix does. Memory that is not there is never touched.
 */
export type Gemm<A extends Float32Array | Float64Array> = (
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: A,
  lda: number,
  b: A,
  ldb: number,
  beta: number,
  c: A,
  ldc: number,
) => void;

/** A BLAS library, open and set to one thread. */
export interface BlasBinding {
  /** The name or path that the library was found under. */
  readonly library: string;
  /** What the library says of itself, where it does: version, and the kernels that it chose. */
  readonly version: string | undefined;
  /**
   * 1 if the library was told to compute in the calling thread alone. Undefined if it cannot be
   * told: then the environment that the process was started in decides.
   */
  readonly threads: 1 | undefined;
  /** Products of float32 matrices, accumulated in float32. */
  readonly sgemm: Gemm<Float32Array>;
  /** Products of float64 matrices. */
  readonly dgemm: Gemm<Float64Array>;
}
