// Pitfall 3: gradients that float16 cannot hold.
import {
  exactNorm,
  float16FromBits,
  jsBackend,
  normal,
  Rng,
  roundAllToBfloat16,
  roundAllToFloat16,
} from "@fa/tensor";
import { cosine } from "../evidence/cosine.ts";
import { l2Norm } from "../evidence/norm.ts";
import type { Pitfall, PitfallDemonstration } from "./pitfall.ts";
import { numberOf } from "./_alignment.ts";

/** 256 normal values, scaled to a norm. */
function gradientOfNorm(norm: number): Float64Array {
  const drawn = normal(Rng.fromSeed(1, "pitfalls", "float16"), [256], {
    dtype: "float64",
    backend: jsBackend,
  }).dataSync();
  const length = exactNorm(drawn);
  return Float64Array.from(drawn, (x) => x / length * norm);
}

/** Fraction of the entries that a format turns into zero. */
function shareLost(rounded: ArrayLike<number>): number {
  return Array.from(rounded).filter((x) => x === 0).length / rounded.length;
}

/**
 * Pitfall 3: float16 underflows where bfloat16 does not.
 *
 * @example
 * ```ts
 * import { float16Underflow } from "@fa/protocol/pitfalls";
 *
 * const { wrong, right } = await float16Underflow.run();
 * if (wrong.value !== 0) throw new Error("nothing is left in float16");
 * if (Math.abs(Number(right.value) / 5e-10 - 1) > 2 ** -8) throw new Error("bfloat16 keeps it");
 * ```
 */
export const float16Underflow: Pitfall = {
  number: 3,
  name: "float16-underflow",
  title: "float16 has nothing below 6e-8: small gradients become exact zeros",
  problem:
    "Under mixed precision the reference gradient may be computed in float16. Its smallest " +
    "positive number is 2⁻²⁴; a gradient of norm 5e-10 is lost as a whole, and an alignment with " +
    "it is 0 or NaN, not small.",
  source: "paper, appendix A, pitfall 3; IEEE 754 binary16",
  check: {
    pytorch: `lost = (g != 0) & (g.half() == 0)
assert not lost.any(), f"float16 loses {lost.float().mean():.0%} of the gradient's entries"`,
    typescript: `import { roundAllToFloat16 } from "@fa/tensor";

const gradient = [3e-4, -2e-5, 7e-6];
const rounded = roundAllToFloat16(gradient, new Float64Array(gradient.length));
const lost = gradient.filter((g, i) => g !== 0 && rounded[i] === 0).length;
if (lost > 0) throw new Error(\`float16 loses \${lost} of \${gradient.length} entries\`);`,
  },
  // deno-lint-ignore require-await -- every pitfall answers with a promise
  async run(): Promise<PitfallDemonstration> {
    const g = gradientOfNorm(5e-10);
    const half = roundAllToFloat16(g, new Float64Array(g.length));
    const brain = roundAllToBfloat16(g, new Float64Array(g.length));
    const early = gradientOfNorm(1e-6);
    const earlyHalf = roundAllToFloat16(early, new Float64Array(early.length));
    return {
      wrong: { how: "‖g‖ after rounding to float16, true norm 5e-10", value: l2Norm(half) },
      right: { how: "‖g‖ after rounding the same values to bfloat16", value: l2Norm(brain) },
      also: [
        { how: "smallest positive float16", value: float16FromBits(1) },
        { how: "cosine of g with itself in float16", value: cosine(half, g) },
        { how: "cosine of g with itself in bfloat16", value: cosine(brain, g) },
        {
          how: "fraction of entries that float16 loses at ‖g‖ = 1e-6, d = 256",
          value: shareLost(earlyHalf),
        },
        {
          how: "cosine of that gradient with itself in float16",
          value: numberOf(cosine(earlyHalf, early)),
        },
      ],
      why:
        "bfloat16 has the exponents of float32 and loses only digits (8 bits are left); float16 " +
        "has 5 bits of exponent. Above the underflow it fails silently: some entries are gone, the " +
        "others are rounded to a grid as coarse as they are.",
    };
  },
};
