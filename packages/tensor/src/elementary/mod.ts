// Elementary functions on float64 numbers, with the same bits in every engine.
export { cosPi } from "./cos_pi.ts";
export { erfF64 } from "./erf.ts";
export { expF64 } from "./exp.ts";
export { logF64 } from "./log.ts";
export { sinPi } from "./sin_pi.ts";
export { tanhF64 } from "./tanh.ts";
