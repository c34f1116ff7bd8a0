// Going on from a checkpoint.
import { loadParameters, type TrainableModel } from "@fa/models";
import type { Tensor } from "@fa/tensor";
import type { Trainer } from "../trainer.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { CheckpointError } from "./checkpoint_error.ts";

/** Who takes over a checkpoint. */
export interface RestoreTargets {
  /** The model. */
  readonly model: Pick<TrainableModel, "namedParameters">;
  /** A trainer of the same method, on the same model. */
  readonly trainer: Trainer;
}

/**
 * Puts a model and its trainer where they were: after it, the same batches give the same parameters
 * to the last bit as if training had never stopped. Everything is checked first; on an error nothing
 * has changed.
 *
 * Names, shapes and dtypes of all tensors must be equal. What has no tensors, such as λ or the
 * options of the optimizer, cannot be checked here: keep it in the record, and compare.
 *
 * @throws {CheckpointError} if a tensor is missing, unknown, or of another shape or dtype, and says
 * which. Auxiliary tensors are never drawn anew: other feedback would give other credits.
 *
 * @example
 * ```ts
 * import { ResidualMLP } from "@fa/models";
 * import { normal, Rng } from "@fa/tensor";
 * import { createTrainer, decodeCheckpoint, encodeCheckpoint, restoreCheckpoint } from "@fa/methods";
 *
 * const x = normal(Rng.fromSeed(7), [4, 12]), y = [0, 1, 2, 3];
 * function start(seed: number) {
 *   const rng = Rng.fromSeed(seed);
 *   const model = new ResidualMLP({ inputSize: 12, width: 8, depth: 2, rng });
 *   return { model, trainer: createTrainer("dfa", model, { rng: rng.fork("auxiliary") }) };
 * }
 * const first = start(1), second = start(2);
 * first.trainer.step(x, y, { lr: 1e-2 });
 * const model = first.model.namedParameters();
 * const bytes = await encodeCheckpoint({ model, trainer: first.trainer.state() });
 * restoreCheckpoint(await decodeCheckpoint(bytes), second);
 *
 * for (const { trainer } of [first, second]) trainer.step(x, y, { lr: 1e-2 });
 * const loss = ({ trainer }: typeof first) => trainer.step(x, y, { lr: 1e-2 }).loss.item();
 * if (loss(first) !== loss(second)) throw new Error("not the same training");
 * ```
 */
export function restoreCheckpoint(
  checkpoint: Checkpoint,
  { model, trainer }: RestoreTargets,
): void {
  const { name, trainer: state } = checkpoint;
  const own = trainer.state();
  const parameters = model.namedParameters();
  checkTensors(`Cannot restore a model from ${name}`, parameters, checkpoint.model);
  const action = `Cannot restore a trainer from ${name}`;
  checkTensors(action, own.tensors, state?.tensors ?? new Map());
  if (!state || (state.rng === undefined) !== (own.rng === undefined)) {
    throw new CheckpointError(
      `${action} as both must have a random stream, or none: ` +
        (state?.rng ? "only the checkpoint has one" : "only the trainer has one"),
    );
  }
  trainer.restore(state);
  loadParameters(parameters, checkpoint.model);
}

/** Checks that `values` are what `own` may be assigned. */
function checkTensors(
  action: string,
  own: ReadonlyMap<string, Tensor>,
  values: ReadonlyMap<string, Tensor>,
): void {
  const missing = [...own.keys()].filter((name) => !values.has(name));
  const prefix = "auxiliary.";
  const auxiliary = missing.filter((name) => name.startsWith(prefix));
  if (auxiliary.length > 0) {
    const names = auxiliary.map((name) => name.slice(prefix.length)).join(", ");
    throw new CheckpointError(
      `${action} as auxiliary tensors ${names} are missing: fresh ones would give other credits`,
    );
  }
  if (missing.length > 0) {
    throw new CheckpointError(`${action} as tensors are missing: ${some(missing)}`);
  }
  const unknown = [...values.keys()].filter((name) => !own.has(name));
  if (unknown.length > 0) {
    throw new CheckpointError(`${action} as it has no such tensors: ${some(unknown)}`);
  }
  for (const [name, value] of values) {
    const { shape, dtype } = own.get(name)!;
    if (shape.join() !== value.shape.join() || dtype !== value.dtype) {
      throw new CheckpointError(
        `${action} as ${name} must be [${shape}] ${dtype}: [${value.shape}] ${value.dtype}`,
      );
    }
  }
}

/** The first of many names. */
function some(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}
