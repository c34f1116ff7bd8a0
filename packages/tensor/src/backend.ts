// The boundary between ops and the code that computes them.
import type { DType, TypedArray } from "./dtype.ts";
import type { Shape } from "./shape.ts";

/** Values of a tensor as a backend holds them: a typed array on the CPU, a handle on a device. */
export type Storage = unknown;

/**
 * How long values live: until their scope ends, which releases them, or as long as somebody holds
 * them, which is for the garbage collector to find out.
 */
export type Lifetime = "scope" | "collected";

/** What a kernel sees of a tensor. Values are contiguous, in row-major order. */
export interface Operand {
  /** Lengths of the axes. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;
  /** Values, as the backend holds them. */
  readonly storage: Storage;
}

/** Elementwise functions of one argument. */
export type UnaryName =
  | "neg"
  | "reciprocal"
  | "square"
  | "sqrt"
  | "exp"
  | "log"
  | "erf"
  | "tanh"
  | "gelu"
  | "geluDerivative";

/** Elementwise functions of two arguments, with broadcasting. `equal` gives 1 or 0. */
export type BinaryName = "add" | "sub" | "mul" | "div" | "equal";

/** Reductions. */
export type ReduceName = "sum" | "max";

/** Equal-length runs of elements copied from one operand into another; used to cut and to join. */
export interface CopyBlocks {
  /** Number of runs. */
  readonly count: number;
  /** Elements of one run. */
  readonly length: number;
  /** Where the first run starts in the source, and the distance from run to run. */
  readonly from: { readonly offset: number; readonly stride: number };
  /** Where the first run starts in the result, and the distance from run to run. */
  readonly to: { readonly offset: number; readonly stride: number };
}

/** How a matrix product is taken. */
export interface ProductOptions {
  /** Whether `a` is stored as its transpose. */
  readonly transposeA: boolean;
  /** Whether `b` is stored as its transpose. */
  readonly transposeB: boolean;
  /** Added to each row of the product. */
  readonly bias?: Operand;
}

/** Constants of one AdamW step (Loshchilov & Hutter 2019, Algorithm 2). */
export interface AdamWConstants {
  /** Learning rate of this step. */
  readonly lr: number;
  /** Decay of the first moment. */
  readonly beta1: number;
  /** Decay of the second moment. */
  readonly beta2: number;
  /** Added to the root of the second moment. */
  readonly eps: number;
  /** Decoupled weight decay. */
  readonly weightDecay: number;
  /** 1 − beta1^t. */
  readonly correction1: number;
  /** 1 − beta2^t. */
  readonly correction2: number;
}

/**
 * The computations a backend must offer. Each writes its last operand (`out`) completely; operands
 * never overlap, except that {@link Kernels.adamw} updates in place. Shapes and dtypes were
 * checked by the op that calls.
 */
export interface Kernels {
  /** out[i] = value. */
  fill(value: number, out: Operand): void;
  /** out[i] = f(x[i]). */
  unary(name: UnaryName, x: Operand, out: Operand): void;
  /** GELU and its derivative at once, which share most of their work. */
  geluWithDerivative(x: Operand, out: Operand, derivative: Operand): void;
  /** out = f(a, b), broadcast to the shape of out. */
  binary(name: BinaryName, a: Operand, b: Operand, out: Operand): void;
  /** x in the dtype of out, rounded once. */
  cast(x: Operand, out: Operand): void;
  /** x stretched to the shape of out. */
  broadcast(x: Operand, out: Operand): void;
  /** Reduction to the shape of out, whose reduced axes are 1. Sums accumulate in double. */
  reduce(name: ReduceName, x: Operand, out: Operand): void;
  /** out[M,N] = op(a)·op(b), op = transpose or identity, plus bias[N] in each row if there is one. */
  matmul(a: Operand, b: Operand, out: Operand, options: ProductOptions): void;
  /** Transpose of a matrix. */
  transpose(x: Operand, out: Operand): void;
  /** Copies runs of elements. */
  copyBlocks(x: Operand, out: Operand, blocks: CopyBlocks): void;
  /** Softmax along the last axis. */
  softmax(x: Operand, out: Operand): void;
  /** out[b] = logsumexp(logits[b]) − logits[b, label[b]]; `labels` were checked. */
  crossEntropy(logits: Operand, labels: ArrayLike<number>, out: Operand): void;
  /** out[b] = softmax(logits[b]) − onehot(labels[b]), without cancellation at the label. */
  outputError(logits: Operand, labels: ArrayLike<number>, out: Operand): void;
  /** out[b, labels[b]] = 1, 0 elsewhere. */
  oneHot(labels: ArrayLike<number>, out: Operand): void;
  /** LayerNorm over the last axis. */
  layerNorm(x: Operand, weight: Operand, bias: Operand, eps: number, out: Operand): void;
  /** Gradients of LayerNorm at x and, if asked for, at its parameters, given `seed` at its output. */
  layerNormGradients(
    x: Operand,
    weight: Operand,
    seed: Operand,
    eps: number,
    out: Operand,
    parameters?: { readonly weight: Operand; readonly bias: Operand },
  ): void;
  /** (x − mean) / √(var + eps) over the last axis. */
  normalize(x: Operand, eps: number, out: Operand): void;
  /** out = x / rms(x) per row of a matrix; a zero row stays zero. */
  rmsNormalize(x: Operand, out: Operand): void;
  /** One AdamW step; parameter, first and second moment are updated in place. */
  adamw(
    parameter: Operand,
    gradient: Operand,
    first: Operand,
    second: Operand,
    constants: AdamWConstants,
  ): void;
}

/**
 * A place where tensors live and ops are computed. Calls are synchronous everywhere (a device
 * enqueues); only reading back is asynchronous.
 */
export interface Backend {
  /** Name written into every record that this backend touched. */
  readonly name: string;
  /** Whether the same inputs give the same bits in every runtime. */
  readonly deterministic: boolean;
  /** Throws a TypeError if the backend cannot hold this dtype. */
  checkDType(dtype: DType): void;
  /** Room for `size` values; the content is arbitrary. */
  allocate(dtype: DType, size: number, lifetime: Lifetime): Storage;
  /** Gives the room of a scope back; the caller no longer uses it. */
  release(storage: Storage): void;
  /** From now on the garbage collector owns what a scope owned. */
  retain(storage: Storage): void;
  /** Values are long-lived and updated in place: keep them where kernels reach them best. */
  pin(storage: Storage): void;
  /** Copies host values into a storage. */
  write(storage: Storage, values: TypedArray): void;
  /** A copy of the values on the host. */
  read(storage: Storage): Promise<TypedArray>;
  /** The same at once; absent on devices that cannot. */
  readonly readSync?: (storage: Storage) => TypedArray;
  /** The computations. */
  readonly kernels: Kernels;
}
