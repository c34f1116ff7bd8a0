// Γ under fresh feedback: the null that a trained alignment must be told from.
import type { Tensor } from "@fa/tensor";
import type { AuditableModel } from "../evidence/auditable_model.ts";
import type { Batch } from "../evidence/batch.ts";
import {
  collectEvidence,
  type CollectOptions,
  type CreditContext,
} from "../evidence/collect_evidence.ts";
import { isMeasured, type Measured } from "../evidence/measured.ts";
import type { Alignment, CreditIndex } from "../evidence/snapshot.ts";
import { mean } from "../statistics/mean.ts";
import { sampleStandardDeviation } from "../statistics/sample_standard_deviation.ts";
import type { NullProbe, PerLayer } from "./probes.ts";

/** Options of {@link nullProbe}. */
export interface NullOptions {
  /** Where the credits live: `input` at h_l, `output` at h_{l+1}. */
  readonly creditIndex: CreditIndex;
  /** a_l of every block with the feedback that the model was trained with. */
  readonly trained: (context: CreditContext) => readonly Tensor[];
  /** The same rule with fresh feedback; called once for each draw 0, 1, … */
  readonly fresh: (draw: number) => (context: CreditContext) => readonly Tensor[];
  /** Number of fresh draws. Default 20. */
  readonly draws?: number;
  /** What is drawn afresh, in words. */
  readonly what: string;
  /** The same model with float64 parameters, to refuse gradients that are not exact. */
  readonly exactModel?: CollectOptions["exactModel"];
}

/**
 * Null calibration (§5): Γ of one trained model under feedback that it was not trained with. Every
 * draw is measured as Γ is measured, in one pass over the batches; gradients and states are the same
 * for all. Where Γ with the trained feedback does not stand out from these, training has not shaped
 * it. As a credit and its opposite are equally likely under symmetric feedback, the expected Γ of a
 * fresh draw is 0 for rules that send one error through one random matrix.
 *
 * `mean` is the mean over the draws; `sampleStandardDeviation` (n − 1) is that of Γ_l in `perLayer`,
 * and in `mean` and `deep` that of each draw's own mean over the layers, which is what a mean Γ is to be
 * compared with.
 *
 * @param model the model.
 * @param batches batches of equal size.
 * @param options the trained and the fresh credits.
 * @throws {RangeError} if `draws` is no integer ≥ 2, or for the reasons of {@link collectEvidence}.
 *
 * @example
 * ```ts
 * import { isMeasured } from "@fa/protocol";
 * import { nullProbe } from "@fa/protocol/probes";
 * import { normal, Rng, type Tensor, zeros } from "@fa/tensor";
 *
 * const rng = Rng.fromSeed(42);
 * const still = (h: Tensor) => zeros(h.shape, h);
 * const model = { embed: (x: Tensor) => x, blocks: [(h: Tensor) => h], outHead: (h: Tensor) => h };
 * const x = normal(rng.fork("x"), [8, 10], { dtype: "float64" });
 * const found = await nullProbe(model, [{ x, y: [0, 1, 2, 3, 4, 5, 6, 7] }], {
 *   creditIndex: "input",
 *   trained: ({ bpGradient }) => bpGradient.slice(0, -1),
 *   fresh: (draw) => ({ hidden: [h0] }) => [normal(rng.fork("fresh", draw), h0!.shape, h0)],
 *   what: "a random vector for each sample",
 * });
 * if (found.trained.mean !== 1) throw new Error("Γ of BP is 1");
 * if (!isMeasured(found.mean.mean) || Math.abs(found.mean.mean) > 0.1) throw new Error("not 0");
 * ```
 */
export async function nullProbe(
  model: AuditableModel,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  { creditIndex, trained, fresh, draws = 20, what, exactModel }: NullOptions,
): Promise<NullProbe> {
  if (!(Number.isSafeInteger(draws) && draws >= 2)) {
    throw new RangeError(`Cannot calibrate the null as draws must be an integer ≥ 2: ${draws}`);
  }
  const names = Array.from({ length: draws }, (_, draw) => `${draw}`);
  const ofDraw = names.map((_, draw) => fresh(draw));
  const { samples, gamma, otherGammas = {} } = await collectEvidence(model, batches, {
    creditIndex,
    credits: (context) => ({
      blocks: trained(context),
      others: Object.fromEntries(names.map((name, draw) => [name, ofDraw[draw]!(context)])),
    }),
    ...(exactModel && { exactModel }),
  });
  if ("valid" in gamma) throw new Error(`Cannot calibrate the null: ${gamma.reason}`);
  const found = names.map((name) => aggregates(otherGammas[name]!));
  return {
    draws,
    samples,
    fresh: what,
    mean: overDraws(found, mean),
    sampleStandardDeviation: overDraws(found, sampleStandardDeviation),
    trained: aggregates(gamma),
  };
}

function aggregates({ perLayer, headline, deepOurs }: Alignment): PerLayer {
  return { perLayer: perLayer.map(({ value }) => value), mean: headline, deep: deepOurs };
}

/** A statistic of every number of the draws; a draw without a value leaves none. */
function overDraws(
  draws: readonly PerLayer[],
  statistic: (values: readonly number[]) => Measured,
): PerLayer {
  const of = (pick: (draw: PerLayer) => Measured): Measured => {
    const values = draws.map(pick);
    const missing = values.find((value) => !isMeasured(value));
    return missing ?? statistic(values as number[]);
  };
  return {
    perLayer: draws[0]!.perLayer.map((_, l) => of(({ perLayer }) => perLayer[l]!)),
    mean: of(({ mean }) => mean),
    deep: of(({ deep }) => deep),
  };
}
