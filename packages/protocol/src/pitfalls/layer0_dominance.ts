// Pitfall 6: the headline is layer 0.
import { dfaAlignment, numberOf } from "./_alignment.ts";
import { sizes, trainedToy } from "./_toy.ts";
import type { Pitfall, PitfallDemonstration } from "./pitfall.ts";

/**
 * Pitfall 6: a mean over layers that the lowest one carries.
 *
 * @example
 * ```ts
 * import { layer0Dominance } from "@fa/protocol/pitfalls";
 *
 * const { wrong, right } = await layer0Dominance.run();
 * if (!(Number(wrong.value) > 2 * Number(right.value))) throw new Error("layer 0 carries the headline");
 * ```
 */
export const layer0Dominance: Pitfall = {
  number: 6,
  name: "layer-0-dominance",
  title: "the headline Γ is carried by layer 0; the deep layers are near zero",
  problem: "The mean over layers includes h_0, which the embedding writes and which DFA aligns " +
    "best. A headline of .10 is then read as “the network is aligned”, while no block above the " +
    "first is.",
  source: "paper, appendix A, pitfall 6",
  check: {
    pytorch: `gamma = torch.stack(per_layer)   # Γ_0 … Γ_{L−1}
print("headline", gamma.mean(), "layer 0", gamma[0], "deep", gamma[1:].mean())
assert gamma.mean() < 2 * gamma[1:].mean(), "layer 0 carries the headline: report the deep mean"`,
    typescript: `import { type Alignment, isMeasured } from "@fa/protocol";

/** Whether the headline of an alignment may stand for its deep layers. */
function headlineIsFair({ headline, deepOurs }: Alignment): boolean {
  return isMeasured(headline) && isMeasured(deepOurs) && headline < 2 * deepOurs;
}
const layer = (value: number) => ({ value, samples: 128, invalidSamples: 0 });
const alignment: Alignment = {
  creditIndex: "input",
  perLayer: [layer(0.43), layer(0), layer(0)],
  headline: 0.143,
  deepOurs: 0,
};
if (headlineIsFair(alignment)) throw new Error("it is all layer 0");`,
  },
  async run(): Promise<PitfallDemonstration> {
    const toy = trainedToy();
    const { perLayer, headline, deepOurs } = await dfaAlignment(toy, toy.feedback);
    const first = perLayer[0]!.value;
    return {
      wrong: { how: "headline Γ, mean over l = 0..3", value: headline },
      right: { how: "deep Γ, mean over l = 1..3", value: deepOurs },
      also: [
        ...perLayer.map(({ value }, l) => ({ how: `Γ_${l}`, value })),
        {
          how: "fraction of the headline that is Γ_0",
          value: numberOf(first) / (sizes.blocks * numberOf(headline)),
        },
      ],
      why:
        "The embedding learns from a_0 directly and its Jacobian is linear: h_0 aligns in any case. " +
        "Report Γ of every layer, and the deep mean beside the headline.",
    };
  },
};
