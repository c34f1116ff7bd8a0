// What a probe intervenes on: states, credits and gradients of each batch, as constants.
import {
  cast,
  crossEntropy,
  detach,
  noGrad,
  outputError,
  reshape,
  scope,
  type Tensor,
} from "@fa/tensor";
import type { AuditableModel } from "../evidence/auditable_model.ts";
import type { Batch } from "../evidence/batch.ts";
import type { CreditContext, MeasuredCredits } from "../evidence/collect_evidence.ts";
import { checkSize, differentiate } from "../evidence/_differentiate.ts";
import { forwardFrom } from "../evidence/forward_with_hidden.ts";
import type { CreditIndex } from "../evidence/snapshot.ts";

/** What all probes of a credit need. */
export interface ProbeOptions {
  /** a_l of every block l = 0..L−1, in the shape of the state it lives at. */
  readonly credits: (context: CreditContext) => readonly Tensor[] | MeasuredCredits;
  /** Where the credits live: `input` at h_l, `output` at h_{l+1}. */
  readonly creditIndex: CreditIndex;
  /**
   * The same model with float64 parameters, in which states are displaced and losses computed.
   * Default: the model itself.
   */
  readonly exactModel?: AuditableModel;
}

/** One block of one batch. */
export interface ProbedBlock {
  /** Where its credit lives: h_{level}. */
  readonly level: number;
  /** h_{level}. */
  readonly state: Tensor;
  /** a_l, in the dtype of the state. */
  readonly credit: Tensor;
  /** ∂CE/∂h_{level}, CE averaged over the batch. */
  readonly gradient: Tensor;
}

/** One batch. */
export interface ProbedBatch {
  readonly index: number;
  readonly y: ArrayLike<number>;
  readonly blocks: readonly ProbedBlock[];
}

/**
 * Credits as the model gives them, states and gradients as the exact model has them.
 *
 * @throws {RangeError} if there are no batches, their sizes differ, or credits have the wrong number or
 * shapes.
 */
export async function* probedBatches(
  model: AuditableModel,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  { credits, creditIndex, exactModel }: ProbeOptions,
): AsyncGenerator<ProbedBatch> {
  const offset = creditIndex === "output" ? 1 : 0;
  let index = 0;
  let size = 0;
  for await (const batch of batches) {
    size ||= batch.y.length;
    checkSize(batch, size, "probe a model");
    const blocks = scope(() => {
      const seen = contextOf(model, batch);
      const given = credits(seen);
      const found: MeasuredCredits = "blocks" in given ? given : { blocks: given };
      const { hidden, bpGradient } = exactModel
        ? contextOf(exactModel, { ...batch, x: cast(batch.x, "float64") })
        : seen;
      checkCredits(found.blocks, hidden, offset);
      return found.blocks.map((a, l): ProbedBlock => {
        const level = l + offset;
        const state = hidden[level]!;
        return {
          level,
          state,
          credit: cast(detach(a), state.dtype),
          gradient: bpGradient[level]!,
        };
      });
    });
    yield { index: index++, y: batch.y, blocks };
  }
  if (index === 0) {
    throw new RangeError("Cannot probe a model on no batches as at least one is needed");
  }
}

/** CE of each sample when the network goes on from h_level, `[B]`; nothing is recorded. */
export function lossesFrom(
  model: AuditableModel,
  h: Tensor,
  level: number,
  y: ArrayLike<number>,
): Tensor {
  return noGrad(() => {
    const rest: AuditableModel = {
      embed: (h) => h,
      blocks: model.blocks.slice(level),
      ...(model.residual !== undefined && { residual: model.residual }),
      ...(model.outLn && { outLn: model.outLn }),
      outHead: (h) => model.outHead(h),
    };
    return crossEntropy(forwardFrom(rest, h).logits, y, { reduction: "none" });
  });
}

/** Each sample as one row. */
export function asRows(t: Tensor): Tensor {
  const [samples] = t.shape;
  return t.rank === 2 ? t : reshape(t, [samples!, t.size / samples!]);
}

/** What a method sees of a batch. */
function contextOf(model: AuditableModel, { x, y }: Batch): CreditContext {
  const { hidden, logits, bpGradient } = differentiate(model, { x, y });
  return { x, y, hidden, logits, outputError: outputError(logits, y), bpGradient };
}

function checkCredits(credits: readonly Tensor[], states: readonly Tensor[], offset: 0 | 1): void {
  const blocks = states.length - 1;
  if (credits.length !== blocks) {
    throw new RangeError(
      `Cannot probe a model as there must be one credit for each block: ${credits.length} credits, ${blocks} blocks`,
    );
  }
  credits.forEach((a, l) => {
    const state = states[l + offset]!;
    if (a.shape.join() === state.shape.join()) return;
    throw new RangeError(
      `Cannot probe credit ${l} [${a.shape}] at h_${
        l + offset
      } [${state.shape}] as their shapes must be equal`,
    );
  });
}
