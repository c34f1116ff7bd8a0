// How far equilibrium propagation is from backpropagation, measured on one batch.
import {
  add,
  crossEntropy,
  exactCosine,
  grad,
  mul,
  noGrad,
  Rng,
  scope,
  square,
  sub,
  sum,
  type Tensor,
  variable,
} from "@fa/tensor";
import { predict } from "../_energy.ts";
import { BackpropTrainer } from "../backprop_trainer.ts";
import type { CreditContext } from "../credit_rule.ts";
import { ep, type EpOptions } from "../ep.ts";
import { LocalTrainer } from "../local_trainer.ts";
import { contextOf, gradientsOf, type Net, relativeError, values } from "./_small_net.ts";

/** Credits of both kinds against g_{l+1}, and gradients of parameters against BP's. */
export interface EpErrors {
  /** ‖gradient − BP's‖ / ‖BP's‖ over all parameters of embedding and blocks. */
  readonly weights: number;
  /** ‖a − g‖ / ‖g‖ over all blocks. */
  readonly predictionError: number;
  /** The same. */
  readonly displacement: number;
  /** Largest ‖∂(E + β CE)/∂h‖ of the nudged phases, over the batch and all states. */
  readonly slope: number;
}

/** The names of EP's credits. */
export const creditNames = ["predictionError", "displacement"] as const;

/** Measures EP with these options. */
export function epErrors(net: Net, options: EpOptions): EpErrors {
  return scope(() => {
    const bp = gradientsOf(new BackpropTrainer(net.model), net);
    const rule = ep(options);
    const own = gradientsOf(new LocalTrainer(net.model, { rule, rng: Rng.fromSeed(0) }), net);
    const names = [...bp.keys()].filter((name) => !name.startsWith("out_"));
    const { credits, slope, context } = creditsOf(net, options);
    const exact = context.bpGradient.slice(1).map(values);
    const error = (name: typeof creditNames[number]) =>
      relativeError(credits[name].map(values), exact);
    return {
      weights: relativeError(names.map((n) => own.get(n)!), names.map((n) => bp.get(n)!)),
      predictionError: error("predictionError"),
      displacement: error("displacement"),
      slope,
    };
  });
}

/**
 * Mean cosine over samples with g_{l+1}, and ‖a‖/‖g_{l+1}‖ over the batch, for each block; with
 * `against: "input"` the same with g_l.
 */
export function epAlignment(
  net: Net,
  options: EpOptions,
  { against: index = "output" }: { readonly against?: "input" | "output" } = {},
): Record<typeof creditNames[number], { readonly cosines: number[]; readonly lengths: number[] }> {
  return scope(() => {
    const { credits, context } = creditsOf(net, options);
    const against = (name: typeof creditNames[number]) => {
      const pairs = credits[name].map((a, l) =>
        [values(a), values(context.bpGradient[index === "output" ? l + 1 : l]!)] as const
      );
      const samples = net.y.length;
      return {
        cosines: pairs.map(([a, g]) => {
          const width = a.length / samples;
          const row = (v: Float64Array, b: number) => v.subarray(b * width, (b + 1) * width);
          return net.y.reduce((s, _, b) => s + exactCosine(row(a, b), row(g, b)), 0) / samples;
        }),
        lengths: pairs.map(([a, g]) => norm(a) / norm(g)),
      };
    };
    return {
      predictionError: against("predictionError"),
      displacement: against("displacement"),
    };
  });
}

/** Gradient of Σ_b (½ Σ_l ‖ε_l‖² + β CE_b) at h_1 … h_L, by autograd from the energy written out. */
export function slopeByAutograd(
  { model, y }: Pick<CreditContext, "model" | "y">,
  states: readonly Tensor[],
  beta: number,
): Tensor[] {
  const h = states.map(variable);
  let total: Tensor | undefined;
  model.blocks.forEach((block, l) => {
    const branch = block(h[l]!);
    const error = model.residual ? sub(sub(h[l + 1]!, h[l]!), branch) : sub(h[l + 1]!, branch);
    const term = mul(sum(square(error)), 0.5);
    total = total ? add(total, term) : term;
  });
  const last = h.at(-1)!;
  const logits = model.outHead(model.outLn ? model.outLn(last) : last);
  const loss = crossEntropy(logits, y, { reduction: "sum" });
  return grad(add(total!, mul(loss, beta)), h.slice(1));
}

/** Slope of the straight line through (log x, log y), by least squares. */
export function logLogSlope(x: readonly number[], y: readonly number[]): number {
  const mean = (v: readonly number[]) => v.reduce((s, u) => s + u) / v.length;
  const [u, v] = [x.map(Math.log), y.map(Math.log)];
  const [mu, mv] = [mean(u), mean(v)];
  return mean(u.map((a, i) => (a - mu) * (v[i]! - mv))) / mean(u.map((a) => (a - mu) ** 2));
}

/** ‖v‖ of a vector of ordinary size. */
export function norm(v: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < v.length; i++) squares += v[i]! * v[i]!;
  return Math.sqrt(squares);
}

function creditsOf(net: Net, options: EpOptions) {
  const context = contextOf(net);
  const { model } = context;
  const { blocks, others, lessons } = ep({ ...options, credit: "predictionError" })
    .credits(context, new Map());
  const { beta = 0.5 } = options;
  const slopes = lessons!.map(({ inputs, signals }, i) => {
    const last = inputs.length - 1;
    // The nudged h_L = P_{L−1}(h_{L−1}) + ε_{L−1}, and ε = −β·signal.
    const signed = i === 0 ? beta : -beta;
    const below = noGrad(() => predict(model, last, inputs[last]!));
    const states = [...inputs, add(below, mul(signals[last]!, -signed))];
    return norm(slopeByAutograd(context, states, signed).flatMap((t) => [...values(t)]));
  });
  const credits = { predictionError: blocks, displacement: others!.displacement! };
  return { context, credits, slope: Math.max(...slopes) };
}
