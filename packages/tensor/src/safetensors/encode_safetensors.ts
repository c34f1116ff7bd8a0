// A safetensors file in memory.

import type { Tensor } from "../tensor.ts";
import type { RawTensor } from "./raw_tensor.ts";
import { writeSafetensors, type WriteSafetensorsOptions } from "./write_safetensors.ts";

/**
 * Tensors as the bytes of a safetensors file; those that {@link writeSafetensors} would stream.
 *
 * @param tensors by name.
 * @throws {RangeError | TypeError} as {@link writeSafetensors}.
 *
 * @example
 * ```ts
 * import { encodeSafetensors, tensor } from "@fa/tensor";
 *
 * const [a, b] = [tensor([1, 2], { dtype: "float64" }), tensor([3])];
 * const bytes = await encodeSafetensors(new Map([["a", a], ["b", b]]));
 * const again = await encodeSafetensors(new Map([["b", b], ["a", a]]));
 * if (bytes.join() !== again.join()) throw new Error("same content, other bytes");
 * ```
 */
export async function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor | RawTensor>,
  options: WriteSafetensorsOptions = {},
): Promise<Uint8Array> {
  const stream = writeSafetensors(tensors, options);
  const bytes = new Uint8Array(stream.size);
  let at = 0;
  for await (const chunk of stream) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
