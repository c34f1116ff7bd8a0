// The two cosines of PyTorch, with ε: what a clamp does to alignment (pitfall 2).
import { exactCosine, exactNorm } from "@fa/tensor";
import { allFinite } from "./_power_of_two.ts";

/**
 * The cosine of PyTorch's older ATen, whose ε bounds the *product* of the norms:
 *
 *   ⟨a, b⟩ / √max(‖a‖²‖b‖², ε²)
 *
 * Beside {@link perNormClampCosine} and `cosine` it shows what the clamp does, as nothing else
 * differs: it is the correctly rounded cosine times min(1, ‖a‖‖b‖/ε), from exact norms, so no square
 * over- or underflows. Where the clamp binds it *shrinks* the cosine, by ‖a‖‖b‖/ε.
 *
 * Sources: ATen `Distance.cpp`, body `(w1 * w2).clamp_min_(eps * eps)`; for the difference between
 * the two, pytorch/pytorch#115786, whose vector is the example: exact 0.9103636220511842, per-norm
 * clamp 0.8399261269653225, and the product clamp does not bind.
 *
 * @param a one vector.
 * @param b the other, of the same length.
 * @param eps ε > 0. Default 1e-8, as in PyTorch.
 * @returns the clamped cosine; 0 if a vector is zero, as PyTorch has it; NaN if one is not finite.
 * @throws {RangeError} if the lengths differ or ε is not a positive number.
 *
 * @example
 * ```ts
 * import { productClampCosine } from "@fa/protocol";
 *
 * const a = [2606.66824394, 2477.72226966, 3251.84008903];
 * const b = [3.46822161e-9, 1.82536693e-9, 8.35245752e-9];
 * if (productClampCosine(a, b) !== 0.9103636220511842) throw new Error("‖a‖‖b‖ is above ε");
 * const credit = productClampCosine([0.01, 0], [3e-10, 4e-10]); // cos = 0.6, ‖g‖ = 5e-10
 * if (Math.abs(credit - 3e-4) > 1e-15) throw new Error("shrunk 2000 times");
 * ```
 */
export function productClampCosine(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  eps = 1e-8,
): number {
  return shrunk(a, b, eps, productClampFactor);
}

/**
 * The cosine of PyTorch's newer ATen, whose ε bounds each norm:
 *
 *   ⟨a, b⟩ / (max(‖a‖, ε) · max(‖b‖, ε))
 *
 * As {@link productClampCosine}, with nothing but the clamp between it and `cosine`: the correctly
 * rounded cosine times min(1, ‖a‖/ε) · min(1, ‖b‖/ε). A gradient of norm 5e-10 loses a factor of 20.
 *
 * Sources: ATen `Distance.cpp` (PyTorch 1.13 behaves so); pytorch/pytorch#115786, whose vector is
 * the example.
 *
 * @param a one vector.
 * @param b the other, of the same length.
 * @param eps ε > 0. Default 1e-8, as in PyTorch.
 * @returns the clamped cosine; 0 if a vector is zero, as PyTorch has it; NaN if one is not finite.
 * @throws {RangeError} if the lengths differ or ε is not a positive number.
 *
 * @example
 * ```ts
 * import { cosine, isMeasured, perNormClampCosine } from "@fa/protocol";
 *
 * const a = [2606.66824394, 2477.72226966, 3251.84008903];
 * const b = [3.46822161e-9, 1.82536693e-9, 8.35245752e-9];
 * const clamped = perNormClampCosine(a, b);
 * if (Math.abs(clamped - 0.8399261269653225) > 3e-16) throw new Error("‖b‖ = 9.2e-9 is below ε");
 * const exact = cosine(a, b);
 * if (!isMeasured(exact) || exact !== 0.9103636220511842) throw new Error("no clamp");
 * ```
 */
export function perNormClampCosine(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  eps = 1e-8,
): number {
  return shrunk(a, b, eps, perNormClampFactor);
}

/** What the product clamp leaves of a cosine: min(1, ‖a‖‖b‖/ε). */
export function productClampFactor(normA: number, normB: number, eps: number): number {
  return least(normA * normB, eps);
}

/** What the per-norm clamp leaves of a cosine: min(1, ‖a‖/ε) · min(1, ‖b‖/ε). */
export function perNormClampFactor(normA: number, normB: number, eps: number): number {
  return least(normA, eps) * least(normB, eps);
}

/** min(1, size / ε). */
function least(size: number, eps: number): number {
  return size < eps ? size / eps : 1;
}

/** The exact cosine times what a clamp leaves of it. */
function shrunk(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  eps: number,
  factor: typeof productClampFactor,
): number {
  if (a.length !== b.length) {
    throw new RangeError(
      `Cannot compute a clamped cosine as the vectors must have one length: ${a.length} and ${b.length}`,
    );
  }
  if (!(eps > 0 && eps < Infinity)) {
    throw new RangeError(`Cannot clamp a cosine as eps must be a positive number: ${eps}`);
  }
  if (!allFinite(a) || !allFinite(b)) return NaN;
  const normA = exactNorm(a);
  const normB = exactNorm(b);
  if (normA === 0 || normB === 0) return 0;
  return exactCosine(a, b) * factor(normA, normB, eps);
}
