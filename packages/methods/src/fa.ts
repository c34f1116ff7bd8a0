// Feedback alignment.
import { keep, matmul, normal, type Rng, type Tensor, vjp } from "@fa/tensor";
import { checkChoice } from "./_check_choice.ts";
import { checkNumbers } from "./_check_numbers.ts";
import { top } from "./_top.ts";
import {
  type Auxiliary,
  type CreditContext,
  type CreditNormalization,
  type CreditRule,
  type Credits,
  type CreditSizes,
  requireAuxiliary,
} from "./credit_rule.ts";

/** Options of {@link fa}. */
export interface FaOptions {
  /** Whether block l is taught by a_l, `"input"`, the default, or by a_{l+1}, `"output"`. */
  readonly creditIndex?: CreditRule["creditIndex"];
  /** Default `"sample"`. */
  readonly creditNormalization?: CreditNormalization;
  /** B_l ~ N(0, scale²/d). Default 1. */
  readonly feedbackScale?: number;
  /**
   * a_l from a_{l+1}, both `[B, d]`, where it is not the product with B_l; no matrices are drawn
   * then. Not among the echoed options, for a function has no name to be recorded by.
   */
  readonly transport?: (l: number, a: Tensor, context: CreditContext) => Tensor;
}

const feedbackName = (l: number): string => `feedback.${l}`;

/**
 * Feedback alignment (Lillicrap, Cownden, Tweed & Akerman 2016, Nature Communications 7:13276), block
 * by block: the credit starts as the true gradient at the top and goes down through fixed random
 * matrices, which stand where backpropagation has the transposed Jacobian of h + F_l(h),
 *
 *     a_L = g_L = ∂CE_b/∂h_L,   a_l = B_l a_{l+1},   B_l ~ N(0, scale²/d), `[d, d]`, l = L−1 … 0.
 *
 * There is no identity path in this chain. The gradient is that of each sample's own cross-entropy;
 * the trainer divides by B. The embedding is taught by a_0. With `creditIndex: "output"` the last
 * block is taught by g_L itself, its exact signal, and `exactBlocks` says so.
 *
 * Source: equations of the paper "Beyond Accuracy and Alignment", as corrected later by its author;
 * the scale 1/d, which keeps the length of a credit on its way down, is a decision of this project.
 *
 * @throws {RangeError} if an option is none of those above, or the scale is not above 0.
 *
 * @example
 * ```ts
 * import { matmul, mul, ones, outputError, type Tensor, tensor } from "@fa/tensor";
 * import { fa } from "@fa/methods";
 *
 * const dtype = "float64";
 * const model = { blocks: [(h: Tensor) => mul(h, 0.5)], residual: true, outHead: (h: Tensor) => h };
 * const h = ones([1, 3], { dtype }), logits = mul(h, 1.5), y = [2];
 * const context = {
 *   x: h, y, hidden: [h, logits], logits, outputError: outputError(logits, y), model,
 *   time: { epoch: 1, epochs: 1 },
 * };
 * const B0 = tensor([[0, 1, 0], [0, 0, 1], [1, 0, 0]], { dtype });
 * const { blocks: [a0] } = fa().credits(context, new Map([["feedback.0", B0]]));
 * const expected = matmul(context.outputError, B0, { transposeB: true }); // g_L is e_T here
 * if (a0!.dataSync().join() !== expected.dataSync().join()) throw new Error("not B_0 g_L");
 * ```
 */
export function fa(
  {
    creditIndex = "input",
    creditNormalization = "sample",
    feedbackScale = 1,
    transport,
  }: FaOptions = {},
): CreditRule {
  checkChoice("fa", "creditIndex", creditIndex, ["input", "output"]);
  checkChoice("fa", "creditNormalization", creditNormalization, ["sample", "batch", "none"]);
  checkNumbers("fa", "a finite number above 0", { feedbackScale });
  return {
    name: "fa",
    creditIndex,
    creditNormalization,
    options: { creditIndex, creditNormalization, feedbackScale },

    init({ width, depth, classes: _, ...create }: CreditSizes, rng: Rng): Auxiliary {
      const auxiliary = new Map<string, Tensor>();
      if (transport) return auxiliary;
      const std = feedbackScale * Math.sqrt(1 / width);
      for (let l = 0; l < depth; l++) {
        auxiliary.set(
          feedbackName(l),
          keep(normal(rng.fork("feedback", l), [width, width], { std, ...create })),
        );
      }
      return auxiliary;
    },

    credits(context: CreditContext, auxiliary: Auxiliary): Credits {
      const { hidden, model, outputError } = context;
      let a = vjp((h) => top(model, h), [hidden.at(-1)!]).pullback(outputError)[0]!;
      const chain = [a]; // a_0 … a_L in the end
      for (let l = model.blocks.length - 1; l >= 0; l--) {
        a = transport
          ? transport(l, a, context)
          : matmul(a, requireAuxiliary(auxiliary, feedbackName(l), "fa"), { transposeB: true });
        chain.unshift(a);
      }
      return {
        blocks: creditIndex === "input" ? chain.slice(0, -1) : chain.slice(1),
        embedding: a,
      };
    },

    fixed: (auxiliary) => [...auxiliary.keys()],

    exactBlocks: (depth) => creditIndex === "output" ? [depth - 1] : [],
  };
}
