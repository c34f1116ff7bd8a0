// Writing checkpoints.
import type { NamedParameters } from "@fa/models";
import { encodeSafetensors, jsBackend, tensor } from "@fa/tensor";
import type { TrainerState } from "../trainer.ts";
import { noHash, replaceHash, sha256 } from "./_content_hash.ts";
import { readWords, writeWords } from "./_metadata.ts";
import type { CheckpointRecord } from "./checkpoint.ts";

/** What goes into a checkpoint. */
export interface CheckpointContent {
  /** The model's parameters by their PyTorch names. */
  readonly model: NamedParameters;
  /** `trainer.state()`. Without it only weights are saved, and training cannot be resumed. */
  readonly trainer?: TrainerState;
  /** Anything to know the checkpoint by, such as the configuration of the run. Default `{}`. */
  readonly record?: CheckpointRecord;
}

/**
 * Everything that decides how training goes on as the bytes of one safetensors file: parameters
 * under their PyTorch names, `auxiliary.…` and `optimizer.…` of the trainer, and in its metadata
 * step, time, random stream, the caller's record, and the SHA-256 of all of it. The layout is
 * described in docs/checkpoints.md.
 *
 * The same state gives the same bytes in every runtime. Values are copied before this returns its
 * promise, so that training may go on at once.
 *
 * @throws {RangeError} if a parameter's name begins with `auxiliary.` or `optimizer.`, or a tensor's
 * of the trainer does not; if step or time are no whole numbers.
 * @throws {TypeError} if the record holds what JSON cannot.
 *
 * @example
 * ```ts
 * import { ResidualMLP } from "@fa/models";
 * import { Rng } from "@fa/tensor";
 * import { createTrainer, decodeCheckpoint, encodeCheckpoint } from "@fa/methods";
 *
 * const rng = Rng.fromSeed(42);
 * const net = new ResidualMLP({ inputSize: 12, width: 8, depth: 2, rng: rng.fork("model") });
 * const trainer = createTrainer("dfa", net, { rng: rng.fork("auxiliary") });
 * const bytes = await encodeCheckpoint({
 *   model: net.namedParameters(),
 *   trainer: trainer.state(),
 *   record: { configuration: { method: "dfa", seed: 42 } },
 * });
 * const { model, record } = await decodeCheckpoint(bytes, { name: "epoch-0.safetensors" });
 * if (model.get("embed.weight")?.shape.join() !== "8,12") throw new Error("weights are lost");
 * if (JSON.stringify(record) !== '{"configuration":{"method":"dfa","seed":42}}') {
 *   throw new Error("the record is lost");
 * }
 * ```
 */
export async function encodeCheckpoint(
  { model, trainer, record = {} }: CheckpointContent,
): Promise<Uint8Array> {
  const fail = (rule: string): never => {
    throw new RangeError(`Cannot write a checkpoint as ${rule}`);
  };
  for (const name of model.keys()) {
    if (isTrainers(name)) fail(`the name of a parameter must not begin as the trainer's: ${name}`);
  }
  for (const name of trainer?.tensors.keys() ?? []) {
    if (!isTrainers(name)) {
      fail(`the name of a trainer's tensor must begin with auxiliary. or optimizer.: ${name}`);
    }
  }
  const names = [...trainer?.tensors.keys() ?? []];
  const metadata = writeWords({ record, trainer: trainer && { ...trainer, names } });
  readWords(metadata, fail); // what could not be read must not be written

  const tensors = [...model, ...trainer?.tensors ?? []];
  const values = await Promise.all(tensors.map(([, each]) => each.data()));
  const copies = tensors.map(([name, { shape }], i) =>
    [name, tensor(values[i]!, { shape, backend: jsBackend })] as const
  );
  metadata.set("sha256", noHash);
  const bytes = await encodeSafetensors(new Map(copies), { metadata });
  replaceHash(bytes, noHash, await sha256(bytes));
  return bytes;
}

function isTrainers(name: string): boolean {
  return name.startsWith("auxiliary.") || name.startsWith("optimizer.");
}
