// A small pre-LN residual MLP and its direct feedback alignment by hand: the one checkpoint that
// pitfalls 4–7, 10 and 11 are shown on.
import {
  AdamW,
  crossEntropy,
  detach,
  gelu,
  grad,
  jsBackend,
  layerNorm,
  linear,
  localVjp,
  matmul,
  mul,
  noGrad,
  normal,
  ones,
  outputError,
  parameter,
  rmsNormalize,
  Rng,
  scope,
  type Tensor,
  variable,
  zeros,
} from "@fa/tensor";
import type { AuditableModel } from "../evidence/auditable_model.ts";
import type { Batch } from "../evidence/batch.ts";
import { forwardFrom } from "../evidence/forward_with_hidden.ts";

/** Sizes: features of a sample, width d, blocks L, classes C, batch B. */
export const sizes = { inputs: 16, width: 24, blocks: 4, classes: 5, batch: 64 } as const;

// The plain reference backend, whatever the default is: the same bits wherever this runs.
const options = { dtype: "float64", backend: jsBackend } as const;

/** A toy: its parameters by group, and the model that they make. */
export interface Toy {
  readonly model: AuditableModel;
  /** One group for the embedding, one for each block, one for terminal LayerNorm and head. */
  readonly parameters: {
    readonly embed: readonly Tensor[];
    readonly blocks: readonly (readonly Tensor[])[];
    readonly head: readonly Tensor[];
  };
}

function dense(rng: Rng, outputs: number, inputs: number, std: number): Tensor[] {
  return [
    parameter(normal(rng, [outputs, inputs], { std, ...options })),
    parameter(zeros([outputs], options)),
  ];
}

function affine(): Tensor[] {
  return [
    parameter(ones([sizes.width], options)),
    parameter(zeros([sizes.width], options)),
  ];
}

type Six = [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];

/** An untrained toy. */
export function makeToy(seed: number): Toy {
  const { inputs, width, classes } = sizes;
  const rng = Rng.fromSeed(seed, "pitfalls");
  const embed = dense(rng.fork("embed"), width, inputs, 1 / Math.sqrt(inputs));
  const blocks = Array.from({ length: sizes.blocks }, (_, l) => [
    ...affine(),
    ...dense(rng.fork("w1", l), width, width, 1 / Math.sqrt(width)),
    ...dense(rng.fork("w2", l), width, width, 0.1),
  ]);
  const head = [...affine(), ...dense(rng.fork("head"), classes, width, 1 / Math.sqrt(width))];
  const [outWeight, outBias, headWeight, headBias] = head as [Tensor, Tensor, Tensor, Tensor];
  return {
    parameters: { embed, blocks, head },
    model: {
      embed: (x) => linear(x, embed[0]!, embed[1]!),
      blocks: blocks.map((block) => (h: Tensor) => {
        const [weight, bias, w1, b1, w2, b2] = block as Six;
        return linear(gelu(linear(layerNorm(h, weight, bias), w1, b1)), w2, b2);
      }),
      outLn: (h) => layerNorm(h, outWeight, outBias),
      outHead: (h) => linear(h, headWeight, headBias),
    },
  };
}

/** Scores of a random teacher with one hidden layer. */
function makeTeacher(): (x: Tensor) => Tensor {
  const { inputs, classes } = sizes;
  const rng = Rng.fromSeed(1, "pitfalls", "teacher");
  const first = normal(rng.fork("first"), [inputs, 2 * inputs], options);
  const second = normal(rng.fork("second"), [2 * inputs, classes], options);
  return (x) => noGrad(() => matmul(gelu(matmul(x, first)), second));
}

/** A batch of Gaussian inputs, labelled by the teacher. */
function makeBatch(rng: Rng, teacher: (x: Tensor) => Tensor): Batch {
  const { inputs, classes, batch } = sizes;
  const x = normal(rng, [batch, inputs], options);
  const scores = teacher(x).dataSync();
  const y = Array.from({ length: batch }, (_, b) => {
    const row = scores.subarray(b * classes, (b + 1) * classes);
    return row.indexOf(Math.max(...row));
  });
  return { x, y };
}

