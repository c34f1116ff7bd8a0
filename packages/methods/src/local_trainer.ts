// One trainer for all local rules.
import {
  AdamW,
  type AdamWOptions,
  add,
  concat,
  crossEntropy,
  detach,
  equal,
  grad,
  keep,
  type Labels,
  localVjp,
  mul,
  noGrad,
  outputError,
  reshape,
  rmsNormalize,
  Rng,
  scope,
  sum,
  type Tensor,
} from "@fa/tensor";
import type { NamedParameters, TrainableModel } from "@fa/models";
import { checkTrainedBlocks, momentsByName, restoreTensors } from "./_state.ts";
import type {
  Auxiliary,
  CreditContext,
  CreditNormalization,
  CreditRule,
  Credits,
  TrainingTime,
} from "./credit_rule.ts";
import type { StepOptions, StepReport, Trainer, TrainerOptions, TrainerState } from "./trainer.ts";

/** Options of {@link LocalTrainer}. */
export interface LocalTrainerOptions extends TrainerOptions {
  /** Where the teaching signals come from. */
  readonly rule: CreditRule;
  /** Draws the rule's auxiliary tensors, unless they are given, and its noise. */
  readonly rng: Rng;
  /** The rule's auxiliary tensors, where they are not to be drawn. */
  readonly auxiliary?: Auxiliary;
}

/**
 * Trains a model by a local {@link CreditRule}. In one step:
 *
 * 1. forward: h_0 = embed(x), h_{l+1} = h_l + F_l(h_l), each part on a tape of its own;
 * 2. the rule's own networks, if it has any, take one step;
 * 3. the rule gives credits a_l; â_l = a_l / rms(a_l) per sample;
 * 4. block l minimises mean_b ⟨F_l(h_l), â_l⟩ + λ mean_b ‖F_l(h_l)‖² with h_l and â_l constant, the
 *    embedding mean_b ⟨h_0, â_0⟩, terminal LayerNorm and head the mean CE with h_L constant;
 * 5. then every part's own AdamW steps.
 *
 * @example
 * ```ts
 * import { normal, Rng } from "@fa/tensor";
 * import { ResidualMLP } from "@fa/models";
 * import { dfa, LocalTrainer } from "@fa/methods";
 *
 * const rng = Rng.fromSeed(42);
 * const model = new ResidualMLP({ inputSize: 12, width: 8, depth: 2, rng: rng.fork("model") });
 * const trainer = new LocalTrainer(model, { rule: dfa(), rng: rng.fork("auxiliary") });
 * const before = model.blocks.length;
 * const report = trainer.step(normal(rng.fork("x"), [4, 12]), [0, 1, 2, 3], { lr: 1e-3 });
 * if (!(report.loss.item() > 0) || before !== 2) throw new Error("no loss");
 * ```
 */
export class LocalTrainer implements Trainer {
  /** The rule's auxiliary tensors. */
  readonly auxiliary: Auxiliary;
  /** What it is doing. */
  stage = "before the first step";
  readonly #model: TrainableModel;
  readonly #rule: CreditRule;
  readonly #lambda: number;
  readonly #embedding: Part;
  readonly #blocks: readonly (Part | undefined)[];
  readonly #readout: Part;
  readonly #networks: Part | undefined;
  #rng: Rng;
  #time: TrainingTime = { epoch: 0, epochs: 0 };

