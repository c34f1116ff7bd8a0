// Nudging: does the loss fall when a hidden state moves a small step against the credit?
import { mul, reshape, rmsNormalize, scope, sub } from "@fa/tensor";
import type { AuditableModel } from "../evidence/auditable_model.ts";
import type { Batch } from "../evidence/batch.ts";
import { measured } from "../evidence/measured.ts";
import { mean } from "../statistics/mean.ts";
import { perLayerOf } from "./_per_layer.ts";
import { asRows, lossesFrom, probedBatches, type ProbeOptions } from "./_probed_batches.ts";
import type { NudgingProbe } from "./probes.ts";

/** Options of {@link nudgingProbe}. */
export interface NudgingOptions extends ProbeOptions {
  /** η. Default 0.01. */
  readonly eta?: number;
}

/**
 * Nudging (§5): one layer at a time, h_l ← h_l − η·â_l, with â_l = a_l / rms(a_l) per sample; the
 * change of mean CE when the rest of the network goes on from there, negative where the credit helps.
 * A sample whose credit is exactly zero does not move. The step has the same length η√d at every
 * layer and for every method, whatever ‖h_l‖ is.
 *
 * @param model the model that gives the credits.
 * @param batches batches of equal size; samples must not influence one another within a batch.
 * @param options credits, where they live, and η. With `exactModel` states are moved and losses
 * computed in float64.
 * @throws {RangeError} if there are no batches, their sizes differ, credits have the wrong number or
 * shapes, or η is not above 0.
 *
 * @example
 * ```ts
 * import { isMeasured } from "@fa/protocol";
 * import { nudgingProbe } from "@fa/protocol/probes";
 * import { mul, type Tensor, tensor } from "@fa/tensor";
 *
 * const model = { embed: (x: Tensor) => x, blocks: [(h: Tensor) => mul(h, 0.5)], outHead: (h: Tensor) => h };
 * const batch = { x: tensor([[3, 4], [6, 8]], { dtype: "float64" }), y: [0, 1] };
 * const { change } = await nudgingProbe(model, [batch], {
 *   credits: ({ bpGradient }) => bpGradient.slice(0, -1), // against the gradient: downhill
 *   creditIndex: "input",
 * });
 * if (!isMeasured(change.mean) || change.mean >= 0) throw new Error("the loss must fall");
 * ```
 */
export async function nudgingProbe(
  model: AuditableModel,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  options: NudgingOptions,
): Promise<NudgingProbe> {
  const { eta = 0.01 } = options;
  if (!(eta > 0 && eta < Infinity)) {
    throw new RangeError(`Cannot nudge states as eta must be above 0: ${eta}`);
  }
  const at = options.exactModel ?? model;
  const changes: number[][] = model.blocks.map(() => []);
  let samples = 0;
  for await (const { y, blocks } of probedBatches(model, batches, options)) {
    samples += y.length;
    for (const [l, { state, level, credit }] of blocks.entries()) {
      const change = scope(() => {
        const nudge = mul(reshape(rmsNormalize(asRows(credit)), state.shape), eta);
        const before = lossesFrom(at, state, level, y);
        return sub(lossesFrom(at, sub(state, nudge), level, y), before);
      });
      changes[l]!.push(...await change.data());
    }
  }
  const perLayer = changes.map((each, l) =>
    measured(mean(each), `the change of mean CE by nudging block ${l}`)
  );
  return { eta, samples, change: perLayerOf(perLayer, "change of CE by nudging") };
}