/** Evaluation batches: the same for everybody. */
export function evaluationBatches(count = 8): Batch[] {
  const rng = Rng.fromSeed(1, "pitfalls", "evaluation");
  const teacher = makeTeacher();
  return Array.from({ length: count }, (_, i) => makeBatch(rng.fork(i), teacher));
}

/** B_0 … B_{L−1}, each `[C, d]` with variance 1/C (transposed, so that a_l = e_T B_l). */
export function drawFeedback(rng: Rng): Tensor[] {
  const { blocks, classes, width } = sizes;
  const std = 1 / Math.sqrt(classes);
  return Array.from(
    { length: blocks },
    (_, l) => normal(rng.fork(l), [classes, width], { std, ...options }),
  );
}

/** DFA's credits: a_l = e_T B_l. */
export function dfaCredits(error: Tensor, feedback: readonly Tensor[]): Tensor[] {
  return feedback.map((matrix) => matmul(error, matrix));
}

/** Trains a toy by DFA: block l descends ⟨F_l(h_l), a_l/rms(a_l)⟩, the embedding ⟨h_0, â_0⟩. */
export function trainDfa(toy: Toy, feedback: readonly Tensor[], steps: number): void {
  const { model, parameters } = toy;
  const groups = [parameters.embed, ...parameters.blocks, parameters.head];
  const optimizers = groups.map((group) => new AdamW(group, { lr: 3e-3 }));
  const rng = Rng.fromSeed(1, "pitfalls", "training");
  const teacher = makeTeacher();
  for (let step = 0; step < steps; step++) {
    scope(() => {
      const { x, y } = makeBatch(rng.fork(step), teacher);
      const { hidden, logits } = noGrad(() => forwardFrom(model, model.embed(x)));
      const credits = dfaCredits(outputError(logits, y), feedback)
        .map((a) => mul(rmsNormalize(a), 1 / y.length));
      const top = variable(detach(hidden.at(-1)!));
      const loss = crossEntropy(model.outHead(model.outLn!(top)), y, { reduction: "mean" });
      const gradients = [
        localVjp(model.embed, x).pullback(credits[0]!, parameters.embed),
        ...model.blocks.map((block, l) =>
          localVjp(block, hidden[l]!).pullback(credits[l]!, parameters.blocks[l]!)
        ),
        grad(loss, [...parameters.head]),
      ];
      optimizers.forEach((optimizer, i) => optimizer.step(gradients[i]!));
    });
  }
}

/** The checkpoint: a toy trained by DFA, with the feedback that it was trained with. */
export interface Checkpoint extends Toy {
  readonly feedback: readonly Tensor[];
}

const STEPS = 120;
let checkpoint: Checkpoint | undefined;

/** The one checkpoint, trained when it is first asked for. */
export function trainedToy(): Checkpoint {
  if (checkpoint) return checkpoint;
  const toy = makeToy(42);
  const feedback = drawFeedback(Rng.fromSeed(42, "pitfalls", "feedback"));
  trainDfa(toy, feedback, STEPS);
  return checkpoint = { ...toy, feedback };
}

/** One batch, measured: h_0 … h_L, e_T and g_0 … g_L of the mean loss. */
export interface MeasuredBatch {
  readonly hidden: readonly Tensor[];
  readonly error: Tensor;
  readonly gradient: readonly Tensor[];
}

/** Forward and backward pass of one batch. */
export function measureBatch({ model }: Toy, { x, y }: Batch): MeasuredBatch {
  const h0 = variable(noGrad(() => model.embed(x)));
  const { hidden, logits } = forwardFrom(model, h0);
  const gradient = grad(crossEntropy(logits, y, { reduction: "mean" }), [...hidden]);
  return { hidden: hidden.map(detach), error: outputError(detach(logits), y), gradient };
}