  /** @param model is trained in place. */
  constructor(
    model: TrainableModel,
    { rule, rng, auxiliary, trainedBlocks, lambda = 0, optimizer }: LocalTrainerOptions,
  ) {
    const { embedding, blocks, readout } = model.parameterGroups;
    const first = blocks.length - checkTrainedBlocks(trainedBlocks, blocks.length);
    const [someParameter] = readout.values();
    this.#model = model;
    this.#rule = rule;
    this.#rng = rng;
    this.#lambda = lambda;
    this.#embedding = part(embedding, optimizer);
    this.#blocks = blocks.map((group, l) => l < first ? undefined : part(group, optimizer));
    this.#readout = part(readout, optimizer);
    this.auxiliary = auxiliary ?? rule.init({
      width: model.width,
      depth: model.blocks.length,
      classes: model.classes,
      dtype: someParameter!.dtype,
      backend: someParameter!.backend,
    }, rng);
    const { learning } = rule;
    this.#networks = learning && part(
      new Map(learning.trained(this.auxiliary).map((n) => [n, this.auxiliary.get(n)!])),
      learning.optimizer,
    );
  }

  step(x: Tensor, y: Labels, { lr, epoch = 1, epochs = 1, inspect }: StepOptions): StepReport {
    this.#time = { epoch, epochs };
    return scope(() => {
      const model = this.#model;
      this.stage = "embedding, forward";
      const embedding = localVjp((x) => model.embed(x), x);
      const hidden = [embedding.output];
      const blocks = model.blocks.map((block, l) => {
        this.stage = `blocks.${l}, forward`;
        const h = hidden[l]!;
        const branch = this.#blocks[l] ? localVjp(block, h) : frozen(block, h);
        hidden.push(model.residual ? add(h, branch.output) : branch.output);
        return branch;
      });
      this.stage = "readout";
      const top = hidden.at(-1)!;
      const logits = model.outHead(model.outLn ? model.outLn(top) : top);
      const loss = crossEntropy(logits, y);
      const readoutGradients = grad(loss, this.#readout.parameters);

      const context = this.#context({
        x,
        y,
        hidden,
        logits: detach(logits),
        outputError: outputError(detach(logits), y),
      });
      this.stage = "auxiliary networks";
      const auxiliaryLoss = this.#learn(context);
      this.stage = "credits";
      // Not inside noGrad: a rule may take gradients of its own. Its credits are constants to us.
      const credits = this.#rule.credits(context, this.auxiliary);
      const { blocks: credit, embedding: embeddingCredit } = normalized(
        credits,
        this.#rule.creditNormalization,
      );
      const blockGradients = this.#blocks.map((part, l) => {
        if (!part) return undefined;
        this.stage = `blocks.${l}, local gradient`;
        return credits.lessons
          ? this.#taught(credits.lessons, l, blocks[l]!, part.parameters)
          : this.#pullback(blocks[l]!, credit[l]!, part.parameters);
      });
      this.stage = "embedding, local gradient";
      const embeddingGradients = embedding.pullback(
        mul(embeddingCredit, 1 / y.length),
        this.#embedding.parameters,
      );
      inspect?.({ ...context, credits });

      this.stage = "update";
      this.#embedding.optimizer.step(embeddingGradients, { lr });
      this.#blocks.forEach((part, l) => part?.optimizer.step(blockGradients[l]!, { lr }));
      this.#readout.optimizer.step(readoutGradients, { lr });
      return {
        loss: keep(detach(loss)),
        zeroCredits: keep(
          concat(credits.blocks.map((a) => reshape(countZeroRows(detach(a)), [1]))),
        ),
        ...(auxiliaryLoss && { auxiliaryLoss: keep(detach(auxiliaryLoss)) }),
      };
    });
  }

  /** The credits that the rule gives now; nothing is drawn or changed. */
  credits(context: Omit<CreditContext, "model" | "time">): Credits {
    return this.#rule.credits(this.#context(context), this.auxiliary);
  }

  state(): TrainerState {
    const parts = [this.#embedding, ...this.#blocks, this.#readout, this.#networks];
    const tensors = new Map<string, Tensor>();
    for (const [name, tensor] of this.auxiliary) tensors.set(`auxiliary.${name}`, tensor);
    for (const each of parts) {
      if (!each) continue;
      const prefix = each === this.#networks ? "auxiliary." : "";
      const names = each.names.map((name) => `${prefix}${name}`);
      for (const [name, moment] of momentsByName(names, each.optimizer)) tensors.set(name, moment);
    }
    return {
      step: this.#readout.optimizer.steps,
      time: this.#time,
      tensors,
      rng: this.#rng.state(),
    };
  }

  restore({ step, time, tensors, rng }: TrainerState): void {
    if (!rng) throw new RangeError("Cannot restore training as the state of its stream is missing");
    const stream = Rng.fromState(rng);
    restoreTensors(this.state().tensors, tensors);
    for (const each of [this.#embedding, ...this.#blocks, this.#readout, this.#networks]) {
      each?.optimizer.resume(step);
    }
    this.#rng = stream;
    this.#time = time;
  }

  #context(seen: Omit<CreditContext, "model" | "time">): CreditContext {
    return { ...seen, model: this.#model, time: this.#time };
  }

  /** One step of the rule's own networks; its loss. */
  #learn(context: CreditContext): Tensor | undefined {
    const { learning } = this.#rule;
    if (!learning || !this.#networks) return undefined;
    const { parameters, optimizer } = this.#networks;
    // A stream for each step: what was drawn before need not be known to go on.
    const rng = this.#rng.fork("step", optimizer.steps);
    const loss = learning.loss({ ...context, rng }, this.auxiliary);
    optimizer.step(grad(loss, parameters));
    learning.updated?.(this.auxiliary);
    return loss;
  }

  /** Gradient of mean_b ⟨F_l, â_l⟩ + λ mean_b ‖F_l‖² at the free states. */
  #pullback({ output, pullback }: Branch, credit: Tensor, parameters: readonly Tensor[]): Tensor[] {
    const batch = output.shape[0]!;
    const signal = mul(credit, 1 / batch);
    return pullback(
      this.#lambda === 0 ? signal : add(signal, mul(output, 2 * this.#lambda / batch)),
      parameters,
    );
  }

  /** Mean gradient of the lessons of block l, plus that of the penalty at the free states. */
  #taught(
    lessons: NonNullable<Credits["lessons"]>,
    l: number,
    free: Branch,
    parameters: readonly Tensor[],
  ): Tensor[] {
    const block = this.#model.blocks[l]!;
    const gradients = lessons.map(({ inputs, signals }) =>
      localVjp(block, inputs[l]!).pullback(
        mul(signals[l]!, 1 / (lessons.length * signals[l]!.shape[0]!)),
        parameters,
      )
    );
    if (this.#lambda !== 0) {
      const signal = mul(free.output, 2 * this.#lambda / free.output.shape[0]!);
      gradients.push(free.pullback(signal, parameters));
    }
    return gradients.reduce((total, each) => total.map((g, i) => add(g, each[i]!)));
  }
}

