// What is timed: training steps of one network, and the matrix products that they consist of.

/** Samples of the batch. */
export const BATCH = 128;
/** Numbers in one sample: a 32 × 32 image in three colours. */
export const INPUT = 3072;
/** d, width of the residual stream. */
export const WIDTH = 256;
/** L, number of blocks. */
export const DEPTH = 4;
/** C, number of classes. */
export const CLASSES = 10;

/** Every engine trains with these; they are PyTorch's defaults of LayerNorm and AdamW. */
export const LAYER_NORM_EPS = 1e-5;
/** Learning rate and the other constants of AdamW. */
export const ADAMW = { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01 } as const;

/** Ways to train. */
export type Method = "bp" | "dfa";

/** A product op(A)·op(B) of M×K by K×N; an operand that is transposed is stored the other way round. */
export interface Product {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** A name that stands in the results, and what it stands for. */
export type Workload =
  & { readonly name: string; readonly gflop: number }
  & ({ readonly method: Method } | { readonly product: Product } | { readonly peak: true });

/**
 * Multiply-adds of forward and backward in 10⁹ operations: three products for each weight, two for
 * the embedding, as the input needs no gradient. The head, LayerNorm, GELU and AdamW are not counted.
 */
export function stepGflop({ width = WIDTH, depth = DEPTH } = {}): number {
  const embedding = 2 * 2 * BATCH * INPUT * width;
  const block = 2 * 3 * 2 * BATCH * width * width;
  return (embedding + depth * block) / 1e9;
}

const step = (method: Method): Workload => ({
  name: `${method}-step`,
  gflop: stepGflop(),
  method,
});

/** `layout` has one letter for each operand: t if it is transposed, n if not. */
function gemm(m: number, k: number, n: number, layout: "nn" | "nt" | "tn"): Workload {
  return {
    name: `gemm:${m}x${k}x${n}:${layout}`,
    gflop: 2 * m * k * n / 1e9,
    product: { m, k, n, transposeA: layout === "tn", transposeB: layout === "nt" },
  };
}

/** All workloads, in the order of the tables. */
export const workloads: readonly Workload[] = [
  step("bp"),
  step("dfa"),
  gemm(BATCH, INPUT, WIDTH, "nt"), // X·Wᵀ, the embedding
  gemm(WIDTH, BATCH, INPUT, "tn"), // dYᵀ·X, its gradient by the weight
  gemm(BATCH, WIDTH, INPUT, "nn"), // dY·W, its gradient by the input
  gemm(BATCH, WIDTH, WIDTH, "nn"),
  gemm(BATCH, WIDTH, WIDTH, "nt"),
  gemm(BATCH, WIDTH, WIDTH, "tn"),
  gemm(1024, 1024, 1024, "nn"),
  { name: "peak:mul-add", gflop: 0.1, peak: true }, // what registers alone could do
];
