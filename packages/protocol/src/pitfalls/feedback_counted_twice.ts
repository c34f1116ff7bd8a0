// Pitfall 10: one feedback matrix, counted as two layers.
import { cosine } from "../evidence/cosine.ts";
import { dfaAlignment, meanOf, numberOf, row } from "./_alignment.ts";
import { dfaCredits, evaluationBatches, measureBatch, sizes, trainedToy } from "./_toy.ts";
import type { Pitfall, PitfallDemonstration } from "./pitfall.ts";

/**
 * Pitfall 10: B_{L−1} reused at h_L.
 *
 * @example
 * ```ts
 * import { feedbackCountedTwice } from "@fa/protocol/pitfalls";
 *
 * const { wrong, right } = await feedbackCountedTwice.run();
 * if (wrong.value === right.value) throw new Error("they are different means");
 * ```
 */
export const feedbackCountedTwice: Pitfall = {
  number: 10,
  name: "feedback-counted-twice",
  title: "a deep mean over l = 1..L counts the last feedback matrix twice",
  problem:
    "There are L feedback matrices and L + 1 states. A mean over h_1 … h_L needs a credit at " +
    "h_L and takes B_{L−1} again. Both of its terms say nearly the same, so the top block has twice " +
    "the weight, and L values are reported where L − 1 were measured.",
  source: "ours; the paper's deep mean over l = 1..L",
  check: {
    pytorch: `used = [id(feedback_of(layer)) for layer in layers_in_the_mean]
assert len(set(used)) == len(used), "a feedback matrix is counted twice"`,
    typescript: `const feedback = [0, 1, 2, 3].map(() => new Float32Array(8)); // B_0 … B_3
const used = [1, 2, 3].map((l) => feedback[l]); // deep layers: l = 1..L−1
if (new Set(used).size !== used.length) throw new Error("a matrix is counted twice");`,
  },
  async run(): Promise<PitfallDemonstration> {
    const toy = trainedToy();
    const { blocks, batch } = sizes;
    const { perLayer, deepOurs } = await dfaAlignment(toy, toy.feedback);
    const terminal: number[] = [];
    const between: number[] = [];
    for (const each of evaluationBatches()) {
      const { error, gradient } = measureBatch(toy, each);
      const credit = dfaCredits(error, toy.feedback)[blocks - 1]!.dataSync();
      const [below, top] = [gradient[blocks - 1]!.dataSync(), gradient[blocks]!.dataSync()];
      for (let b = 0; b < batch; b++) {
        const ofTop = row(top, b, batch);
        terminal.push(numberOf(cosine(row(credit, b, batch), ofTop)));
        between.push(numberOf(cosine(row(below, b, batch), ofTop)));
      }
    }
    const deep = perLayer.slice(1).map(({ value }) => numberOf(value));
    return {
      wrong: {
        how: "deep Γ, mean over l = 1..4 with B_3 reused at h_4",
        value: meanOf([...deep, meanOf(terminal)]),
      },
      right: { how: "deep Γ, mean over l = 1..3, every B_l once", value: deepOurs },
      also: [
        { how: "Γ_3", value: deep.at(-1)! },
        { how: "Γ_4, with the same B_3", value: meanOf(terminal) },
        { how: "cosine of g_3 with g_4, mean over samples", value: meanOf(between) },
      ],
      why:
        "g_{L−1} and g_L are nearly parallel in a residual network, so the second use of B_{L−1} " +
        "repeats the first. Reports here print both means under their names, deepOurs and deepPaper.",
    };
  },
};
