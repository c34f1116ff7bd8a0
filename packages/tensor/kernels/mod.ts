// All kernels. Memory is the caller's, behind a few constants: they allocate nothing, keep nothing and
// call nothing.
export { adamwF32, adamwF64 } from "./adamw";
export { binaryF32, binaryF64, unaryF32, unaryF64 } from "./elementwise";
export { gemmF32, gemmF64, gemmScratchBytes } from "./gemm";
export { geluF32 } from "./gelu";
export {
  layerNormF32,
  layerNormF64,
  layerNormGradientsF32,
  layerNormGradientsF64,
  rmsNormalizeF32,
  rmsNormalizeF64,
} from "./normalize";
export { addRowsF32, addRowsF64, sumF32, sumF64 } from "./reduce";

/** Where the constants of the kernels end and the caller's memory begins. */
export function dataEnd(): usize {
  return __heap_base;
}
