// Layer normalisation.
import { composedBackward } from "../autograd/_composed.ts";
import { isRecording, record, recordWith, tellObserver } from "../autograd/_tape.ts";
import { allocateTensor } from "../create/_allocate.ts";
import { ones } from "../create/full.ts";
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkTogether, unbroadcast } from "./_operands.ts";
import { add } from "./add.ts";
import { div } from "./div.ts";
import { mean } from "./mean.ts";
import { mul } from "./mul.ts";
import { sqrt } from "./sqrt.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";

/**
 * Layer normalisation over the last axis: y = (x − μ)/√(σ² + ε) · weight + bias, with μ and the
 * biased variance σ² of each row accumulated in double (Ba, Kiros & Hinton 2016,
 * arXiv:1607.06450).
 *
 * @param x `[…, d]`. @param weight `[d]`. @param bias `[d]`.
 * @param options `eps`: ε, default 1e-5. With ε = 0 a constant row gives NaN. Deviations above 1e154,
 * which only float64 can hold, overflow.
 * @throws {RangeError} if shapes do not fit.
 *
 * @example
 * ```ts
 * import { layerNorm, ones, tensor, zeros } from "@fa/tensor";
 *
 * const y = layerNorm(tensor([[1, 3]]), ones([2]), zeros([2]), { eps: 0 });
 * if (y.dataSync().join() !== "-1,1") throw new Error("wrong normalisation");
 * ```
 */
export function layerNorm(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  { eps = 1e-5 }: { readonly eps?: number } = {},
): Tensor {
  const features = x.shape.at(-1);
  for (const [name, t] of [["weight", weight], ["bias", bias]] as const) {
    if (t.rank !== 1 || t.shape[0] !== features) {
      throw new RangeError(
        `Cannot normalise ${formatShape(x.shape)} as ${name} must be [${features}]: ${
          formatShape(t.shape)
        }`,
      );
    }
  }
  checkTogether("normalise", x, weight, bias);
  const value = allocateTensor(x.shape, x);
  x.backend.kernels.layerNorm(x, weight, bias, eps, value);
  const inputs = [x, weight, bias];
  return recordWith("layerNorm", inputs, value, () => (seed, [, ofWeight, ofBias]) => {
    if (!isRecording() && (ofWeight || ofBias)) return gradients(x, weight, seed, eps);
    return [
      inputGradient(x, weight, seed, eps),
      ofWeight ? unbroadcast(mul(seed, normalize(x, eps)), weight.shape) : undefined, // ∂y/∂weight = (x − μ)/√(σ² + ε)
      ofBias ? unbroadcast(seed, bias.shape) : undefined, // ∂y/∂bias = 1
    ];
  });
}

/** All three gradients in one pass, as constants. */
function gradients(x: Tensor, weight: Tensor, seed: Tensor, eps: number): Tensor[] {
  const at = [x, weight, weight].map((t) => allocateTensor(t.shape, t));
  const [atX, atWeight, atBias] = at as [Tensor, Tensor, Tensor];
  const { layerNormGradients } = x.backend.kernels;
  layerNormGradients(x, weight, seed, eps, atX, { weight: atWeight, bias: atBias });
  tellObserver("layerNormGradients", [x, weight, seed], ...at);
  return at;
}

/** (x − μ)/√(σ² + ε). */
function normalize(x: Tensor, eps: number): Tensor {
  const value = allocateTensor(x.shape, x);
  x.backend.kernels.normalize(x, eps, value);
  return record(
    "normalize",
    [x],
    value,
    (seed) => inputGradient(x, ones([x.shape.at(-1)!], x), seed, eps),
  );
}

/** Gradient at x: with v = seed·weight and n = (x − μ)/√(σ² + ε), (v − mean v − n·mean(v n))/√(σ² + ε). */
function inputGradient(x: Tensor, weight: Tensor, seed: Tensor, eps: number): Tensor {
  const value = allocateTensor(x.shape, x);
  x.backend.kernels.layerNormGradients(x, weight, seed, eps, value);
  const inPlainOps = (x: Tensor, weight: Tensor, seed: Tensor): Tensor => {
    const rowMean = (t: Tensor) => mean(t, { axis: -1, keepDims: true });
    const centred = sub(x, rowMean(x));
    const deviation = sqrt(add(rowMean(square(centred)), eps));
    const n = div(centred, deviation);
    const v = mul(seed, weight);
    return div(sub(sub(v, rowMean(v)), mul(n, rowMean(mul(v, n)))), deviation);
  };
  const inputs = [x, weight, seed];
  return recordWith(
    "layerNormInputGradient",
    inputs,
    value,
    () => composedBackward(inPlainOps, inputs),
  );
}
