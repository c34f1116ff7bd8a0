// Seeded random streams.
export { permutation } from "./permutation.ts";
export { Rng, type RngState } from "./rng.ts";
