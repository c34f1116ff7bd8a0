// Pitfall 7: a credit that is not there.
import type { Tensor } from "@fa/tensor";
import { dfaAlignment, measureToy, numberOf } from "./_alignment.ts";
import { dfaCredits, trainedToy } from "./_toy.ts";
import type { Pitfall, PitfallDemonstration } from "./pitfall.ts";

/**
 * Pitfall 7: a tool that falls back to the gradient when the auxiliary state is missing.
 *
 * @example
 * ```ts
 * import { missingAuxiliaries } from "@fa/protocol/pitfalls";
 *
 * const { wrong, right } = await missingAuxiliaries.run();
 * if (wrong.value !== 1) throw new Error("the gradient is aligned with itself");
 * if (typeof right.value === "number") throw new Error("what is not there was measured");
 * ```
 */
export const missingAuxiliaries: Pitfall = {
  number: 7,
  name: "missing-auxiliaries",
  title: "without its auxiliary networks a method is measured as backpropagation: Γ = 1",
  problem:
    "A checkpoint that holds only the forward weights has no feedback matrices and no bridge " +
    "networks. Code that falls back to the gradient, or to an untrained network, prints a number " +
    "all the same; public tools also give 1 to pairs of zero vectors and 0° to frozen modules.",
  source: "paper, appendix A, pitfall 7; TinyDFA alignment.py, scalingDTP metrics.py",
  check: {
    pytorch: `model.load_state_dict(state, strict=True)   # a missing tensor is an error
assert not any(torch.equal(a, g) for a, g in zip(credits, gradients)), "the credit is the gradient"`,
    typescript: `import { collectEvidence } from "@fa/protocol";
import { type Tensor, tensor } from "@fa/tensor";

const model = { embed: (x: Tensor) => x, blocks: [(h: Tensor) => h], outHead: (h: Tensor) => h };
const { gamma } = await collectEvidence(model, [{ x: tensor([[1, 2]]), y: [0] }]);
if (!("valid" in gamma)) throw new Error("no credits were given, so there is no Γ");`,
  },
  async run(): Promise<PitfallDemonstration> {
    const toy = trainedToy();
    const loaded: { feedback?: readonly Tensor[] } = {}; // a checkpoint of forward weights alone
    const fallback = await measureToy(toy, {
      credits: ({ outputError, bpGradient }) =>
        loaded.feedback ? dfaCredits(outputError, loaded.feedback) : bpGradient.slice(0, -1),
      creditIndex: "input",
    });
    const refused = await measureToy(toy);
    if ("valid" in fallback.gamma) throw new Error(fallback.gamma.reason);
    if (!("valid" in refused.gamma)) throw new Error("Γ was measured without credits");
    return {
      wrong: {
        how: "headline Γ of a tool that takes the gradient where the credit is missing",
        value: fallback.gamma.headline,
      },
      right: { how: "Γ here, without credits", value: refused.gamma },
      also: [{
        how: "headline Γ with the feedback of training, which the checkpoint should have held",
        value: numberOf((await dfaAlignment(toy, toy.feedback)).headline),
      }],
      why: "The cosine of the gradient with itself is 1. What cannot be measured must not be a " +
        "number: neither 1 nor 0. Checkpoints here always hold the auxiliary state.",
    };
  },
};
