// A random order of 0 … n - 1.
import type { Rng } from "./rng.ts";

/**
 * A permutation of 0 … n - 1, each of the n! with the same probability: Fisher–Yates in the form of
 * Durstenfeld, "Algorithm 235: Random permutation", CACM 7 (1964).
 *
 * @throws {RangeError} if `n` is not an integer from 0 to 2^32 - 1.
 *
 * @example
 * ```ts
 * import { permutation, Rng } from "@fa/tensor";
 *
 * const order = permutation(Rng.fromSeed(1, "batches"), 100);
 * if (new Set(order).size !== 100) throw new Error("every index occurs once");
 * ```
 */
export function permutation(rng: Rng, n: number): Uint32Array {
  if (!Number.isInteger(n) || n < 0 || n >= 2 ** 32) {
    throw new RangeError(`Cannot permute n items as n must be an integer from 0 to 2^32 - 1: ${n}`);
  }
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let i = n - 1; i > 0; i--) {
    const j = rng.integer(i + 1);
    const moved = order[i]!;
    order[i] = order[j]!;
    order[j] = moved;
  }
  return order;
}
