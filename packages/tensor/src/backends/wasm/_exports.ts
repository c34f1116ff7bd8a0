// What the kernels' module exports; `packages/tensor/kernels` holds their source.

/** c[m, n] = op(a)·op(b), or += where `addTo`; leading dimensions are in values, flags 0 or 1. */
export type Gemm = (
  m: number,
  n: number,
  k: number,
  a: number,
  lda: number,
  transposeA: number,
  b: number,
  ldb: number,
  transposeB: number,
  c: number,
  ldc: number,
  scratch: number,
  addTo: number,
) => void;

type Binary = (
  op: number,
  a: number,
  stepA: number,
  b: number,
  stepB: number,
  out: number,
  n: number,
) => void;
type Unary = (op: number, x: number, out: number, n: number) => void;
type Normalize = (
  x: number,
  weight: number,
  bias: number,
  eps: number,
  rows: number,
  d: number,
  out: number,
) => void;
type LayerNormGradients = (
  x: number,
  weight: number,
  seed: number,
  eps: number,
  rows: number,
  d: number,
  out: number,
  totals: number,
  weightOut: number,
  biasOut: number,
) => void;
type AddRows = (x: number, rows: number, d: number, total: number) => void;
type AdamW = (
  p: number,
  g: number,
  m: number,
  v: number,
  n: number,
  beta1: number,
  rest1: number,
  beta2: number,
  rest2: number,
  decay: number,
  step: number,
  root: number,
  eps: number,
) => void;

/** Kernels by name; pointers are byte offsets into the memory. */
export interface KernelExports {
  dataEnd(): number;
  gemmScratchBytes(): number;
  readonly gemmF32: Gemm;
  readonly gemmF64: Gemm;
  readonly binaryF32: Binary;
  readonly binaryF64: Binary;
  readonly unaryF32: Unary;
  readonly unaryF64: Unary;
  geluF32(x: number, out: number, slope: number, n: number): void;
  readonly layerNormF32: Normalize;
  readonly layerNormF64: Normalize;
  readonly layerNormGradientsF32: LayerNormGradients;
  readonly layerNormGradientsF64: LayerNormGradients;
  rmsNormalizeF32(x: number, rows: number, d: number, out: number): void;
  rmsNormalizeF64(x: number, rows: number, d: number, out: number): void;
  sumF32(x: number, n: number): number;
  sumF64(x: number, n: number): number;
  readonly addRowsF32: AddRows;
  readonly addRowsF64: AddRows;
  readonly adamwF32: AdamW;
  readonly adamwF64: AdamW;
}
