// Which backend tensors are made on unless told otherwise.
import type { Backend } from "../backend.ts";
import { wasmBackend } from "../backends/wasm/mod.ts";

let current: Backend = wasmBackend;

/**
 * The backend of tensors that are made without naming one.
 *
 * @example
 * ```ts
 * import { defaultBackend, zeros } from "@fa/tensor";
 *
 * if (zeros([1]).backend !== defaultBackend()) throw new Error("made elsewhere");
 * ```
 */
export function defaultBackend(): Backend {
  return current;
}

/**
 * Sets the backend of all tensors that are made from now on without naming one; those that exist
 * stay where they are. Tensors of different backends do not meet in one op, so set it before models
 * and data are made. At first it is {@link wasmBackend}.
 *
 * @returns the backend that was the default before.
 *
 * @example
 * ```ts
 * import { jsBackend, setDefaultBackend, zeros } from "@fa/tensor";
 *
 * const before = setDefaultBackend(jsBackend);
 * if (zeros([1]).backend.name !== "js") throw new Error("not the default");
 * setDefaultBackend(before);
 * ```
 */
export function setDefaultBackend(backend: Backend): Backend {
  const before = current;
  current = backend;
  return before;
}
