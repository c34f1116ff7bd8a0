// How exact the reference gradient is: the same weights and batches in float64 and in others.
import { scope, type Tensor, tensor } from "@fa/tensor";
import type { AuditableModel } from "../evidence/auditable_model.ts";
import type { Batch } from "../evidence/batch.ts";
import { checkSize, differentiate } from "../evidence/_differentiate.ts";
import { count, medianError, medianOf, rows, type Values } from "../evidence/_layers.ts";
import type { Measured } from "../evidence/measured.ts";
import { l2Norm } from "../evidence/norm.ts";
import { relativeError } from "../evidence/relative_error.ts";
import type { FormatPrecision, PrecisionProbe } from "../probes/probes.ts";

/** A model that tells where its parameters live, as those of `@fa/models` do. */
export interface PlacedModel extends AuditableModel {
  /** Its parameters by name: inputs go to the dtype and backend of the first. */
  namedParameters?(): ReadonlyMap<string, Tensor>;
}

/** Options of {@link precisionProbe}. */
export interface PrecisionProbeOptions {
  /** The model with its parameters in float64. */
  readonly exact: PlacedModel;
  /**
   * The same model in each working precision, by its name in records: `float32`, `float16`,
   * `bfloat16`. The last two live on backends that round to them (`halfBackend` of @fa/tensor).
   */
  readonly working: Readonly<Record<string, PlacedModel>>;
  /** Batches of equal size B; samples must not influence one another within a batch. */
  readonly batches: Iterable<Batch> | AsyncIterable<Batch>;
}

/**
 * Measures g_0 … g_L, the gradients ∂CE/∂h_l of the mean loss, in float64 and in each working
 * precision from the same weights and batches, and compares: per sample ‖g_working − g_f64‖ /
 * ‖g_f64‖ ({@link relativeError}), median over samples; beside it the median norm, and how many
 * samples have a gradient that is exactly zero or not finite. It answers whether a reference that is
 * *below floor* is also *inexact*, which are two facts (§4): in float32 a gradient of 1e-9 is as
 * exact as one of 1e-3; in float16 nothing is left of it.
 *
 * Inputs are moved to the dtype and backend of each model's first parameter, rounded once to that
 * dtype, and then to half precision where the backend stores that; a model that does not tell its
 * parameters is given them as they are. Nothing is written to a model. The error counts everything
 * that the precision does to the gradient: rounded weights and inputs, a forward pass in that
 * precision, and the backward pass. A sample whose gradient overflowed counts as an infinite error,
 * one whose gradient is zero or not finite in float64 has none; where more than half have none, the
 * error is unmeasured.
 *
 * @throws {RangeError} if there are no batches, their sizes differ, labels and samples differ in
 * number, or the models' states have other shapes.
 * @throws {TypeError} if `exact` does not compute in float64.
 * @throws {Error} if the tape is cut between the loss and some h_l.
 *
 * @example
 * ```ts
 * import { isMeasured } from "@fa/protocol";
 * import { precisionProbe } from "@fa/protocol/probes";
 * import { cast, halfBackend, mul, type Tensor, tensor } from "@fa/tensor";
 *
 * // logits = 2^-24·h_1: the gradient at h_1 is 2^-24 times that at the logits.
 * const make = (into: (x: Tensor) => Tensor) => ({
 *   embed: into,
 *   blocks: [(h: Tensor) => mul(h, 2 ** 10)],
 *   residual: false,
 *   outHead: (h: Tensor) => mul(h, 2 ** -24),
 * });
 * const float16 = halfBackend("float16");
 * const { formats } = await precisionProbe({
 *   exact: make((x) => cast(x, "float64")),
 *   working: {
 *     float32: make((x) => x),
 *     float16: make((x) => tensor(x.dataSync(), { shape: x.shape, backend: float16 })),
 *   },
 *   batches: [{ x: tensor([[1, 2], [3, 0.5]]), y: [0, 1] }],
 * });
 * const [error] = formats.float32!.relativeError.slice(-1);
 * if (!isMeasured(error!) || error > 1e-6) throw new Error("exact in float32");
 * if (formats.float16!.relativeError[1] !== 1) throw new Error("gone in float16");
 * if (formats.float16!.zeroGradients[1] !== 2) throw new Error("both samples are zero");
 * ```
 */
export async function precisionProbe(
  { exact, working, batches }: PrecisionProbeOptions,
): Promise<PrecisionProbe> {
  const found = new Map<string, Layer[]>();
  let batchSize = 0;
  let samples = 0;
  for await (const batch of batches) {
    batchSize ||= batch.y.length;
    checkSize(batch, batchSize, "compare precisions");
    samples += batchSize;
    const reference = await gradientsOf(exact, batch);
    const other = reference.dtypes.find((dtype) => dtype !== "float64");
    if (other !== undefined) {
      throw new TypeError(
        `Cannot compare precisions as the exact model must compute in float64: found ${other}`,
      );
    }
    for (const [name, model] of Object.entries(working)) {
      const { values, shapes } = await gradientsOf(model, batch);
      if (shapes !== reference.shapes) {
        throw new RangeError(
          `Cannot compare ${name} with float64 as both must be the same model: its states have shapes ${shapes}, those of the exact model ${reference.shapes}`,
        );
      }
      let layers = found.get(name);
      if (!layers) found.set(name, layers = values.map(() => ({ errors: [], norms: [] })));
      layers.forEach(({ errors, norms }, l) => {
        const truth = rows(reference.values[l]!, batchSize);
        rows(values[l]!, batchSize).forEach((g, b) => {
          errors.push(relativeError(g, truth[b]!));
          norms.push(l2Norm(g));
        });
      });
    }
  }
  if (samples === 0) {
    throw new RangeError("Cannot compare precisions on no batches as at least one is needed");
  }
  const formats = Object.fromEntries([...found].map(([name, layers]) => [name, summary(layers)]));
  return { batchSize, samples, formats };
}

/** Every sample of one layer. */
interface Layer {
  readonly errors: Measured[];
  readonly norms: number[];
}

function summary(layers: readonly Layer[]): FormatPrecision {
  return {
    relativeError: layers.map(({ errors }, l) => medianError(errors, `∂CE/∂h_${l}`)),
    gradientNorms: layers.map(({ norms }, l) => medianOf(norms, `‖∂CE/∂h_${l}‖`)),
    zeroGradients: layers.map(({ norms }) => count(norms, (n) => n === 0)),
    nonFiniteGradients: layers.map(({ norms }) => count(norms, (n) => !Number.isFinite(n))),
  };
}

/** g_0 … g_L of a batch in the model's own precision. */
async function gradientsOf(
  model: PlacedModel,
  { x, y }: Batch,
): Promise<{ values: Values[]; dtypes: string[]; shapes: string }> {
  const placed = await moveTo(model, x);
  const { bpGradient } = scope(() => differentiate(model, { x: placed, y }));
  return {
    values: await Promise.all(bpGradient.map((g) => g.data())),
    dtypes: bpGradient.map((g) => g.dtype),
    shapes: bpGradient.map((g) => `[${g.shape}]`).join(" "),
  };
}

/** The input where the model's parameters are. */
async function moveTo(model: PlacedModel, x: Tensor): Promise<Tensor> {
  const parameter = model.namedParameters?.().values().next().value;
  if (!parameter || (parameter.backend === x.backend && parameter.dtype === x.dtype)) return x;
  const { dtype, backend } = parameter;
  return tensor(await x.data(), { shape: x.shape, dtype, backend });
}
