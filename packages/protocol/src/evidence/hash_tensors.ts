// A name for the values of tensors.
import type { Tensor } from "@fa/tensor";
import { type Unmeasured, unmeasured } from "./measured.ts";

/**
 * SHA-256 of tensors by name, in lower-case hexadecimal digits. Hashed are, for each name in the
 * order of its UTF-16 code units, the line `["name","dtype",[shape]]\n` of JSON and the values,
 * row-major, in little-endian bytes: the same tensors give the same hash in every runtime, on every
 * backend, in whatever order the map holds them.
 *
 * @returns the hash; or why there is none, which `feedbackHash` of `CollectOptions` takes too: a page that
 * came over plain http from another host than localhost has no `crypto.subtle`.
 *
 * @example
 * ```ts
 * import { hashTensors } from "@fa/protocol";
 * import { tensor } from "@fa/tensor";
 *
 * const [a, b] = [tensor([1, 2]), tensor([3], { dtype: "float64" })];
 * const hash = await hashTensors(new Map([["a", a], ["b", b]]));
 * if (hash !== await hashTensors(new Map([["b", b], ["a", a]]))) throw new Error("order");
 * if (hash === await hashTensors(new Map([["a", b], ["b", a]]))) throw new Error("names");
 * ```
 */
export async function hashTensors(
  tensors: ReadonlyMap<string, Tensor>,
): Promise<string | Unmeasured> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) {
    return unmeasured(
      "crypto.subtle is missing, which a page has over https or from localhost only",
    );
  }
  const parts: Uint8Array[] = [];
  for (const name of [...tensors.keys()].sort()) {
    const { dtype, shape } = tensors.get(name)!;
    parts.push(new TextEncoder().encode(`${JSON.stringify([name, dtype, shape])}\n`));
    parts.push(littleEndian(await tensors.get(name)!.data()));
  }
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  const digest = await subtle.digest("SHA-256", all);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function littleEndian(values: Float32Array | Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.byteLength);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    if (values instanceof Float32Array) view.setFloat32(4 * i, value, true);
    else view.setFloat64(8 * i, value, true);
  });
  return bytes;
}
