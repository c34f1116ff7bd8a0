// Our own trainer, from the problem's weights: for the child, and for the losses all must agree with.
import { BackpropTrainer, dfa, LocalTrainer } from "@fa/methods";
import { ResidualMLP } from "@fa/models";
import { type DType, Rng, type Tensor, tensor } from "@fa/tensor";
import type { Problem } from "./problem.ts";
import { ADAMW, DEPTH, INPUT, type Method, WIDTH } from "./workloads.ts";

const { lr, beta1, beta2, eps, weightDecay } = ADAMW;
const optimizer = { betas: [beta1, beta2] as const, eps, weightDecay };

/** A function that makes one step on the problem's batch and gives the loss before the update. */
export function makeStep(
  { tensors, labels }: Problem,
  { method, dtype }: { readonly method: Method; readonly dtype: DType },
): () => number {
  const take = (name: string): Tensor => {
    const { shape, values } = tensors.get(name)!;
    return tensor(values, { shape, dtype });
  };
  const model = new ResidualMLP({
    inputSize: INPUT,
    width: WIDTH,
    depth: DEPTH,
    dtype,
    rng: Rng.fromSeed(0),
  });
  model.load(new Map([...model.namedParameters().keys()].map((name) => [name, take(name)])));
  const feedback = Array.from({ length: DEPTH }, (_, l) => `feedback.${l}`);
  const trainer = method === "bp" ? new BackpropTrainer(model, { optimizer }) : new LocalTrainer(
    model,
    {
      rule: dfa(),
      rng: Rng.fromSeed(0),
      auxiliary: new Map(feedback.map((name) => [name, take(name)])),
      optimizer,
    },
  );
  const x = take("x");
  return () => trainer.step(x, labels, { lr }).loss.item();
}
