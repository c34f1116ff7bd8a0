// The error of a file that is no safetensors file, or whose values cannot be given as asked.

/**
 * What is wrong with the content of a safetensors file. The message names the file, if it has a
 * name, the rule, and the offset or the tensor that breaks it. A wrong call (an unknown name or
 * option) is a `RangeError` or `TypeError` instead, and a source that cannot be read rejects with
 * its own error.
 *
 * @example
 * ```ts
 * import { readSafetensors, SafetensorsError } from "@fa/tensor";
 *
 * const error = await readSafetensors(new Uint8Array(5), { name: "cut.safetensors" })
 *   .catch((error) => error);
 * if (!(error instanceof SafetensorsError)) throw new Error("a file of 5 bytes was read");
 * if (!error.message.startsWith("Cannot read cut.safetensors as ")) throw error;
 * ```
 */
export class SafetensorsError extends Error {
  /** `"SafetensorsError"`. */
  override readonly name = "SafetensorsError";
}
