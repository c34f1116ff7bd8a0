// State Bridge.
import {
  add,
  concat,
  div,
  full,
  keep,
  max,
  mean,
  mul,
  ones,
  outputError,
  reshape,
  type Rng,
  scope,
  sqrt,
  square,
  sub,
  sum,
  vjp,
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

/** Options of {@link stateBridge}. */
export interface StateBridgeOptions {
  /** Where a_l is said to live. Default `"input"`, the paper's choice. */
  readonly creditIndex?: CreditRule["creditIndex"];
  /** Default `"sample"`. */
  readonly creditNormalization?: CreditNormalization;
  /** Width of each of the three hidden layers of G. Default 256. */
  readonly hiddenWidth?: number;
  /** Width of the embedding of time. Default 32. */
  readonly timeWidth?: number;
  /** How much of ς stays in one step. Default 0.9. */
  readonly scaleDecay?: number;
  /** ς follows mean ‖h_L‖ / targetNorm: G's targets have about this norm. Default 16 = √256. */
  readonly targetNorm?: number;
  /** Learning rate of G's AdamW, constant. Default 1e-3. */
  readonly learningRate?: number;
  /** Weight decay of G's AdamW. Default 0.01. */
  readonly weightDecay?: number;
}

const RULE = "sb";
const LEAST_SQUARE = 1e-12;

/**
 * State Bridge: a network G learns to tell the final state h_L from a state h_l on the way, and the
 * credit is the gradient of the loss that G foresees. With t_l = l/L, s = e_T and top = outHead ∘ outLn,
 *
 *     ς ← scaleDecay·ς + (1 − scaleDecay)·mean_b ‖h_L‖ / targetNorm,   starting at 1,
 *     loss of G:  Σ_{l<L} mean_b ‖G(h_l, t_l, s) − h_L/ς‖² / max(‖h_L/ς‖², 1e-12),
 *     a_l = ∂/∂h_l Σ_b CE(top(ς·G(h_l, t_l, s)), y),   l = 0 … L−1.
 *
 * In each step ς is updated first, then G takes one step of its own AdamW (constant learning rate) on
 * the batch, then the credits are taken. States, s, targets and the parameters of `top` are constants.
 * a_l lives at h_l; the embedding is taught by a_0.
 *
 * G = net(LN(h), time(t), s): LN affine; `time` Linear(1, 32), GELU, Linear(32, 32); `net` three hidden
 * layers of 256 with GELU; PyTorch's default initial values. Auxiliary tensors: `G.ln.*`, `G.time.0.*`,
 * `G.time.2.*`, `G.net.0.*` … `G.net.6.*` with the names of PyTorch's `Sequential`, and `scale` (ς).
 *
 * Source: the idea is that of the paper "Beyond Accuracy and Alignment", as corrected later by its
 * author; network, scale and loss are decisions of this project.
 *
 * @throws {RangeError} if an option is out of its range.
 *
 * @example
 * ```ts
 * import { normal, Rng } from "@fa/tensor";
 * import { ResidualMLP } from "@fa/models";
 * import { LocalTrainer, stateBridge } from "@fa/methods";
 *
 * const rng = Rng.fromSeed(42);
 * const model = new ResidualMLP({ inputSize: 12, width: 8, depth: 2, rng: rng.fork("model") });
 * const rule = stateBridge({ hiddenWidth: 16, learningRate: 1e-2 });
 * const trainer = new LocalTrainer(model, { rule, rng: rng.fork("auxiliary") });
 * const x = normal(rng.fork("x"), [4, 12]), y = [0, 1, 2, 3];
 * const loss = () => trainer.step(x, y, { lr: 0 }).auxiliaryLoss!.item();
 * const first = loss();
 * for (let i = 0; i < 100; i++) loss();
 * if (!(loss() < 0.5 * first)) throw new Error("G has not learnt");
 * ```
 */
export function stateBridge(
  {
    creditIndex = "input",
    creditNormalization = "sample",
    hiddenWidth = 256,
    timeWidth = 32,
    scaleDecay = 0.9,
    targetNorm = 16,
    learningRate = 1e-3,
    weightDecay = 0.01,
  }: StateBridgeOptions = {},
): CreditRule {
  checkChoice(RULE, "creditIndex", creditIndex, ["input", "output"]);
  checkChoice(RULE, "creditNormalization", creditNormalization, ["sample", "batch", "none"]);
  checkNumbers(RULE, "a whole number ≥ 1", { hiddenWidth, timeWidth });
  checkNumbers(RULE, "a number from 0 to 1", { scaleDecay });
  checkNumbers(RULE, "a finite number above 0", { targetNorm });
  checkNumbers(RULE, "a finite number ≥ 0", { learningRate, weightDecay });
  const G = (auxiliary: Auxiliary, input: BridgeInput) =>
    bridge({ auxiliary, prefix: "G", rule: RULE }, input);
  return {
    name: RULE,
    creditIndex,
    creditNormalization,
    options: {
      creditIndex,
      creditNormalization,
      hiddenWidth,
      timeWidth,
      scaleDecay,
      targetNorm,
      learningRate,
      weightDecay,
    },

    init(sizes: CreditSizes, rng: Rng): Auxiliary {
      const { dtype, backend, width: outputs } = sizes;
      return bridgeParameters("G", { ...sizes, hiddenWidth, timeWidth, outputs }, rng)
        .set("scale", keep(ones([1], { dtype, ...(backend && { backend }) })));
    },

    learning: {
      trained: (auxiliary) => namesOf("G", auxiliary),
      optimizer: { lr: learningRate, weightDecay },

      loss({ hidden, outputError: s }, auxiliary) {
        const depth = hidden.length - 1;
        const last = hidden[depth]!;
        const [batch, d] = last.shape as [number, number];
        const scale = requireAuxiliary(auxiliary, "scale", RULE);
        const norm = mean(sqrt(sum(square(last), { axis: 1 })));
        scale.assign(
          add(mul(scale, scaleDecay), mul(norm, (1 - scaleDecay) / targetNorm)),
        );
        const target = div(last, scale); // [B, d]
        const size = sum(square(target), { axis: 1, keepDims: true });
        const floor = full([batch, 1], LEAST_SQUARE, size);
        const divisor = max(concat([size, floor], { axis: 1 }), { axis: 1, keepDims: true });
        const states = concat(hidden.slice(0, depth));
        const foreseen = G(auxiliary, { states, times: timesOf(depth, 0, depth - 1), s });
        const difference = sub(reshape(foreseen, [depth, batch, d]), target);
        const error = sum(square(difference), { axis: 2, keepDims: true }); // [L, B, 1]
        return div(sum(div(error, divisor)), batch);
      },
    },

    credits({ hidden, y, outputError: s, model }: CreditContext, auxiliary: Auxiliary): Credits {
      const depth = hidden.length - 1;
      const scale = requireAuxiliary(auxiliary, "scale", RULE);
      return scope(() => {
        const times = timesOf(depth, 0, depth - 1);
        const { output: logits, pullback } = vjp(
          (states) => top(model, mul(G(auxiliary, { states, times, s }), scale)),
          [concat(hidden.slice(0, depth))],
        );
        const labels = Array.from({ length: depth * y.length }, (_, i) => y[i % y.length]!);
        const blocks = splitRows(pullback(outputError(logits, labels))[0]!, depth);
        return { blocks, embedding: blocks[0]! };
      });
    },
  };
}
