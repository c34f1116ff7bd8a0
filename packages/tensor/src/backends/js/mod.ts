// The js backend: plain TypeScript, any dtype, double accumulation. The readable reference.
import type { Backend, Lifetime, Storage } from "../../backend.ts";
import { type DType, dtypeOf, newArray, type TypedArray } from "../../dtype.ts";
import { adamw } from "./adamw.ts";
import { crossEntropy, oneHot, outputError, softmax } from "./classify.ts";
import { binary, broadcast, unary } from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { cast, copyBlocks, fill, transpose } from "./move.ts";
import { layerNorm, layerNormGradients, normalize, rmsNormalize } from "./normalize.ts";
import { reduce } from "./reduce.ts";

// Arrays given back by ended scopes, by dtype and size: a training step repeats its sizes.
const free: Record<DType, Map<number, TypedArray[]>> = { float32: new Map(), float64: new Map() };

/**
 * Plain TypeScript on typed arrays: float32 and float64, the same bits in every runtime.
 * Intermediate results of a kernel are doubles, rounded once when they are stored.
 */
export const jsBackend: Backend = {
  name: "js",
  deterministic: true,
  checkDType(): void {},
  allocate(dtype: DType, size: number, lifetime: Lifetime): Storage {
    const used = lifetime === "scope" ? free[dtype].get(size)?.pop() : undefined;
    return used ?? newArray(dtype, size);
  },
  release(storage: Storage): void {
    const array = storage as TypedArray;
    const lists = free[dtypeOf(array)];
    const list = lists.get(array.length);
    if (list) list.push(array);
    else lists.set(array.length, [array]);
  },
  retain(): void {},
  pin(): void {},
  write(storage: Storage, values: TypedArray): void {
    (storage as TypedArray).set(values);
  },
  read(storage: Storage): Promise<TypedArray> {
    return Promise.resolve((storage as TypedArray).slice());
  },
  readSync(storage: Storage): TypedArray {
    return (storage as TypedArray).slice();
  },
  kernels: {
    fill,
    unary,
    geluWithDerivative(x, out, derivative) {
      unary("gelu", x, out);
      unary("geluDerivative", x, derivative);
    },
    binary,
    cast,
    broadcast,
    reduce,
    matmul,
    transpose,
    copyBlocks,
    softmax,
    crossEntropy,
    outputError,
    oneHot,
    layerNorm,
    layerNormGradients,
    normalize,
    rmsNormalize,
    adamw,
  },
};
