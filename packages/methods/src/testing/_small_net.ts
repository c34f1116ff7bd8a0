// A small network away from its initial values, its exact gradients, and what a trainer makes of it.
import { ResidualMLP, type TrainableModel } from "@fa/models";
import {
  add,
  crossEntropy,
  detach,
  grad,
  normal,
  outputError,
  Rng,
  type Tensor,
  variable,
} from "@fa/tensor";
import { top } from "../_top.ts";
import type { CreditContext, CreditModel } from "../credit_rule.ts";
import type { Trainer } from "../trainer.ts";

/** A network and a batch. */
export interface Net {
  readonly model: TrainableModel;
  readonly x: Tensor;
  readonly y: readonly number[];
}

/** Options of {@link smallNet}. */
export interface SmallNetOptions {
  /** Standard deviation of what is added to every parameter. Default 0.4: gradients of order one. */
  readonly noise?: number;
  /** L. Default 3. */
  readonly depth?: number;
  /** Default true. */
  readonly residual?: boolean;
  /** Default true. */
  readonly terminalLayerNorm?: boolean;
}

const dtype = "float64";
const INPUTS = 12, WIDTH = 8, CLASSES = 4, BATCH = 6;

/** d = 8, C = 4, B = 6, in float64. */
export function smallNet({ noise = 0.4, depth = 3, ...variant }: SmallNetOptions = {}): Net {
  const rng = Rng.fromSeed(21);
  const size = { inputSize: INPUTS, width: WIDTH, depth, classes: CLASSES };
  const model = new ResidualMLP({ ...size, ...variant, dtype, rng });
  for (const [name, p] of model.namedParameters()) {
    p.assign(add(p, normal(rng.fork(name), p.shape, { std: noise, dtype })));
  }
  const x = normal(rng.fork("x"), [BATCH, INPUTS], { dtype });
  return { model, x, y: Array.from({ length: BATCH }, (_, b) => b % CLASSES) };
}

/** What a rule sees of a batch, and g_0 … g_L of each sample's own cross-entropy. */
export function contextOf({ model, x, y }: {
  readonly model: CreditModel & Pick<TrainableModel, "embed">;
  readonly x: Tensor;
  readonly y: readonly number[];
}): CreditContext & { readonly bpGradient: readonly Tensor[] } {
  const states = [variable(model.embed(x))];
  for (const block of model.blocks) {
    const h = states.at(-1)!;
    states.push(model.residual ? add(h, block(h)) : block(h));
  }
  const logits = top(model, states.at(-1)!);
  return {
    x,
    y,
    hidden: states.map(detach),
    logits: detach(logits),
    outputError: outputError(detach(logits), y),
    model,
    time: { epoch: 1, epochs: 1 },
    bpGradient: grad(crossEntropy(logits, y, { reduction: "sum" }), states),
  };
}

/** The gradients that a fresh trainer steps with, by parameter; the parameters stay as they are. */
export function gradientsOf(trainer: Trainer, { x, y }: Net): Map<string, Float64Array> {
  trainer.step(x, y, { lr: 0 });
  const found = new Map<string, Float64Array>();
  for (const [name, moment] of trainer.state().tensors) {
    const parameter = /^optimizer\.(.*)\.exp_avg$/.exec(name)?.[1];
    // After one step it is (1 − β₁)·g.
    if (parameter) found.set(parameter, values(moment).map((v) => v / (1 - 0.9)));
  }
  return found;
}

/** ‖actual − expected‖ / ‖expected‖ over all values together. */
export function relativeError(
  actual: readonly ArrayLike<number>[],
  expected: readonly ArrayLike<number>[],
): number {
  let error = 0, norm = 0;
  if (actual.length !== expected.length) throw new RangeError("not as many");
  expected.forEach((values, i) => {
    if (actual[i]!.length !== values.length) throw new RangeError("lengths differ");
    for (let k = 0; k < values.length; k++) {
      error += (actual[i]![k]! - values[k]!) ** 2;
      norm += values[k]! ** 2;
    }
  });
  if (!(norm > 0)) throw new RangeError("nothing to compare with");
  return Math.sqrt(error / norm);
}

/** Values of a tensor in float64. */
export function values(t: Tensor): Float64Array {
  return t.dataSync() as Float64Array;
}
