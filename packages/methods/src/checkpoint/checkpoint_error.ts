// The error of a checkpoint that is damaged, none at all, or not of this model and trainer.

/**
 * What is wrong with a checkpoint. The message names the file, what is expected of it and what was
 * found; the `cause`, where there is one, is the error of the safetensors reader.
 *
 * @example
 * ```ts
 * import { CheckpointError, decodeCheckpoint } from "@fa/methods";
 *
 * const error = await decodeCheckpoint(new Uint8Array(), { name: "a.safetensors" })
 *   .catch((error) => error);
 * if (!(error instanceof CheckpointError)) throw new Error("an empty file was read");
 * if (!error.message.startsWith("Cannot read a.safetensors as ")) throw error;
 * ```
 */
export class CheckpointError extends Error {
  /** `"CheckpointError"`. */
  override readonly name = "CheckpointError";
}
