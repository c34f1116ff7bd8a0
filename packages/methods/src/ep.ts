// Equilibrium propagation.
import { add, mul, scope, sub, type Tensor, vjp } from "@fa/tensor";
import { checkChoice } from "./_check_choice.ts";
import { checkNumbers } from "./_check_numbers.ts";
import { energyGradient, predict, predictionErrors } from "./_energy.ts";
import type { CreditContext, CreditRule, Credits, Lesson } from "./credit_rule.ts";

/** Options of {@link ep}. */
export interface EpOptions {
  /** β, how strongly the loss pulls at the states; not 0. Default 0.5. */
  readonly beta?: number;
  /** T, steps of relaxation. Default 20. */
  readonly steps?: number;
  /** α, size of each step. Default 0.1. */
  readonly stepSize?: number;
  /** Which of the two credits is the rule's own in the evidence. Default `"displacement"`. */
  readonly credit?: "displacement" | "predictionError";
  /** Whether to average the results of +β and −β. Default false. */
  readonly symmetric?: boolean;
}

/**
 * Equilibrium propagation (Scellier & Bengio 2017, Frontiers in Computational Neuroscience 11:24,
 * arXiv:1602.05179) on the energy of predictive coding. Per sample
 *
 *     E = ½ Σ_l ‖ε_l‖²,   ε_l = h_{l+1} − h_l − F_l(h_l)
 *
 * (without h_l where the model is not residual). The free phase is the forward pass, where E = 0. The
 * nudged phase takes T steps of size α down the gradient of E + β·CE, over h_1 … h_L at once, from
 * the free states; h_0 and the parameters stay. Samples do not interact. Then
 *
 *     block l descends   ∂/∂θ_l mean_b ‖ε_l‖²/2β   at the nudged states (a {@link Lesson}),
 *     the embedding      mean_b ⟨h_0, c_0⟩,   c_0 = (1/β) ∂E/∂h_0 at the nudged h_1 … h_L,
 *
 * and terminal LayerNorm and head the mean CE at the free h_L. In equilibrium and as β → 0 these are
 * the gradients of backpropagation, with an error of order β, or β² if `symmetric` (Laborieux et al.
 * 2021, Frontiers in Neuroscience 15:633674). After T = 20 steps of α = 0.1 there is no equilibrium,
 * and an error remains that does not shrink with β: see the guide `docs/methods.md`.
 *
 * It has two credits, both at h_{l+1}:
 *
 *     displacement      −(h_{l+1}^nudge − h_{l+1}^free)/β
 *     predictionError   −ε_l^nudge/β
 *
 * The second is what teaches, and tends to g_{l+1}. The first does not, but for l = 0: it tends to
 * d_{l+1} = d_l + ∂F_l/∂h_l d_l + g_{l+1} with d_0 = 0. Option `credit` says which one is compared with
 * the gradient as the rule's own; the other is among `others`. It changes nothing in training.
 *
 * Sources: energy, β and T as the author of the paper "Beyond Accuracy and Alignment" later corrected
 * them; α, the embedding's rule and `predictionError` are decisions of this project.
 *
 * @throws {RangeError} if β is 0 or not finite, T is no whole number ≥ 1, α is not above 0, or the
 * credit is none of the two.
 *
 * @example
 * ```ts
 * import { mul, ones, outputError, type Tensor } from "@fa/tensor";
 * import { ep } from "@fa/methods";
 *
 * const model = { blocks: [(h: Tensor) => mul(h, 0.5)], residual: true, outHead: (h: Tensor) => h };
 * const h = ones([1, 3], { dtype: "float64" }), logits = mul(h, 1.5), y = [2];
 * const context = {
 *   x: h, y, hidden: [h, logits], logits, outputError: outputError(logits, y), model,
 *   time: { epoch: 1, epochs: 1 },
 * };
 * // One block and one step of size 1: h_1 moves by −β g_1, and g_1 is e_T here.
 * const { blocks: [a0] } = ep({ steps: 1, stepSize: 1 }).credits(context, new Map());
 * const [g, a] = [context.outputError.dataSync(), a0!.dataSync()];
 * if (a.some((v, i) => Math.abs(v - g[i]!) > 1e-15)) throw new Error("not the gradient");
 * ```
 */
export function ep(
  {
    beta = 0.5,
    steps = 20,
    stepSize = 0.1,
    credit = "displacement",
    symmetric = false,
  }: EpOptions = {},
): CreditRule {
  if (beta === 0 || !Number.isFinite(beta)) {
    throw new RangeError(
      `Cannot set option beta of ep as it must be a finite number other than 0: ${beta}`,
    );
  }
  checkNumbers("ep", "a whole number ≥ 1", { steps });
  checkNumbers("ep", "a finite number above 0", { stepSize });
  checkChoice("ep", "credit", credit, ["displacement", "predictionError"]);
  const other = credit === "displacement" ? "predictionError" : "displacement";
  return {
    name: "ep",
    creditIndex: "output",
    creditNormalization: "none",
    options: { beta, steps, stepSize, credit, symmetric },

    init: () => new Map(),

    // A nudge of T steps has just arrived at the state T blocks from the top: what it does there is g.
    // The state of a single block feels nothing but the nudge: what it does is g in the limit β → 0.
    exactBlocks: (depth) => depth === 1 ? [0] : steps <= depth ? [depth - steps] : [],

    credits(context: CreditContext): Credits {
      return scope(() => {
        const signs = symmetric ? [1, -1] : [1];
        const nudges = signs.map((sign) => nudge(context, { beta: sign * beta, steps, stepSize }));
        const average = (of: (nudged: Nudged) => readonly Tensor[]) =>
          nudges.map(of).reduce((a, b) => a.map((t, l) => mul(add(t, b[l]!), 0.5)));
        return {
          blocks: average((nudged) => nudged[credit]),
          others: { [other]: average((nudged) => nudged[other]) },
          embedding: average(({ embedding }) => [embedding])[0]!,
          lessons: nudges.map(({ lesson }) => lesson),
        };
      });
    },
  };
}

/** What one nudged phase gives. */
interface Nudged {
  readonly displacement: readonly Tensor[];
  readonly predictionError: readonly Tensor[];
  readonly lesson: Lesson;
  readonly embedding: Tensor;
}

interface Nudge {
  readonly beta: number;
  readonly steps: number;
  readonly stepSize: number;
}

function nudge(context: CreditContext, options: Nudge): Nudged {
  const { model, hidden } = context;
  const scale = -1 / options.beta;
  const states = [hidden[0]!, ...relax(context, options)];
  const predictionError = predictionErrors(model, states).map((error) => mul(error, scale));
  return {
    displacement: hidden.slice(1).map((free, l) => mul(sub(states[l + 1]!, free), scale)),
    predictionError,
    lesson: { inputs: states.slice(0, -1), signals: predictionError },
    // ∂E/∂h_0 = −(∂P_0/∂h_0)ᵀ ε_0
    embedding: vjp((h) => predict(model, 0, h), [hidden[0]!]).pullback(predictionError[0]!)[0]!,
  };
}

/** h_1 … h_L after T steps from the free states; moved in place, so that no step needs memory. */
function relax(context: CreditContext, { beta, steps, stepSize }: Nudge): Tensor[] {
  const [h0, ...free] = context.hidden as [Tensor, ...Tensor[]];
  const states = free.map((h) => mul(h, 1));
  for (let step = 0; step < steps; step++) {
    scope(() => {
      energyGradient(context, [h0, ...states], beta).forEach((slope, i) => {
        states[i]!.assign(sub(states[i]!, mul(slope, stepSize)));
      });
    });
  }
  return states;
}
