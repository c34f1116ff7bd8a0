// Backpropagation in disguise: signals of a local rule that are the true gradient.
import type { DType, Tensor, TypedArray } from "@fa/tensor";
import type { CreditRule, Credits } from "../credit_rule.ts";

/**
 * How near to a gradient a signal is the gradient, relative to its length. Measured at d = 256, L = 4,
 * B = 128: the gradient of the same batch taken on another way is 3e-7 away in float32 and 1e-15 in
 * float64, by rounding alone, also where ‖h_L‖ has grown to 5e5. Of all rules the nearest at the first
 * step is equilibrium propagation, whose signals are the gradient in the limit β → 0, T → ∞: 0.05 with
 * its defaults. All others are beyond 0.8.
 */
export const disguiseTolerance: Readonly<Record<DType, number>> = {
  float32: 1e-4,
  float64: 1e-10,
};

/** A signal by which a rule teaches, or which it reports. */
export interface Signal {
  /** In words. */
  readonly name: string;
  /** `embedding` or `blocks.<l>`. */
  readonly layer: string;
  /** Values, `[B, d]`. */
  readonly tensor: Tensor;
  /** With which g_l it is compared. */
  readonly against: readonly number[];
}

/**
 * The signals of a rule that must not be a gradient: those of every block but the exempt ones against
 * g_l and g_{l+1}, and that of the embedding, where it is one of its own, against g_0. Where block 0 is
 * exempt, what reaches the embedding from it is too.
 */
export function signalsOf(
  { blocks, embedding, others = {}, lessons = [] }: Credits,
  rule: Pick<CreditRule, "exactBlocks">,
): Signal[] {
  const exact = rule.exactBlocks?.(blocks.length) ?? [];
  const ofBlocks = (name: string, tensors: readonly Tensor[]): Signal[] =>
    tensors.flatMap((tensor, l) =>
      exact.includes(l)
        ? []
        : [{ name: `${name} of block ${l}`, layer: `blocks.${l}`, tensor, against: [l, l + 1] }]
    );
  return [
    ...ofBlocks("credit", blocks),
    ...Object.entries(others).flatMap(([name, each]) => ofBlocks(`credit ${name}`, each)),
    ...lessons.flatMap(({ signals }) => ofBlocks("signal", signals)),
    ...(blocks.includes(embedding) || exact.includes(0) ? [] : [{
      name: "credit of the embedding",
      layer: "embedding",
      tensor: embedding,
      against: [0],
    }]),
  ];
}

/** How near a signal is to a gradient. */
export interface Nearness {
  /** min_s ‖a − s g‖ / ‖a‖, with an s for each sample. */
  readonly distance: number;
  /** The s = ⟨a, g⟩ / ⟨g, g⟩ of the whole batch. */
  readonly scale: number;
}

/**
 * How near a is to a multiple of g, both `[B, d]`. Every sample may have its own multiple, of either
 * sign: trainers scale credits per sample, so that a gradient scaled in this way teaches what the
 * gradient does. A single feature is always a multiple of another, and so are two behind a LayerNorm,
 * where gradients are multiples of (1, −1); there the batch has one.
 * 1 where a gradient is zero, NaN where the signal is: neither alarms.
 */
export function nearness(a: TypedArray, g: TypedArray, batch: number): Nearness {
  const features = a.length / batch;
  const run = features > 2 ? features : a.length;
  let rest = 0, length = 0, dot = 0, square = 0;
  for (let start = 0; start < a.length; start += run) {
    const end = start + run;
    let ag = 0, gg = 0;
    for (let i = start; i < end; i++) {
      ag += a[i]! * g[i]!;
      gg += g[i]! * g[i]!;
    }
    const s = gg === 0 ? 0 : ag / gg;
    for (let i = start; i < end; i++) {
      const difference = a[i]! - s * g[i]!;
      rest += difference * difference;
      length += a[i]! * a[i]!;
    }
    dot += ag;
    square += gg;
  }
  return { distance: Math.sqrt(rest / length), scale: square === 0 ? 0 : dot / square };
}
