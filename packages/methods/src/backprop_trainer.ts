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
  outputError,
  scope,
  square,
  sum,
  type Tensor,
} from "@fa/tensor";
import type { NamedParameters, TrainableModel } from "@fa/models";
import { checkTrainedBlocks, momentsByName, restoreTensors } from "./_state.ts";
import type { Auxiliary, TrainingTime } from "./credit_rule.ts";
import type { StepOptions, StepReport, Trainer, TrainerOptions, TrainerState } from "./trainer.ts";

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
  /** What it is doing. */
  stage = "before the first step";
  readonly #model: TrainableModel;
  readonly #lambda: number;
  readonly #trained: NamedParameters;
  readonly #optimizer: AdamW;
  #time: TrainingTime = { epoch: 0, epochs: 0 };

  /** @param model is trained in place. */
  constructor(
    model: TrainableModel,
    { trainedBlocks, lambda = 0, optimizer }: TrainerOptions = {},
  ) {
    const { embedding, blocks, readout } = model.parameterGroups;
    const first = blocks.length - checkTrainedBlocks(trainedBlocks, blocks.length);
    const groups = [embedding, ...blocks.slice(first), readout];
    this.#model = model;
    this.#lambda = lambda;
    this.#trained = new Map(groups.flatMap((group) => [...group]));
    this.#optimizer = new AdamW([...this.#trained.values()], optimizer);
  }

  step(x: Tensor, y: Labels, { lr, epoch = 1, epochs = 1, inspect }: StepOptions): StepReport {
    this.#time = { epoch, epochs };
    return scope(() => {
      const model = this.#model;
      this.stage = "embedding, forward";
      let h = model.embed(x);
      const hidden = [h];
      let penalty: Tensor | undefined;
      model.blocks.forEach((block, l) => {
        this.stage = `blocks.${l}, forward`;
        const f = block(h);
        if (this.#lambda !== 0) {
          const term = mean(sum(square(f), { axis: 1 }));
          penalty = penalty ? add(penalty, term) : term;
        }
        h = model.residual ? add(h, f) : f;
        hidden.push(h);
      });
      this.stage = "readout, forward";
      const logits = model.outHead(model.outLn ? model.outLn(h) : h);
      const loss = crossEntropy(logits, y);
      const objective = penalty ? add(loss, mul(penalty, this.#lambda)) : loss;
      this.stage = "backward";
      const gradients = grad(objective, [...this.#trained.values()]);
      inspect?.({
        x,
        y,
        model,
        hidden: hidden.map(detach),
        logits: detach(logits),
        outputError: outputError(detach(logits), y),
        credits: undefined,
      });
      this.stage = "update";
      this.#optimizer.step(gradients, { lr });
      return { loss: keep(detach(loss)) };
    });
  }

  state(): TrainerState {
    return {
      step: this.#optimizer.steps,
      time: this.#time,
      tensors: momentsByName([...this.#trained.keys()], this.#optimizer),
      rng: undefined,
    };
  }

  restore({ step, time, tensors }: TrainerState): void {
    restoreTensors(this.state().tensors, tensors);
    this.#optimizer.resume(step);
    this.#time = time;
  }
}
