// Measuring a model: norms, gradients and alignment at every layer, without touching it.
import { cast, outputError, scope, type Tensor } from "@fa/tensor";
import { mainCredit, SnapshotAccumulator } from "./_accumulate.ts";
import type { AuditableModel } from "./auditable_model.ts";
import type { Batch } from "./batch.ts";
import { checkSize, differentiate } from "./_differentiate.ts";
import type { Unmeasured } from "./measured.ts";
import type { CreditIndex, Snapshot } from "./snapshot.ts";

/** What a method sees when it is asked for its credits. All tensors are constants. */
export interface CreditContext {
  /** Input batch `[B, ...]`. */
  readonly x: Tensor;
  /** Labels of the batch. */
  readonly y: ArrayLike<number>;
  /** h_0 … h_L. */
  readonly hidden: readonly Tensor[];
  /** Scores `[B, C]`. */
  readonly logits: Tensor;
  /** e_T = softmax(logits) − onehot(y), `[B, C]`. */
  readonly outputError: Tensor;
  /** g_0 … g_L: ∂CE/∂h_l with CE averaged over the batch. */
  readonly bpGradient: readonly Tensor[];
}

/** The credits of a method that has more than one. */
export interface MeasuredCredits {
  /** a_l of every block l = 0..L−1, in the shape of the state it lives at. */
  readonly blocks: readonly Tensor[];
  /** Other credits that the method offers for the same blocks, by name. */
  readonly others?: Readonly<Record<string, readonly Tensor[]>>;
  /**
   * The credit that the method offers at h_L, for *deep, paper*: where credits live at the input of
   * their block, no a_l does. Ignored where they live at the output, as a_{L−1} is that credit.
   */
  readonly terminal?: Tensor;
}

/** Options of {@link collectEvidence}. */
export interface CollectOptions {
  /**
   * a_l of every block l = 0..L−1, in the shape of the state it lives at, or several credits at
   * once. Without it, no Γ.
   */
  readonly credits?: (context: CreditContext) => readonly Tensor[] | MeasuredCredits;
  /** Where the credits live: `input` compares a_l with g_l, `output` with g_{l+1}. */
  readonly creditIndex?: CreditIndex;
  /**
   * The same model with its parameters in float64, to measure how exact the gradients are. Its input
   * is cast to float64 on the backend where it lives.
   */
  readonly exactModel?: AuditableModel;
  /** `hashTensors` of the feedback matrices and other auxiliary tensors, or why there is none. */
  readonly feedbackHash?: string | Unmeasured;
}

/**
 * Measures a model on fixed batches (§4): median norms of h_l and of ∂CE/∂h_l for l = 0..L, growth,
 * stability over batches, and Γ where `credits` are given. Norms and cosines are per sample and
 * correctly rounded, without any clamp, and no result depends on the order of samples or batches.
 * Samples without a direction are left out and counted, and where more than half are left out,
 * stability or Γ_l is unmeasured.
 *
 * With `exactModel`, gradients at h_0..h_L are computed again in float64 from the same weights and
 * batches, and the relative error of the working ones ({@link relativeError}; median over samples) is
 * recorded. A Γ_l whose gradient errs by more than 1e-2 ({@link largestReferenceError}), or whose
 * error cannot be measured as the float64 gradient is zero or not finite, is refused: unmeasured, with
 * the figure in its reason. Every other Γ_l says in which regime it was measured: `below-floor` where
 * the median norm of its gradient, scaled to B = 128, is below 1e-7, else `exact`; in lower precisions
 * than float64 without an `exactModel`, `unchecked-below-floor` and `unchecked` ({@link Regime}).
 * Beside each Γ_l stands what tools that clamp would have printed, over all samples.
 *
 * Gradients are taken with respect to every h_l in one backward pass that starts at h_0, so no
 * parameter is differentiated; nothing is written to the model and no random number is drawn.
 * The loss must depend on every h_l on the tape, in models without a skip too: where the tape is cut
 * the gradient is not known, and a block that ignores its input cannot be told from a cut one. A
 * gradient that comes out as zero along a tape is a measurement.
 *
 * @param model the model; its samples must not influence one another within a batch.
 * @param batches batches of equal size B (the audit uses 10 × 128 test images, unshuffled).
 * @throws {RangeError} if there are no batches, their sizes differ, labels and samples differ in
 * number, credits have the wrong number or shapes, or one is given for some of the batches only.
 * @throws {TypeError} if only one of `credits` and `creditIndex` is given.
 * @throws {Error} if the tape is cut between the loss and some h_l.
 *
 * @example
 * ```ts
 * import { collectEvidence } from "@fa/protocol";
 * import { mul, type Tensor, tensor } from "@fa/tensor";
 *
 * const model = { embed: (x: Tensor) => x, blocks: [(h: Tensor) => mul(h, 0.5)], outHead: (h: Tensor) => h };
 * const batch = { x: tensor([[3, 4], [6, 8]], { dtype: "float64" }), y: [0, 1] };
 * const snapshot = await collectEvidence(model, [batch, batch], {
 *   credits: ({ bpGradient }) => bpGradient.slice(0, -1), // BP's own credit
 *   creditIndex: "input",
 * });
 * if (snapshot.hiddenNorms.join() !== "7.5,11.25") throw new Error("median of 5 and 10, ×1.5");
 * if (snapshot.growth.max !== 1.5) throw new Error("wrong growth");
 * if ("valid" in snapshot.gamma || snapshot.gamma.headline !== 1) throw new Error("Γ of BP is 1");
 * ```
 */
