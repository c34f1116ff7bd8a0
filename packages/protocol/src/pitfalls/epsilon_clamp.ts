// Pitfall 2: the ε of cosine similarity.
import { perNormClampCosine, productClampCosine } from "../evidence/clamped_cosine.ts";
import { cosine } from "../evidence/cosine.ts";
import type { Pitfall, PitfallDemonstration } from "./pitfall.ts";

/** pytorch/pytorch#115786. */
const published = {
  a: [2606.66824394, 2477.72226966, 3251.84008903],
  b: [3.46822161e-9, 1.82536693e-9, 8.35245752e-9],
};

/** True cosine ½ by construction: b = (½, ½, ½, ½)‖b‖ and a along the first axis. */
const small = { a: [1e-2, 0, 0, 0], b: [2.5e-10, 2.5e-10, 2.5e-10, 2.5e-10] };

/**
 * Pitfall 2: the ε that cosine similarity puts under small norms.
 *
 * @example
 * ```ts
 * import { epsilonClamp } from "@fa/protocol/pitfalls";
 *
 * const { wrong, right } = await epsilonClamp.run();
 * if (right.value !== 0.5) throw new Error("the true cosine is 1/2");
 * if (Math.abs(Number(wrong.value) - 0.025) > 1e-15) throw new Error("20 times too small");
 * ```
 */
export const epsilonClamp: Pitfall = {
  number: 2,
  name: "epsilon-clamp",
  title: "cosine_similarity replaces norms below ε = 1e-8 and shrinks the cosine",
  problem:
    "Two generations of PyTorch clamp differently: the older one the product of the norms, " +
    "the newer one each norm. A gradient of norm 5e-10, which is what a trained DFA network has, " +
    "lies below ε under both, and the printed alignment is neither the cosine nor comparable " +
    "between versions.",
  source: "paper, appendix A, pitfall 2; pytorch/pytorch#115786",
  check: {
    pytorch: `a, g = a.double(), g.double()
cosine = (a * g).sum(-1) / (a.norm(dim=-1) * g.norm(dim=-1))
clamped = torch.nn.functional.cosine_similarity(a, g, dim=-1)
assert torch.allclose(cosine, clamped, atol=1e-6), "a clamp is at work: use the first"`,
    typescript: `import { cosine, isMeasured } from "@fa/protocol";

const found = cosine([1e-2, 0], [3e-10, 4e-10]); // never clamped, also not at 1e-300
if (!isMeasured(found) || Math.abs(found - 0.6) > 1e-15) throw new Error("3/5");
if (isMeasured(cosine([1, 0], [0, 0]))) throw new Error("a zero vector has no direction");`,
  },
  // deno-lint-ignore require-await -- every pitfall answers with a promise
  async run(): Promise<PitfallDemonstration> {
    const { a, b } = small;
    return {
      wrong: {
        how: "PyTorch's per-norm clamp, ‖a‖ = 1e-2, ‖g‖ = 5e-10",
        value: perNormClampCosine(a, b),
      },
      right: { how: "⟨a, g⟩ / (‖a‖‖g‖) without any ε", value: cosine(a, b) },
      also: [
        {
          how: "the older product clamp on the same pair",
          value: productClampCosine(a, b),
        },
        {
          how: "the vectors of pytorch#115786: per-norm clamp",
          value: perNormClampCosine(published.a, published.b),
        },
        {
          how: "the vectors of pytorch#115786: product clamp, which does not bind",
          value: productClampCosine(published.a, published.b),
        },
        { how: "the vectors of pytorch#115786: exact", value: cosine(published.a, published.b) },
      ],
      why:
        "A clamp makes a denominator larger, so it only ever shrinks a cosine: by ε/‖g‖ = 20 at " +
        "‖g‖ = 5e-10. It cannot explain a Γ that is too large; that is layer 0 (pitfall 6).",
    };
  },
};
