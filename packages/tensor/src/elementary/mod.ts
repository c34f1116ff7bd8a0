// Elementary functions on numbers, with the same bits in every engine.
export { cosPi } from "./cos_pi.ts";
export { erfF64 } from "./erf.ts";
export { expF64 } from "./exp.ts";
export { erfF32, expF32, logF32, tanhF32 } from "./float32.ts";
export { geluDerivativeF64 } from "./gelu_derivative.ts";
export { geluF64 } from "./gelu.ts";
export { logF64 } from "./log.ts";
export { sinPi } from "./sin_pi.ts";
export { tanhF64 } from "./tanh.ts";
