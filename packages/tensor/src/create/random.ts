// Random tensors; the generator is always an argument.
import { newArray } from "../dtype.ts";
import type { Rng } from "../random/rng.ts";
import { checkShape, type Shape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type CreateOptions, fromValues } from "./_allocate.ts";

/** Options of {@link uniform}. */
export interface UniformOptions extends CreateOptions {
  /** Smallest value. Default 0. */
  readonly low?: number;
  /** Bound above. Default 1. */
  readonly high?: number;
}

/** Options of {@link normal}. */
export interface NormalOptions extends CreateOptions {
  /** Mean. Default 0. */
  readonly mean?: number;
  /** Standard deviation. Default 1. */
  readonly std?: number;
}

/**
 * Uniform values in [low, high). Both dtypes draw the same doubles, rounded once.
 *
 * @example
 * ```ts
 * import { Rng, uniform } from "@fa/tensor";
 *
 * const x = uniform(Rng.fromSeed(42), [100], { low: -1, high: 1 });
 * if (x.dataSync().some((v) => v < -1 || v > 1)) throw new Error("out of range");
 * ```
 */
export function uniform(
  rng: Rng,
  shape: Shape,
  { low = 0, high = 1, ...options }: UniformOptions = {},
): Tensor {
  checkShape(shape, "draw uniform values");
  const values = newArray("float64", sizeOf(shape));
  rng.fillUniform(values, low, high);
  return fromValues(values, [...shape], options);
}

/**
 * Normal values. Both dtypes draw the same doubles, rounded once.
 *
 * @example
 * ```ts
 * import { normal, Rng } from "@fa/tensor";
 *
 * const a = normal(Rng.fromSeed(42), [4], { std: 0.01 });
 * const b = normal(Rng.fromSeed(42), [4], { std: 0.01 });
 * if (a.dataSync().join() !== b.dataSync().join()) throw new Error("same seed, other values");
 * ```
 */
export function normal(
  rng: Rng,
  shape: Shape,
  { mean = 0, std = 1, ...options }: NormalOptions = {},
): Tensor {
  checkShape(shape, "draw normal values");
  const values = newArray("float64", sizeOf(shape));
  rng.fillNormal(values, mean, std);
  return fromValues(values, [...shape], options);
}
