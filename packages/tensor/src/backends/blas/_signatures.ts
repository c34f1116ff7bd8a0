// The native functions that the binding knows. Only the two products must be there.

/** Types of C. A buffer is a pointer to where a view begins. */
export type NativeType = "void" | "i32" | "usize" | "f32" | "f64" | "pointer" | "buffer";

/** Parameters and result of a native function. */
export interface Signature {
  readonly parameters: readonly NativeType[];
  readonly result: NativeType;
}

function gemm(real: NativeType): Signature {
  return {
    parameters: [
      ...["i32", "i32", "i32"] as const, // order, transA, transB
      ...["i32", "i32", "i32"] as const, // m, n, k
      ...[real, "buffer", "i32"] as const, // alpha, a, lda
      ...["buffer", "i32"] as const, // b, ldb
      ...[real, "buffer", "i32"] as const, // beta, c, ldc
    ],
    result: "void",
  };
}

const setting: Signature = { parameters: ["i32"], result: "i32" };

/** Names in the libraries. */
export type FunctionName =
  | "cblas_sgemm"
  | "cblas_dgemm"
  | "isamax_"
  | "openblas_set_num_threads"
  | "openblas_get_config"
  | "MKL_Set_Interface_Layer"
  | "MKL_Set_Threading_Layer"
  | "MKL_CBWR_Set"
  | "MKL_Get_Version_String"
  | "BLASSetThreading"
  | "strncpy";

/** By the names in the libraries. */
export const signatures: Readonly<Record<FunctionName, Signature>> = {
  cblas_sgemm: gemm("f32"),
  cblas_dgemm: gemm("f64"),
  // Of Fortran: every argument by its address.
  isamax_: { parameters: ["buffer", "buffer", "buffer"], result: "i32" },

  openblas_set_num_threads: { parameters: ["i32"], result: "void" },
  openblas_get_config: { parameters: [], result: "pointer" },

  MKL_Set_Interface_Layer: setting,
  MKL_Set_Threading_Layer: setting,
  MKL_CBWR_Set: setting,
  MKL_Get_Version_String: { parameters: ["buffer", "i32"], result: "void" },

  BLASSetThreading: setting, // of Accelerate, since macOS 15

  // Of the C library: Linux and macOS look for a name in all that a library depends on, too.
  strncpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
};
