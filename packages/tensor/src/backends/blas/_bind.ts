// From native functions to a binding: settings, checks of arguments, the numbers of CBLAS.
import type { BlasBinding, Gemm } from "./blas_binding.ts";
import type { NativeFunction, NativeFunctions } from "./_native.ts";

/**
 * The binding to an open library.
 *
 * @throws {Error} with the reason if the library cannot serve.
 */
export function bindBlas(library: string, functions: NativeFunctions): BlasBinding {
  const { cblas_sgemm, cblas_dgemm } = functions;
  if (cblas_sgemm === undefined || cblas_dgemm === undefined) {
    throw new Error("has no cblas_sgemm and cblas_dgemm");
  }
  const threads = useOneThread(functions);
  if (countsIn64Bits(functions)) {
    throw new Error("has 64-bit integers (ILP64), 32-bit ones are needed (LP64)");
  }
  return {
    library,
    version: readVersion(functions),
    threads,
    sgemm: checked(cblas_sgemm),
    dgemm: checked(cblas_dgemm),
  };
}

/** Settings come first: MKL takes them only before it has computed anything. */
function useOneThread(functions: NativeFunctions): 1 | undefined {
  const LP64 = 0, SEQUENTIAL = 1, CBWR_AUTO = 2, SINGLE_THREADED = 1;
  functions.MKL_Set_Interface_Layer?.(LP64);
  functions.MKL_CBWR_Set?.(CBWR_AUTO); // the same bits wherever in memory the matrices lie
  functions.openblas_set_num_threads?.(1);
  const told = functions.openblas_set_num_threads !== undefined ||
    functions.MKL_Set_Threading_Layer?.(SEQUENTIAL) === SEQUENTIAL ||
    functions.BLASSetThreading?.(SINGLE_THREADED) === 0;
  return told ? 1 : undefined;
}

/**
 * Whether the library's integers have 64 bits: asks for the index of the largest of n values, where
 * n is 1 in 32 bits and 1 − 2³² in 64. The first gives 1, the second 0, as n < 1.
 */
function countsIn64Bits({ isamax_ }: NativeFunctions): boolean {
  const n = Int32Array.of(1, -1);
  const step = Int32Array.of(1, 0);
  return isamax_ !== undefined && isamax_(n, Float32Array.of(1), step) !== 1;
}

function readVersion(functions: NativeFunctions): string | undefined {
  const { openblas_get_config, MKL_Get_Version_String, strncpy } = functions;
  const text = new Uint8Array(256); // stays zero behind the text
  if (MKL_Get_Version_String !== undefined) MKL_Get_Version_String(text, text.length - 1);
  else if (openblas_get_config !== undefined && strncpy !== undefined) {
    // Copied by the C library, as Deno reads text behind a pointer only if all of FFI is allowed.
    strncpy(text, openblas_get_config(), text.length - 1);
  } else return undefined;
  const characters = text.subarray(0, text.indexOf(0));
  return String.fromCharCode(...characters).trim();
}

/** A product that refuses arguments which would make native code read or write elsewhere. */
function checked<A extends Float32Array | Float64Array>(gemm: NativeFunction): Gemm<A> {
  const ROW_MAJOR = 101, AS_IT_IS = 111, TRANSPOSED = 112;
  return (transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) => {
    checkSize("m", m);
    checkSize("n", n);
    checkSize("k", k);
    checkMatrix("A", a, transA ? k : m, transA ? m : k, lda);
    checkMatrix("B", b, transB ? n : k, transB ? k : n, ldb);
    checkMatrix("C", c, m, n, ldc);
    const opA = transA ? TRANSPOSED : AS_IT_IS;
    const opB = transB ? TRANSPOSED : AS_IT_IS;
    gemm(ROW_MAJOR, opA, opB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  };
}

function checkSize(name: string, size: number): void {
  if ((size | 0) !== size || size < 0) {
    throw new RangeError(
      `Cannot multiply matrices as ${name} must be an integer from 0 to 2^31 - 1: ${size}`,
    );
  }
}

function checkMatrix(
  name: string,
  { length }: { readonly length: number },
  rows: number,
  columns: number,
  stride: number,
): void {
  if ((stride | 0) !== stride || stride < columns || stride < 1) {
    throw new RangeError(
      `Cannot multiply matrices as the rows of ${name} must be at least as far apart as they are ` +
        `long, and at least 1: ${stride} apart, ${columns} long`,
    );
  }
  const needed = rows === 0 || columns === 0 ? 0 : (rows - 1) * stride + columns;
  if (length < needed) {
    throw new RangeError(
      `Cannot multiply matrices as ${name} must have ${needed} values: ${length} ` +
        `(0 where its memory has since grown)`,
    );
  }
}
