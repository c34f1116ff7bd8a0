// Classification accuracy, with the counts behind it.
import { noGrad, scope } from "@fa/tensor";
import type { AuditableModel } from "./auditable_model.ts";
import type { Batch } from "./batch.ts";
import { forwardWithHidden } from "./forward_with_hidden.ts";

/** How many samples a model classified correctly. */
export interface Accuracy {
  /** Samples whose largest logit is that of their label (the first of equal ones counts). */
  readonly correct: number;
  /** All samples. */
  readonly total: number;
  /** correct / total, a fraction. */
  readonly value: number;
  /** Samples with a NaN among their logits: no prediction was made, so none was correct. */
  readonly withoutPrediction: number;
}

/**
 * Fraction of samples that a model classifies correctly. Batches may differ in size. Nothing is
 * written to the model and no random number is drawn.
 *
 * @throws {RangeError} if there are no samples, or a batch has not one label for each row of logits.
 *
 * @example
 * ```ts
 * import { accuracy } from "@fa/protocol";
 * import { type Tensor, tensor } from "@fa/tensor";
 *
 * const model = { embed: (x: Tensor) => x, blocks: [], outHead: (h: Tensor) => h };
 * const batch = { x: tensor([[1, 0], [0, 1], [3, 2]]), y: [0, 1, 1] };
 * const found = await accuracy(model, [batch]);
 * if (found.correct !== 2 || found.total !== 3) throw new Error("two of three are right");
 * ```
 */
export async function accuracy(
  model: AuditableModel,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
): Promise<Accuracy> {
  let correct = 0;
  let total = 0;
  let withoutPrediction = 0;
  for await (const { x, y } of batches) {
    const logits = scope(() => noGrad(() => forwardWithHidden(model, x).logits));
    const [rows, classes] = logits.shape;
    if (logits.rank !== 2 || rows !== y.length) {
      throw new RangeError(
        `Cannot count correct answers as logits must be [B, C] with one row for each of ${y.length} labels: they are [${logits.shape}]`,
      );
    }
    const values = await logits.data();
    for (let b = 0; b < y.length; b++) {
      const predicted = argmax(values.subarray(b * classes!, (b + 1) * classes!));
      if (predicted === undefined) withoutPrediction++;
      else if (predicted === y[b]) correct++;
    }
    total += y.length;
  }
  return accuracyOf({ correct, total, withoutPrediction });
}

/** Index of the first largest value; undefined if any is NaN. */
function argmax(values: ArrayLike<number>): number | undefined {
  let best = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) return undefined;
    if (values[i]! > values[best]!) best = i;
  }
  return best;
}

/**
 * An {@link Accuracy} from its counts.
 *
 * @throws {RangeError} if the counts are not integers with correct + withoutPrediction ≤ total and
 * total ≥ 1.
 *
 * @example
 * ```ts
 * import { accuracyOf } from "@fa/protocol";
 *
 * if (accuracyOf({ correct: 3490, total: 10000 }).value !== 0.349) throw new Error("wrong value");
 * ```
 */
export function accuracyOf(
  { correct, total, withoutPrediction = 0 }: {
    correct: number;
    total: number;
    withoutPrediction?: number;
  },
): Accuracy {
  const counts = [correct, total, withoutPrediction];
  if (
    !counts.every((n) => Number.isSafeInteger(n) && n >= 0) || total < 1 ||
    correct + withoutPrediction > total
  ) {
    throw new RangeError(
      `Cannot give an accuracy as correct + withoutPrediction must lie between 0 and a positive total: ${correct} + ${withoutPrediction} of ${total}`,
    );
  }
  return { correct, total, value: correct / total, withoutPrediction };
}
