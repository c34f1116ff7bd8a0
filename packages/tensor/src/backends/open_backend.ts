// Backends by name, for command lines and configurations.
import type { Backend } from "../backend.ts";
import { unknownName } from "../errors/unknown_name.ts";
import { openBlasBackend } from "./blas/blas_backend.ts";
import { jsBackend } from "./js/mod.ts";
import { kernelModule } from "./wasm/_instance.ts";
import { makeWasmBackend, wasmBackend } from "./wasm/mod.ts";

/** Names that {@link openBackend} knows. */
export const backendNames = ["wasm", "wasm-fast-math", "blas", "js"] as const;

/** Name of a backend. */
export type BackendName = typeof backendNames[number];

const opened = new Map<BackendName, Promise<Backend>>();

/**
 * The backend of that name, made when it is first asked for:
 *
 * - `wasm`: see {@link wasmBackend}, the default.
 * - `wasm-fast-math`: the same with fused multiplication and addition in matrix products where the
 *   engine and the machine offer it (relaxed SIMD). Results differ between machines in last bits.
 * - `blas`: see {@link openBlasBackend}.
 * - `js`: see {@link jsBackend}, the readable reference.
 *
 * @throws {RangeError} if there is no such backend (the message suggests the nearest).
 * @throws {TypeError} if this engine cannot run it.
 * @throws {Error} if it needs a library that is not there.
 *
 * @example
 * ```ts
 * import { openBackend, zeros } from "@fa/tensor";
 *
 * const backend = await openBackend("js");
 * if (zeros([2], { backend }).backend.name !== "js") throw new Error("wrong backend");
 * ```
 */
export function openBackend(name: string): Promise<Backend> {
  const known = backendNames.find((each) => each === name);
  if (known === undefined) return Promise.reject(unknownName("backend", name, backendNames));
  let backend = opened.get(known);
  if (!backend) {
    backend = make(known);
    opened.set(known, backend);
    backend.catch(() => opened.delete(known)); // it may be there next time
  }
  return backend;
}

// deno-lint-ignore require-await -- so that what is thrown becomes a rejection
async function make(name: BackendName): Promise<Backend> {
  if (name === "js") return jsBackend;
  if (name === "wasm") return wasmBackend;
  if (name === "blas") return openBlasBackend();
  kernelModule({ fastMath: true, shared: false }); // says now if it is not to be had
  return makeWasmBackend({ name, deterministic: false, fastMath: true });
}
