// Softmax, cross-entropy, one-hot.
import { composedBackward } from "../autograd/_composed.ts";
import { record, recordWith } from "../autograd/_tape.ts";
import { allocateTensor, type CreateOptions } from "../create/_allocate.ts";
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { mean } from "./mean.ts";
import { mul } from "./mul.ts";
import { reshape } from "./reshape.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

/** Integer class labels. */
export type Labels = ArrayLike<number>;

/**
 * Softmax along the last axis: e^(x_k) / Σ_j e^(x_j), computed from x − max(x).
 *
 * @param x any shape with at least one axis.
 * @throws {RangeError} if `x` is a scalar.
 *
 * @example
 * ```ts
 * import { softmax, tensor } from "@fa/tensor";
 *
 * if (softmax(tensor([[1000, 1000]])).dataSync().join() !== "0.5,0.5") throw new Error("overflow");
 * ```
 */
export function softmax(x: Tensor): Tensor {
  if (x.rank === 0) throw new RangeError("Cannot take the softmax of a scalar as it has no axis");
  const value = allocateTensor(x.shape, x);
  x.backend.kernels.softmax(x, value);
  // ds = s·(dx − Σ s dx)
  return recordWith("softmax", [x], value, (s) => (seed) => [
    mul(s, sub(seed, sum(mul(s, seed), { axis: -1, keepDims: true }))),
  ]);
}

/**
 * Cross-entropy of integer labels: CE_b = logsumexp(logits_b) − logits_{b,y_b}, in nats.
 *
 * @param logits `[B, C]`.
 * @param labels B integers in 0 … C−1.
 * @param options `reduction` over the batch: `"mean"` (default), `"sum"`, or `"none"` (`[B]`).
 * @throws {RangeError} if shapes do not fit or a label is out of range.
 *
 * @example
 * ```ts
 * import { crossEntropy, tensor } from "@fa/tensor";
 *
 * const loss = crossEntropy(tensor([[0, 0]], { dtype: "float64" }), [1]).item();
 * if (Math.abs(loss - 0.6931471805599453) > 1e-15) throw new Error("not ln 2");
 * ```
 */
export function crossEntropy(
  logits: Tensor,
  labels: Labels,
  { reduction = "mean" }: { readonly reduction?: "mean" | "sum" | "none" } = {},
): Tensor {
  checkClassification("take the cross-entropy", logits, labels);
  const [batch] = logits.shape;
  const value = allocateTensor([batch!], logits);
  logits.backend.kernels.crossEntropy(logits, labels, value);
  // dCE_b = (softmax(z_b) − onehot(y_b))·dz_b
  const losses = record(
    "crossEntropy",
    [logits],
    value,
    (seed) => mul(outputError(logits, labels), reshape(seed, [batch!, 1])),
  );
  if (reduction === "none") return losses;
  return reduction === "sum" ? sum(losses) : mean(losses);
}

/**
 * The output error e_T = softmax(logits) − onehot(y): the gradient of each sample's cross-entropy
 * with respect to its logits. The label's entry is computed as −Σ_{k≠y} p_k, so that a confident
 * sample keeps its digits in either dtype; p_y − 1 would lose them.
 *
 * @param logits `[B, C]`.
 * @param labels B integers in 0 … C−1.
 * @returns `[B, C]`; per sample, not divided by B.
 * @throws {RangeError} if shapes do not fit or a label is out of range.
 *
 * @example
 * ```ts
 * import { outputError, tensor } from "@fa/tensor";
 *
 * const [e0, e1] = outputError(tensor([[0, -40]], { dtype: "float64" }), [0]).dataSync();
 * if (e0 !== -e1! || !(e1! > 4.2e-18 && e1! < 4.3e-18)) throw new Error("digits were lost");
 * ```
 */
export function outputError(logits: Tensor, labels: Labels): Tensor {
  checkClassification("take the output error", logits, labels);
  const value = allocateTensor(logits.shape, logits);
  logits.backend.kernels.outputError(logits, labels, value);
  const inPlainOps = (z: Tensor) => sub(softmax(z), oneHot(labels, z.shape[1]!, z));
  return recordWith("outputError", [logits], value, () => composedBackward(inPlainOps, [logits]));
}

/**
 * Labels as rows of an identity matrix: out[b, y_b] = 1, elsewhere 0.
 *
 * @returns `[B, classes]`.
 * @throws {RangeError} if a label is out of range.
 *
 * @example
 * ```ts
 * import { oneHot } from "@fa/tensor";
 *
 * if (oneHot([1, 0], 2).dataSync().join() !== "0,1,1,0") throw new Error("wrong rows");
 * ```
 */
export function oneHot(labels: Labels, classes: number, options: CreateOptions = {}): Tensor {
  checkLabels(labels, classes);
  const out = allocateTensor([labels.length, classes], options);
  out.backend.kernels.oneHot(labels, out);
  return out;
}

function checkClassification(action: string, logits: Tensor, labels: Labels): void {
  const [batch, classes] = logits.shape;
  if (logits.rank !== 2 || labels.length !== batch) {
    throw new RangeError(
      `Cannot ${action} of logits ${
        formatShape(logits.shape)
      } and ${labels.length} labels as logits must be [${labels.length}, classes]`,
    );
  }
  checkLabels(labels, classes!);
}

function checkLabels(labels: Labels, classes: number): void {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new RangeError(
        `Cannot use label ${label} of sample ${i} as labels must be whole numbers from 0 to ${
          classes - 1
        }`,
      );
    }
  }
}
