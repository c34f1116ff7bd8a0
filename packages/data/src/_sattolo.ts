// Sattolo's algorithm: a uniform random cyclic permutation, which has no fixed point.

import type { Rng } from "@fa/tensor";

/**
 * A uniform random permutation of 0..n−1 with a single cycle (Sattolo 1986, "An algorithm to
 * generate a random cyclic permutation"): Fisher–Yates with j < i instead of j ≤ i, so that no
 * element can stay in its place. n = 1 has none.
 */
export function cyclicPermutation(rng: Rng, n: number): Uint32Array {
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let i = n - 1; i > 0; i--) {
    const j = rng.integer(i);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  return order;
}
