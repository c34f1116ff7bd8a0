// Credit Bridge.
import {
  add,
  concat,
  type CreateOptions,
  crossEntropy,
  detach,
  div,
  grad,
  mul,
  noGrad,
  normal,
  ones,
  parameter,
  reshape,
  type Rng,
  scope,
  type Shape,
  square,
  sub,
  sum,
  type Tensor,
  variable,
  vjp,
  zeros,
} from "@fa/tensor";
import {
  bridge,
  type BridgeInput,
  bridgeParameters,
  namesOf,
  splitRows,
  timesOf,
} from "./_bridge_network.ts";
import { checkChoice } from "./_check_choice.ts";
import { checkNumbers } from "./_check_numbers.ts";
import { softMinimum } from "./_soft_minimum.ts";
import { top } from "./_top.ts";
import {
  type Auxiliary,
  type CreditContext,
  type CreditNormalization,
  type CreditRule,
  type Credits,
  type CreditSizes,
  requireAuxiliary,
  type TrainingTime,
} from "./credit_rule.ts";
import { dfa } from "./dfa.ts";

/** Options of {@link creditBridge}. */
export interface CreditBridgeOptions {
  /** Where a_l is said to live. Default `"input"`, the paper's choice. */
  readonly creditIndex?: CreditRule["creditIndex"];
  /** Default `"sample"`. */
  readonly creditNormalization?: CreditNormalization;
  /** Width of each of the three hidden layers of V. Default 256. */
  readonly hiddenWidth?: number;
  /** Width of the embedding of time. Default 32. */
  readonly timeWidth?: number;
  /** Learning rate of V's AdamW, constant. Default 1e-3. */
  readonly learningRate?: number;
  /** Weight decay of V's AdamW. Default 0.01. */
  readonly weightDecay?: number;
  /** T. Default 0.1. */
  readonly temperature?: number;
  /** K, noisy copies of each state. Default 8. */
  readonly samples?: number;
  /** σ, standard deviation of the noise. Default 0.1. */
  readonly noise?: number;
  /** w, weight of the gradient at h_L; 0 leaves the term out. Default 1. */
  readonly gradientWeight?: number;
  /** How much of V̄ stays in one step. Default 0.995. */
  readonly averageDecay?: number;
  /** Share of the epochs, the first ones, in which DFA teaches. Default 0.2. */
  readonly warmup?: number;
  /** Of the warm-up's matrices B_l ~ N(0, scale²/C). Default 1. */
  readonly feedbackScale?: number;
  /**
   * Gives ξ `[K, B, d]` ~ N(0, I) for the target of block l, which perturbs h_{l+1}, in the states'
   * dtype. Called once a step for l = 0 … L−1, with the stream of the step. Default: normal numbers
   * from its child `noise`, l, row-major. Not among the echoed options.
   */
  readonly drawNoise?: (
    shape: readonly [K: number, B: number, d: number],
    of: { readonly l: number; readonly rng: Rng },
  ) => Tensor;
}

const RULE = "cb";

