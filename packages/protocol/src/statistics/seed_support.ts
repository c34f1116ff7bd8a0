// What k seeds can and cannot support, in words.
import type { Measured } from "../evidence/measured.ts";

/** What can be said from k seeds. */
export interface SeedSupport {
  /** k. */
  readonly seeds: number;
  /** Half-width of the 95 % t-interval of a mean, in units of s. */
  readonly tFactor: Measured;
  /** Smallest two-sided p of the exact sign-flip test paired by seed: 2/2ᵏ; 1 for k = 1. */
  readonly smallestP: number;
  /** Whether that test can reach p < .05 at all. */
  readonly canReach05: boolean;
  /** Distinct resamples of a bootstrap: C(2k−1, k). */
  readonly distinctResamples: number;
  /** All of it in sentences. */
  readonly statements: readonly string[];
}
