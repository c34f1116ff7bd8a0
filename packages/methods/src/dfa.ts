// Direct feedback alignment.
import { keep, matmul, normal, type Rng, type Tensor } from "@fa/tensor";
import { checkChoice } from "./_check_choice.ts";
import { checkNumbers } from "./_check_numbers.ts";
import {
  type Auxiliary,
  type CreditContext,
  type CreditNormalization,
  type CreditRule,
  type Credits,
  type CreditSizes,
  requireAuxiliary,
} from "./credit_rule.ts";

/** Options of {@link dfa}. */
export interface DfaOptions {
  /** Where a_l is said to live. Default `"input"`, the paper's choice. */
  readonly creditIndex?: CreditRule["creditIndex"];
  /** Default `"sample"`. */
  readonly creditNormalization?: CreditNormalization;
  /** B_l ~ N(0, scale²/C). Default 1. */
  readonly feedbackScale?: number;
}

const feedbackName = (l: number): string => `feedback.${l}`;

/**
 * Direct feedback alignment (Nøkland 2016, NeurIPS, eq. 7): the output error reaches every block
 * through a fixed random matrix, a_l = e_T B_lᵀ, with B_l `[d, C]` ~ N(0, 1/C), one matrix for each
 * block l = 0 … L−1. a_l lives at h_l; the embedding is taught by a_0. Where a credit at h_L is asked
 * for, B_{L−1} is reused, as the paper does: `terminal` is a_{L−1} once more.
 *
 * @throws {RangeError} if an option is out of its range.
 *
 * @example
 * ```ts
 * import { ResidualMLP } from "@fa/models";
 * import { Rng, tensor, zeros } from "@fa/tensor";
 * import { dfa } from "@fa/methods";
 *
 * const dtype = "float64", rng = Rng.fromSeed(42);
 * const model = new ResidualMLP({ inputSize: 4, width: 8, depth: 1, classes: 3, dtype, rng });
 * const rule = dfa();
 * const feedback = rule.init({ width: 8, depth: 1, classes: 3, dtype }, rng.fork("auxiliary"));
 * const h = zeros([1, 8], { dtype }), logits = zeros([1, 3], { dtype });
 * const outputError = tensor([[1, 0, -1]], { dtype });
 * const time = { epoch: 1, epochs: 1 };
 * const context = { x: h, y: [2], hidden: [h, h], logits, outputError, model, time };
 * const [a0] = rule.credits(context, feedback).blocks;
 * const B0 = feedback.get("feedback.0")!.dataSync();
 * if (a0!.dataSync()[0] !== B0[0]! - B0[2]!) throw new Error("not e_T B_0ᵀ");
 * ```
 */
export function dfa(
  {
    creditIndex = "input",
    creditNormalization = "sample",
    feedbackScale = 1,
  }: DfaOptions = {},
): CreditRule {
  checkChoice("dfa", "creditIndex", creditIndex, ["input", "output"]);
  checkChoice("dfa", "creditNormalization", creditNormalization, ["sample", "batch", "none"]);
  checkNumbers("dfa", "a finite number ≥ 0", { feedbackScale });
  return {
    name: "dfa",
    creditIndex,
    creditNormalization,
    options: { creditIndex, creditNormalization, feedbackScale },

    init({ width, depth, classes, ...create }: CreditSizes, rng: Rng): Auxiliary {
      const auxiliary = new Map<string, Tensor>();
      const std = feedbackScale * Math.sqrt(1 / classes);
      for (let l = 0; l < depth; l++) {
        auxiliary.set(
          feedbackName(l),
          keep(normal(rng.fork("feedback", l), [width, classes], { std, ...create })),
        );
      }
      return auxiliary;
    },

    credits({ outputError, hidden }: CreditContext, auxiliary: Auxiliary): Credits {
      const blocks = hidden.slice(0, -1).map((_, l) => {
        const feedback = requireAuxiliary(auxiliary, feedbackName(l), "dfa");
        return matmul(outputError, feedback, { transposeB: true });
      });
      return { blocks, embedding: blocks[0]!, terminal: blocks.at(-1)! };
    },

    fixed: (auxiliary) => [...auxiliary.keys()],
  };
}
