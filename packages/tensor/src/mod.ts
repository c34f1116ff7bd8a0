/**
 * A small tensor engine whose numerics can be trusted: float32 and float64 tensors, reverse-mode
 * autograd to any order, the same bits in every JavaScript runtime.
 *
 * @module
 */

export type { DType, TypedArray } from "./dtype.ts";
export type { Shape } from "./shape.ts";
export { Tensor } from "./tensor.ts";
export type {
  AdamWConstants,
  Backend,
  BinaryName,
  CopyBlocks,
  Kernels,
  Lifetime,
  Operand,
  ProductOptions,
  ReduceName,
  Storage,
  UnaryName,
} from "./backend.ts";
export { jsBackend } from "./backends/js/mod.ts";
export { openBlasBackend } from "./backends/blas/blas_backend.ts";
export type { OpenBlasOptions } from "./backends/blas/open_blas.ts";
export { halfBackend, type HalfFormat } from "./backends/half/half_backend.ts";
export { wasmBackend } from "./backends/wasm/mod.ts";
export {
  type BackendName,
  backendNames,
  openBackend,
  type OpenBackendOptions,
} from "./backends/open_backend.ts";
export { defaultBackend, setDefaultBackend } from "./create/default_backend.ts";
export type { CreateOptions } from "./create/_allocate.ts";
export { full, ones, scalar, zeros } from "./create/full.ts";
export { normal, type NormalOptions, uniform, type UniformOptions } from "./create/random.ts";
export { type NestedNumbers, tensor, type TensorOptions } from "./create/tensor.ts";
export { keep, scope } from "./memory/scope.ts";
export { grad, type GradOptions } from "./autograd/grad.ts";
export { gradcheck, type GradcheckOptions, type GradcheckResult } from "./autograd/gradcheck.ts";
export { detach, noGrad, parameter, variable } from "./autograd/leaves.ts";
export {
  type Backward,
  type ObservedOp,
  observeOps,
  type TapeNode,
  type Vjp,
} from "./autograd/_tape.ts";
export { customVjp, localVjp, vjp } from "./autograd/vjp.ts";
export { add } from "./ops/add.ts";
export { cast } from "./ops/cast.ts";
export { concat, slice, type SliceOptions } from "./ops/concat.ts";
export { div, reciprocal } from "./ops/div.ts";
export { erf, exp, log } from "./ops/exp.ts";
export { gelu } from "./ops/gelu.ts";
export { layerNorm } from "./ops/layer_norm.ts";
export { linear } from "./ops/linear.ts";
export { matmul, type MatmulOptions } from "./ops/matmul.ts";
export { equal, max } from "./ops/max.ts";
export { mean } from "./ops/mean.ts";
export { mul } from "./ops/mul.ts";
export { neg } from "./ops/neg.ts";
export { reshape } from "./ops/reshape.ts";
export { rmsNormalize } from "./ops/rms_normalize.ts";
export { crossEntropy, type Labels, oneHot, outputError, softmax } from "./ops/softmax.ts";
export { sqrt } from "./ops/sqrt.ts";
export { square } from "./ops/square.ts";
export { sub } from "./ops/sub.ts";
export { broadcastTo, type ReduceOptions, sum } from "./ops/sum.ts";
export { tanh } from "./ops/tanh.ts";
export { transpose } from "./ops/transpose.ts";
export { AdamW, type AdamWOptions } from "./optim/adamw.ts";
export { cosineLr, type CosineLrOptions } from "./optim/cosine_lr.ts";
export {
  cosPi,
  erfF32,
  erfF64,
  expF32,
  expF64,
  geluDerivativeF64,
  geluF64,
  logF32,
  logF64,
  sinPi,
  tanhF32,
  tanhF64,
} from "./elementary/mod.ts";
export { permutation, Rng, type RngState } from "./random/mod.ts";
export { ExactAccumulator } from "./exact/exact_accumulator.ts";
export { exactCosine } from "./exact/exact_cosine.ts";
export { exactDot } from "./exact/exact_dot.ts";
export { exactNorm } from "./exact/exact_norm.ts";
export { exactSum } from "./exact/exact_sum.ts";
export {
  bfloat16FromBits,
  bfloat16ToBits,
  decodeBfloat16,
  encodeBfloat16,
  roundAllToBfloat16,
  roundToBfloat16,
} from "./half/bfloat16.ts";
export {
  decodeFloat16,
  encodeFloat16,
  float16FromBits,
  float16ToBits,
  roundAllToFloat16,
  roundToFloat16,
} from "./half/float16.ts";
export { unknownName } from "./errors/unknown_name.ts";
export type { ByteSource } from "./safetensors/byte_source.ts";
export { encodeSafetensors } from "./safetensors/encode_safetensors.ts";
export type { RawTensor } from "./safetensors/raw_tensor.ts";
export {
  readSafetensors,
  type ReadSafetensorsOptions,
  type ReadTensorOptions,
  type SafetensorsEntry,
  type SafetensorsFile,
} from "./safetensors/read_safetensors.ts";
export type { SafetensorsDType } from "./safetensors/safetensors_dtype.ts";
export { SafetensorsError } from "./safetensors/safetensors_error.ts";
export {
  type SafetensorsStream,
  writeSafetensors,
  type WriteSafetensorsOptions,
} from "./safetensors/write_safetensors.ts";