/**
 * Credit Bridge: a network V learns the loss that is still to come as a function of the state, and the
 * credit is its gradient. With t_l = l/L, s = e_T and top = outHead ∘ outLn, the loss of V is
 *
 *     Σ_{l<L} mean_b (V(h_l, t_l, s) − τ_l)² + mean_b (V(h_L, 1, s) − CE_b)²
 *       + w·mean_b ‖∇_h V(h_L, 1, s) − γ_b‖² / mean_b ‖γ_b‖²,        γ_b = ∂CE_b/∂h_L,
 *     τ_l = −T·(logsumexp_k(−V̄(h_{l+1} + σξ_k, t_{l+1}, s)/T) − log K),   ξ_k ~ N(0, I), k = 1 … K,
 *
 * with CE_b the cross-entropy of each sample, γ_b its gradient (not divided by B), and V̄ a moving
 * average that starts as a copy of V: V̄ ← averageDecay·V̄ + (1 − averageDecay)·V after each update.
 * CE, γ, τ, states and s are constants. The credit is
 *
 *     a_l = ∇_h V(h_l, t_l, s),   l = 0 … L−1.
 *
 * In each step V takes one step of its own AdamW (constant learning rate) on the batch, then V̄ follows,
 * then the credits are taken. While epoch ≤ warmup·epochs, and before training where there is a
 * warm-up, they are those of {@link dfa} with matrices of its own instead; V learns from the first step
 * on. a_l lives at h_l; the embedding is taught by a_0. Where every γ_b of a batch is zero the loss is
 * not finite.
 *
 * V = net(LN(h), time(t), s): LN affine; `time` Linear(1, 32), GELU, Linear(32, 32); `net` three hidden
 * layers of 256 with GELU; PyTorch's default initial values. Auxiliary tensors: `V.ln.*`, `V.time.0.*`,
 * `V.time.2.*`, `V.net.0.*` … `V.net.6.*` with the names of PyTorch's `Sequential`, the same under
 * `Vbar.`, and `feedback.{l}` `[d, C]`.
 *
 * Source: the idea is that of the paper "Beyond Accuracy and Alignment", as corrected later by its
 * author; network, targets and warm-up are decisions of this project.
 *
 * @throws {RangeError} if an option is out of its range.
 *
 * @example
 * ```ts
 * import { normal, Rng } from "@fa/tensor";
 * import { ResidualMLP } from "@fa/models";
 * import { creditBridge, LocalTrainer } from "@fa/methods";
 *
 * const rng = Rng.fromSeed(42);
 * const model = new ResidualMLP({ inputSize: 12, width: 8, depth: 2, rng: rng.fork("model") });
 * const rule = creditBridge({ hiddenWidth: 16, learningRate: 1e-2 });
 * const trainer = new LocalTrainer(model, { rule, rng: rng.fork("auxiliary") });
 * const x = normal(rng.fork("x"), [4, 12]), y = [0, 1, 2, 3];
 * const loss = () => trainer.step(x, y, { lr: 0 }).auxiliaryLoss!.item();
 * const first = loss();
 * for (let i = 0; i < 100; i++) loss();
 * if (!(loss() < 0.5 * first)) throw new Error("V has not learnt");
 * ```
 */
