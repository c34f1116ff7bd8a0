// Pitfall 5: one checkpoint, several numbers called alignment.
import { exactSum } from "@fa/tensor";
import { cosine } from "../evidence/cosine.ts";
import { meanOf, numberOf, row } from "./_alignment.ts";
import { dfaCredits, evaluationBatches, measureBatch, sizes, trainedToy } from "./_toy.ts";
import type { Pitfall, PitfallDemonstration } from "./pitfall.ts";

type Values = ArrayLike<number>;

/** Sum over the samples of a batch, the direction of their mean. */
function batchSum(values: Values): number[] {
  const { batch, width } = sizes;
  return Array.from(
    { length: width },
    (_, i) => exactSum(Array.from({ length: batch }, (_, b) => values[b * width + i]!)),
  );
}

const cos = (a: Values, b: Values): number => numberOf(cosine(a, b));

/**
 * Pitfall 5: how samples, batches and layers become one number decides its size and its sign.
 *
 * @example
 * ```ts
 * import { aggregation } from "@fa/protocol/pitfalls";
 *
 * const { wrong, right } = await aggregation.run();
 * if (!(Number(wrong.value) > 0 && Number(right.value) < 0)) throw new Error("the sign flips");
 * ```
 */
export const aggregation: Pitfall = {
  number: 5,
  name: "aggregation",
  title: "the order of averaging decides the size of Γ, and its sign",
  problem: "“Alignment” is printed as a mean of per-sample cosines, as the cosine of a flattened " +
    "batch, as the cosine of batch means, or over concatenated layers. They are different " +
    "quantities; from the same tensors they differ in sign.",
  source: "paper, appendix A, pitfall 5; eight public implementations compared",
  check: {
    pytorch: `cosine = torch.nn.functional.cosine_similarity   # mind pitfall 2
per_sample = cosine(a, g, dim=-1).mean()
flattened = cosine(a.flatten(), g.flatten(), dim=0)
assert (per_sample > 0) == (flattened > 0), "say which aggregation you report"`,
    typescript: `import { evidenceDefinitions } from "@fa/protocol";

// Every record of this library says how its Γ was reduced.
const { reduction } = evidenceDefinitions.gamma;
if (!reduction.startsWith("mean over samples per layer")) throw new Error(reduction);`,
  },
  // deno-lint-ignore require-await -- every pitfall answers with a promise
  async run(): Promise<PitfallDemonstration> {
    const toy = trainedToy();
    const { batch, blocks } = sizes;
    const last = blocks - 1;
    const perSample: number[][] = Array.from({ length: blocks }, () => []);
    const concatenated: number[] = [];
    const flattened: number[] = [];
    const ofMeans: number[] = [];
    for (const each of evaluationBatches()) {
      const { error, gradient } = measureBatch(toy, each);
      const a = dfaCredits(error, toy.feedback).map((t) => t.dataSync());
      const g = gradient.map((t) => t.dataSync());
      for (let b = 0; b < batch; b++) {
        const rows = (all: readonly Values[]) => a.map((_, l) => row(all[l]!, b, batch));
        const [ofA, ofG] = [rows(a), rows(g)];
        ofA.forEach((vector, l) => perSample[l]!.push(cos(vector, ofG[l]!)));
        concatenated.push(cos(ofA.flat(), ofG.flat()));
      }
      flattened.push(cos(a[last]!, g[last]!));
      ofMeans.push(cos(batchSum(a[last]!), batchSum(g[last]!)));
    }
    const layers = perSample.map(meanOf);
    return {
      wrong: {
        how: "last block: cosine of each whole batch as one vector, mean over batches",
        value: meanOf(flattened),
      },
      right: {
        how: "last block: cosine of each sample, mean over samples (the definition of Γ_l)",
        value: layers[last]!,
      },
      also: [
        {
          how: "last block: cosine of the batch means, mean over batches",
          value: meanOf(ofMeans),
        },
        { how: "all blocks: mean of Γ_0 … Γ_3 (headline)", value: meanOf(layers) },
        {
          how: "all blocks: layers of a sample concatenated, mean over samples",
          value: meanOf(concatenated),
        },
      ],
      why:
        "A flattened batch weights samples by ‖a‖‖g‖, so that the wrongly classified ones decide; " +
        "batch means cancel what differs between samples; concatenated layers weight the layer " +
        "with the largest gradient, the lowest one. None is a better estimate of another.",
    };
  },
};