interface Part {
  readonly names: readonly string[];
  readonly parameters: readonly Tensor[];
  readonly optimizer: AdamW;
}

type Branch = ReturnType<typeof localVjp>;

function part(group: NamedParameters, options: AdamWOptions | undefined): Part {
  const parameters = [...group.values()];
  return { names: [...group.keys()], parameters, optimizer: new AdamW(parameters, options) };
}

/** â of blocks and embedding; a credit that is both is normalised once. */
function normalized(
  { blocks, embedding }: Credits,
  normalization: CreditNormalization,
): Pick<Credits, "blocks" | "embedding"> {
  const credit = blocks.map((a) => normalizeCredit(detach(a), normalization));
  const own = blocks.indexOf(embedding);
  return {
    blocks: credit,
    embedding: own >= 0 ? credit[own]! : normalizeCredit(detach(embedding), normalization),
  };
}

/** â from a, both `[B, d]`. */
function normalizeCredit(a: Tensor, normalization: CreditNormalization): Tensor {
  if (normalization === "none") return a;
  if (normalization === "sample") return rmsNormalize(a);
  return reshape(rmsNormalize(reshape(a, [1, a.size])), a.shape);
}

/** How many rows of `[B, d]` hold nothing but zeros. */
function countZeroRows(a: Tensor): Tensor {
  return sum(equal(sum(equal(a, 0), { axis: 1 }), a.shape[1]!));
}

function frozen(block: (h: Tensor) => Tensor, h: Tensor): Branch {
  return {
    output: noGrad(() => block(h)),
    pullback: () => {
      throw new Error("Cannot take the gradient of a frozen block");
    },
  };
}
