// Pitfall 4: alignment with feedback that the network was not trained with.
import { Rng } from "@fa/tensor";
import { mean } from "../statistics/mean.ts";
import { sampleStandardDeviation } from "../statistics/sample_standard_deviation.ts";
import { measureToy, numberOf } from "./_alignment.ts";
import { dfaCredits, drawFeedback, trainedToy } from "./_toy.ts";
import type { Pitfall, PitfallDemonstration } from "./pitfall.ts";

/**
 * Pitfall 4: Γ with feedback matrices that were drawn again.
 *
 * @example
 * ```ts
 * import { freshFeedback } from "@fa/protocol/pitfalls";
 *
 * const { wrong, right } = await freshFeedback.run();
 * if (!(Number(right.value) > 0.1 && Number(wrong.value) < 0.1)) throw new Error("alignment belongs to the trained feedback");
 * ```
 */
export const freshFeedback: Pitfall = {
  number: 4,
  name: "fresh-feedback",
  title: "Γ with freshly drawn feedback is not the network's Γ",
  problem: "Feedback matrices that are plain attributes, not buffers, are absent from the " +
    "checkpoint. Whoever loads it and measures draws new ones, and what comes out is the null " +
    "distribution of Γ, whatever the training did.",
  source: "paper, appendix A, pitfall 4",
  check: {
    pytorch:
      `self.register_buffer("feedback", feedback)   # in __init__, not self.feedback = feedback
assert any("feedback" in name for name in model.state_dict()), "B is not in the checkpoint"`,
    typescript: `import { isMeasured, unmeasured } from "@fa/protocol";

const stored: Float32Array | undefined = undefined; // what the checkpoint holds
const gamma = stored ? 0.1 : unmeasured("the checkpoint holds no feedback matrices");
if (isMeasured(gamma)) throw new Error("without the trained B there is no alignment");`,
  },
  async run(): Promise<PitfallDemonstration> {
    const toy = trainedToy();
    const draws = new Map(Array.from({ length: 20 }, (_, draw) => [
      `fresh ${draw}`,
      drawFeedback(Rng.fromSeed(draw, "pitfalls", "fresh")),
    ]));
    const { gamma, otherGammas = {} } = await measureToy(toy, {
      credits: ({ outputError }) => ({
        blocks: dfaCredits(outputError, toy.feedback),
        others: Object.fromEntries(
          [...draws].map(([name, feedback]) => [name, dfaCredits(outputError, feedback)]),
        ),
      }),
      creditIndex: "input",
    });
    if ("valid" in gamma) throw new Error(gamma.reason);
    const fresh = Object.values(otherGammas).map(({ headline }) => numberOf(headline));
    return {
      wrong: { how: "headline Γ with one fresh draw of B", value: fresh[0]! },
      right: { how: "headline Γ with the B of training", value: gamma.headline },
      also: [
        { how: "mean over 20 fresh draws", value: mean(fresh) },
        { how: "their sample standard deviation", value: sampleStandardDeviation(fresh) },
      ],
      why:
        "The forward weights align to one B, through training. Any other B is random to them, so " +
        "fresh draws measure the null: useful as a control, worthless as the value. A single draw " +
        "is not zero either.",
    };
  },
};