export function creditBridge(
  {
    creditIndex = "input",
    creditNormalization = "sample",
    hiddenWidth = 256,
    timeWidth = 32,
    learningRate = 1e-3,
    weightDecay = 0.01,
    temperature = 0.1,
    samples = 8,
    noise = 0.1,
    gradientWeight = 1,
    averageDecay = 0.995,
    warmup = 0.2,
    feedbackScale = 1,
    drawNoise,
  }: CreditBridgeOptions = {},
): CreditRule {
  checkChoice(RULE, "creditIndex", creditIndex, ["input", "output"]);
  checkChoice(RULE, "creditNormalization", creditNormalization, ["sample", "batch", "none"]);
  checkNumbers(RULE, "a whole number ≥ 1", { hiddenWidth, timeWidth, samples });
  checkNumbers(RULE, "a number from 0 to 1", { averageDecay, warmup });
  checkNumbers(RULE, "a finite number above 0", { temperature });
  checkNumbers(RULE, "a finite number ≥ 0", { learningRate, weightDecay, noise, gradientWeight });
  const early = dfa({ creditIndex, creditNormalization, feedbackScale });
  const V = (auxiliary: Auxiliary, input: BridgeInput) =>
    bridge({ auxiliary, prefix: "V", rule: RULE }, input);

  /** τ_l of all l < L, `[L·B, 1]`; all noisy copies go through V̄ at once. */
  function targets(
    { hidden, outputError: s, rng }: CreditContext & { readonly rng: Rng },
    auxiliary: Auxiliary,
  ): Tensor {
    const depth = hidden.length - 1;
    const [batch, d] = hidden[0]!.shape as [number, number];
    const { dtype, backend } = s;
    const draw = drawNoise ??
      ((shape, { l }) => normal(rng.fork("noise", l), shape, { dtype, backend }));
    const shape = [samples, batch, d] as const;
    const noisy = hidden.slice(1).map((h, l) =>
      scope(() => add(h, mul(checkNoise(draw(shape, { l, rng }), shape), noise)))
    );
    const values = bridge({ auxiliary, prefix: "Vbar", rule: RULE }, {
      states: reshape(concat(noisy), [depth * samples * batch, d]),
      times: timesOf(depth, 1, depth),
      s,
    });
    const copies = reshape(values, [depth, samples, batch]);
    return reshape(softMinimum(copies, { axis: 1, temperature }), [depth * batch, 1]);
  }

  return {
    name: RULE,
    creditIndex,
    creditNormalization,
    options: {
      creditIndex,
      creditNormalization,
      hiddenWidth,
      timeWidth,
      learningRate,
      weightDecay,
      temperature,
      samples,
      noise,
      gradientWeight,
      averageDecay,
      warmup,
      feedbackScale,
    },

    init(sizes: CreditSizes, rng: Rng): Auxiliary {
      const { dtype, backend } = sizes;
      const create: CreateOptions = { dtype, ...(backend && { backend }) };
      const own = bridgeParameters("V", { ...sizes, hiddenWidth, timeWidth, outputs: 1 }, rng);
      const auxiliary = new Map(own);
      for (const [name, tensor] of own) {
        const copy = detach(parameter(zeros(tensor.shape, create)));
        copy.assign(detach(tensor));
        auxiliary.set(averageName(name), copy);
      }
      for (const [name, matrix] of early.init(sizes, rng)) auxiliary.set(name, matrix);
      return auxiliary;
    },

    learning: {
      trained: (auxiliary) => namesOf("V", auxiliary),
      optimizer: { lr: learningRate, weightDecay },

      loss(context, auxiliary) {
        const { hidden, logits, y, outputError: s, model } = context;
        const depth = hidden.length - 1;
        const tau = scope(() => noGrad(() => targets(context, auxiliary)));
        const below = concat(hidden.slice(0, depth));
        const last = variable(hidden[depth]!);
        const ce = reshape(crossEntropy(logits, y, { reduction: "none" }), [y.length, 1]);
        const onTheWay = V(auxiliary, { states: below, times: timesOf(depth, 0, depth - 1), s });
        const atTheEnd = V(auxiliary, { states: last, times: [1], s });
        const squares = add(
          sum(square(sub(onTheWay, tau))),
          sum(square(sub(atTheEnd, ce))),
        );
        const values = div(squares, y.length);
        if (gradientWeight === 0) return values;
        const [gamma] = vjp((h) => top(model, h), [hidden[depth]!]).pullback(s);
        const [slope] = grad(sum(atTheEnd), [last], { createGraph: true });
        const mismatch = div(sum(square(sub(slope!, gamma!))), sum(square(gamma!)));
        return add(values, mul(mismatch, gradientWeight));
      },

      updated(auxiliary) {
        for (const name of namesOf("V", auxiliary)) {
          const average = requireAuxiliary(auxiliary, averageName(name), RULE);
          const now = detach(auxiliary.get(name)!);
          average.assign(add(mul(average, averageDecay), mul(now, 1 - averageDecay)));
        }
      },
    },

    credits(context: CreditContext, auxiliary: Auxiliary): Credits {
      if (isWarmup(context.time, warmup)) return early.credits(context, auxiliary);
      const { hidden, outputError: s } = context;
      const depth = hidden.length - 1;
      return scope(() => {
        const times = timesOf(depth, 0, depth - 1);
        const { output, pullback } = vjp(
          (states) => V(auxiliary, { states, times, s }),
          [concat(hidden.slice(0, depth))],
        );
        const blocks = splitRows(pullback(ones(output.shape, output))[0]!, depth);
        return { blocks, embedding: blocks[0]! };
      });
    },

    fixed: (auxiliary) => namesOf("feedback", auxiliary),
  };
}

/** The name in V̄ of a tensor of V. */
function averageName(name: string): string {
  return name.replace("V.", "Vbar.");
}

/** Whether DFA still teaches. The quotient is rounded as `warmup` was: 29/100 is 0.29. */
function isWarmup({ epoch, epochs }: TrainingTime, warmup: number): boolean {
  return warmup > 0 && (epoch === 0 || epoch / epochs <= warmup);
}

function checkNoise(xi: Tensor, shape: Shape): Tensor {
  if (xi.shape.join() === shape.join()) return xi;
  throw new RangeError(
    `Cannot perturb states as drawNoise must give [${shape}]: [${xi.shape}]`,
  );
}