export async function collectEvidence(
  model: AuditableModel,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  { credits, creditIndex, exactModel, feedbackHash }: CollectOptions = {},
): Promise<Snapshot> {
  if ((credits === undefined) !== (creditIndex === undefined)) {
    throw new TypeError(
      "Cannot measure alignment as credits and creditIndex must be given together",
    );
  }
  let accumulator: SnapshotAccumulator | undefined;
  let batchSize = 0;
  for await (const batch of batches) {
    const found = scope(() => measureBatch(model, batch, credits, creditIndex));
    const [h0] = found.hidden as [Tensor];
    if (!accumulator) {
      batchSize = batch.y.length;
      accumulator = new SnapshotAccumulator({
        batchSize,
        blocks: model.blocks.length,
        dtype: h0.dtype,
        backend: h0.backend.name,
        terminalNorm: model.outLn !== undefined,
        residual: model.residual !== false,
        ...(creditIndex && { creditIndex }),
        ...(feedbackHash !== undefined && { feedbackHash }),
      });
    }
    checkSize(batch, batchSize, "collect evidence");
    const exact = exactModel && scope(() => exactGradients(exactModel, batch, found.hidden));
    accumulator.add({
      hidden: await readAll(found.hidden),
      gradient: await readAll(found.bpGradient),
      credits: new Map(
        await Promise.all(
          [...found.credits].map(async ([name, credit]) => [name, await readAll(credit)] as const),
        ),
      ),
      ...(found.terminal && { terminal: await found.terminal.data() }),
      ...(exact && { exactGradient: await readAll(exact) }),
    });
  }
  if (!accumulator) {
    throw new RangeError("Cannot collect evidence from no batches as at least one is needed");
  }
  return accumulator.finish();
}

interface BatchTensors {
  readonly hidden: readonly Tensor[];
  readonly bpGradient: readonly Tensor[];
  /** The method's credit under `mainCredit`, others under their names. */
  readonly credits: ReadonlyMap<string, readonly Tensor[]>;
  /** The method's credit at h_L. */
  readonly terminal?: Tensor;
}

/** g_0 … g_L in float64. */
function exactGradients(
  model: AuditableModel,
  { x, y }: Batch,
  working: readonly Tensor[],
): readonly Tensor[] {
  const { hidden, bpGradient } = differentiate(model, { x: cast(x, "float64"), y });
  const shapes = [working, hidden].map((states) => states.map((h) => `[${h.shape}]`).join(" "));
  if (shapes[0] !== shapes[1]) {
    throw new RangeError(
      `Cannot measure the error of the gradients as exactModel must be the same model: its states have shapes ${
        shapes[1]
      }, those of the model ${shapes[0]}`,
    );
  }
  const other = hidden.find((h) => h.dtype !== "float64");
  if (other) {
    throw new TypeError(
      `Cannot measure the error of the gradients as exactModel must compute in float64: found ${other.dtype}`,
    );
  }
  return bpGradient;
}

function measureBatch(
  model: AuditableModel,
  batch: Batch,
  credits: CollectOptions["credits"],
  creditIndex: CreditIndex | undefined,
): BatchTensors {
  const { x, y } = batch;
  const { hidden, logits, bpGradient } = differentiate(model, batch);
  if (!credits) return { hidden, bpGradient, credits: new Map() };
  const given = credits({
    x,
    y,
    hidden,
    logits,
    outputError: outputError(logits, y),
    bpGradient,
  });
  const { blocks, others = {}, terminal }: MeasuredCredits = "blocks" in given
    ? given
    : { blocks: given };
  const named = new Map([[mainCredit, blocks], ...Object.entries(others)]);
  for (const credit of named.values()) {
    checkCredits(credit, hidden, creditIndex === "output" ? 1 : 0);
  }
  if (terminal) checkCredit(terminal, "the credit at h_L", hidden.at(-1)!, hidden.length - 1);
  return { hidden, bpGradient, credits: named, ...(terminal && { terminal }) };
}

function checkCredits(credit: readonly Tensor[], hidden: readonly Tensor[], offset: 0 | 1): void {
  const blocks = hidden.length - 1;
  if (credit.length !== blocks) {
    throw new RangeError(
      `Cannot measure alignment as there must be one credit for each block: ${credit.length} credits, ${blocks} blocks`,
    );
  }
  credit.forEach((a, l) => checkCredit(a, `credit ${l}`, hidden[l + offset]!, l + offset));
}

function checkCredit(credit: Tensor, name: string, state: Tensor, l: number): void {
  if (credit.shape.join() === state.shape.join()) return;
  throw new RangeError(
    `Cannot compare ${name} [${credit.shape}] with the gradient at h_${l} [${state.shape}] as their shapes must be equal`,
  );
}

function readAll(tensors: readonly Tensor[]): Promise<(Float32Array | Float64Array)[]> {
  return Promise.all(tensors.map((t) => t.data()));
}
