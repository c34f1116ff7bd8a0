// One trainer for all local rules.
import {
  AdamW,
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
  type Rng,
  scope,
  sum,
  type Tensor,
} from "@fa/tensor";
import type { TrainableModel } from "@fa/models";
import type { Auxiliary, CreditNormalization, CreditRule } from "./credit_rule.ts";
import type { StepReport, Trainer, TrainerOptions } from "./trainer.ts";

/** Options of {@link LocalTrainer}. */
export interface LocalTrainerOptions extends TrainerOptions {
  /** Where the teaching signals come from. */
  readonly rule: CreditRule;
  /** How credits are scaled. Default: the rule's own way. */
  readonly creditNormalization?: CreditNormalization;
  /** The rule's auxiliary tensors, or a generator that draws them. */
  readonly auxiliary: Auxiliary | Rng;
}

/**
 * Trains a model by a local {@link CreditRule}. In one step:
 *
 * 1. forward: h_0 = embed(x), h_{l+1} = h_l + F_l(h_l), each part on a tape of its own;
 * 2. the rule gives credits a_l; â_l = a_l / rms(a_l) per sample;
 * 3. block l minimises mean_b ⟨F_l(h_l), â_l⟩ + λ mean_b ‖F_l(h_l)‖² with h_l and â_l constant, the
 *    embedding mean_b ⟨h_0, â_0⟩, terminal LayerNorm and head the mean CE with h_L constant;
 * 4. then every part's own AdamW steps.
 *
 * @example
 * ```ts
 * import { normal, Rng } from "@fa/tensor";
 * import { ResidualMLP } from "@fa/models";
 * import { dfa, LocalTrainer } from "@fa/methods";
 *
 * const rng = Rng.fromSeed(42);
 * const model = new ResidualMLP({ inputSize: 12, width: 8, depth: 2, rng: rng.fork("model") });
 * const trainer = new LocalTrainer(model, { rule: dfa, auxiliary: rng.fork("auxiliary") });
 * const before = model.blocks.length;
 * const report = trainer.step(normal(rng.fork("x"), [4, 12]), [0, 1, 2, 3], { lr: 1e-3 });
 * if (!(report.loss.item() > 0) || before !== 2) throw new Error("no loss");
 * ```
 */
export class LocalTrainer implements Trainer {
  /** The rule's auxiliary tensors. */
  readonly auxiliary: Auxiliary;
  readonly #model: TrainableModel;
  readonly #rule: CreditRule;
  readonly #normalization: CreditNormalization;
  readonly #lambda: number;
  readonly #frozenBlocks: boolean;
  readonly #embedding: Part;
  readonly #blocks: readonly Part[];
  readonly #readout: Part;

  /** @param model is trained in place. */
  constructor(
    model: TrainableModel,
    {
      rule,
      creditNormalization = rule.creditNormalization,
      auxiliary,
      frozenBlocks = false,
      lambda = 0,
      optimizer,
    }: LocalTrainerOptions,
  ) {
    const { embedding, blocks, readout } = model.parameterGroups;
    const part = (group: ReadonlyMap<string, Tensor>): Part => {
      const parameters = [...group.values()];
      return { parameters, optimizer: new AdamW(parameters, optimizer) };
    };
    const [someParameter] = readout.values();
    this.#model = model;
    this.#rule = rule;
    this.#normalization = creditNormalization;
    this.#lambda = lambda;
    this.#frozenBlocks = frozenBlocks;
    this.#embedding = part(embedding);
    this.#blocks = frozenBlocks ? [] : blocks.map(part);
    this.#readout = part(readout);
    this.auxiliary = "get" in auxiliary ? auxiliary : rule.init({
      width: model.width,
      depth: model.blocks.length,
      classes: model.classes,
      dtype: someParameter!.dtype,
      backend: someParameter!.backend,
    }, auxiliary);
  }

  step(x: Tensor, y: Labels, { lr }: { readonly lr: number }): StepReport {
    return scope(() => {
      const model = this.#model;
      const batch = y.length;
      const embedding = localVjp((x) => model.embed(x), x);
      const hidden = [embedding.output];
      const blocks = model.blocks.map((block, l) => {
        const h = hidden[l]!;
        const part = this.#frozenBlocks ? frozen(block, h) : localVjp(block, h);
        hidden.push(model.residual ? add(h, part.output) : part.output);
        return part;
      });
      const top = hidden.at(-1)!;
      const logits = model.outHead(model.outLn ? model.outLn(top) : top);
      const loss = crossEntropy(logits, y);
      const readoutGradients = grad(loss, this.#readout.parameters);

      const { credit, zeroCredits, embeddingCredit } = this.#credits(x, y, hidden, detach(logits));
      const blockGradients = this.#blocks.map(({ parameters }, l) => {
        const { output, pullback } = blocks[l]!;
        return pullback(this.#teachingSignal(output, credit[l]!, batch), parameters);
      });
      const embeddingGradients = embedding.pullback(
        mul(embeddingCredit, 1 / batch),
        this.#embedding.parameters,
      );

      this.#embedding.optimizer.step(embeddingGradients, { lr });
      this.#blocks.forEach(({ optimizer }, l) => optimizer.step(blockGradients[l]!, { lr }));
      this.#readout.optimizer.step(readoutGradients, { lr });
      return { loss: keep(detach(loss)), zeroCredits: keep(zeroCredits) };
    });
  }

  /** Gradient at F_l of mean_b ⟨F_l, â_l⟩ + λ mean_b ‖F_l‖², the signal that block l is taught by. */
  #teachingSignal(branch: Tensor, credit: Tensor, batch: number): Tensor {
    const signal = mul(credit, 1 / batch);
    return this.#lambda === 0 ? signal : add(signal, mul(branch, 2 * this.#lambda / batch));
  }

  #credits(x: Tensor, y: Labels, hidden: readonly Tensor[], logits: Tensor) {
    const context = { x, y, hidden, logits, outputError: outputError(logits, y) };
    // Not inside noGrad: a rule may take gradients of its own. Its credits are constants to us.
    const { blocks, embedding } = this.#rule.credits(context, this.auxiliary);
    const credit = blocks.map((a) => normalizeCredit(detach(a), this.#normalization));
    const own = blocks.indexOf(embedding);
    return {
      credit,
      zeroCredits: concat(blocks.map((a) => reshape(countZeroRows(detach(a)), [1]))),
      embeddingCredit: own >= 0
        ? credit[own]!
        : normalizeCredit(detach(embedding), this.#normalization),
    };
  }
}

interface Part {
  readonly parameters: readonly Tensor[];
  readonly optimizer: AdamW;
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

function frozen(block: (h: Tensor) => Tensor, h: Tensor): ReturnType<typeof localVjp> {
  return {
    output: noGrad(() => block(h)),
    pullback: () => {
      throw new Error("Cannot take the gradient of a frozen block");
    },
  };
}
