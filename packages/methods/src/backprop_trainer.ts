// Backpropagation: the end-to-end gradient.
import {
  AdamW,
  add,
  crossEntropy,
  detach,
  grad,
  keep,
  type Labels,
  mean,
  mul,
  scope,
  square,
  sum,
  type Tensor,
} from "@fa/tensor";
import type { TrainableModel } from "@fa/models";
import type { Auxiliary } from "./credit_rule.ts";
import type { StepReport, Trainer, TrainerOptions } from "./trainer.ts";

/**
 * Backpropagation (Rumelhart, Hinton & Williams 1986): the gradient of mean CE + λ Σ_l mean_b
 * ‖F_l(h_l)‖², flowing end to end, one AdamW over all trained parameters. It does not go through
 * credits. With frozen blocks, gradients still flow through them to the embedding.
 *
 * @example
 * ```ts
 * import { normal, Rng } from "@fa/tensor";
 * import { ResidualMLP } from "@fa/models";
 * import { BackpropTrainer } from "@fa/methods";
 *
 * const rng = Rng.fromSeed(42);
 * const model = new ResidualMLP({ inputSize: 12, width: 8, depth: 2, rng: rng.fork("model") });
 * const trainer = new BackpropTrainer(model);
 * const x = normal(rng.fork("x"), [4, 12]), y = [0, 1, 2, 3];
 * const first = trainer.step(x, y, { lr: 1e-2 }).loss.item();
 * for (let i = 0; i < 20; i++) trainer.step(x, y, { lr: 1e-2 });
 * if (!(trainer.step(x, y, { lr: 1e-2 }).loss.item() < first)) throw new Error("loss did not fall");
 * ```
 */
export class BackpropTrainer implements Trainer {
  /** Backpropagation has none. */
  readonly auxiliary: Auxiliary = new Map();
  readonly #model: TrainableModel;
  readonly #lambda: number;
  readonly #trained: readonly Tensor[];
  readonly #optimizer: AdamW;

  /** @param model is trained in place. */
  constructor(
    model: TrainableModel,
    { frozenBlocks = false, lambda = 0, optimizer }: TrainerOptions = {},
  ) {
    const { embedding, blocks, readout } = model.parameterGroups;
    const groups = [embedding, ...(frozenBlocks ? [] : blocks), readout];
    this.#model = model;
    this.#lambda = lambda;
    this.#trained = groups.flatMap((group) => [...group.values()]);
    this.#optimizer = new AdamW(this.#trained, optimizer);
  }

  step(x: Tensor, y: Labels, { lr }: { readonly lr: number }): StepReport {
    return scope(() => {
      const model = this.#model;
      let h = model.embed(x);
      let penalty: Tensor | undefined;
      for (const block of model.blocks) {
        const f = block(h);
        if (this.#lambda !== 0) {
          const term = mean(sum(square(f), { axis: 1 }));
          penalty = penalty ? add(penalty, term) : term;
        }
        h = model.residual ? add(h, f) : f;
      }
      const loss = crossEntropy(model.outHead(model.outLn ? model.outLn(h) : h), y);
      const objective = penalty ? add(loss, mul(penalty, this.#lambda)) : loss;
      this.#optimizer.step(grad(objective, this.#trained), { lr });
      return { loss: keep(detach(loss)) };
    });
  }
}
