// Whether an engine computed the same training as all others.
import type { DType } from "./child.ts";

/**
 * Relative difference that is allowed to a loss. Leaving out weight decay, or another ε in LayerNorm
 * or AdamW, or the tanh formula of GELU, changes the second or third loss of
 * backpropagation by 2e-5 and more.
 */
const tolerance: Readonly<Record<DType, number>> = { float32: 3e-6, float64: 1e-9 };

/** Engines whose arithmetic is known to be less exact than their dtype. */
const exceptions: Readonly<Record<string, number>> = {
  "tfjs float32": 5e-5, // its Adam keeps β₂ᵗ in single, so that 1 − β₂ᵗ is off by 5e-5
  "jax-js float64": 1e-6, // its exp, log and erf of doubles are computed in single
};

/** What was compared. */
export interface Comparison {
  readonly engine: string;
  readonly dtype: DType;
  readonly losses: readonly number[];
  /** The losses of the plain backend in double. */
  readonly reference: readonly number[];
}

/** The largest relative difference, and whether it is too large (NaN is). */
export function compareLosses(
  { engine, dtype, losses, reference }: Comparison,
): { difference: number; agrees: boolean } {
  const differences = reference.map((expected, i) => Math.abs(losses[i]! / expected - 1));
  const difference = Math.max(...differences);
  return {
    difference,
    agrees: difference <= (exceptions[`${engine} ${dtype}`] ?? tolerance[dtype]),
  };
}
