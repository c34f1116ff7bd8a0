// Backends by name, for command lines and configurations.
import type { Backend } from "../backend.ts";
import { unknownName } from "../errors/unknown_name.ts";
import { openBlasBackend } from "./blas/blas_backend.ts";
import { jsBackend } from "./js/mod.ts";
import { kernelModule } from "./wasm/_instance.ts";
import { checkThreads, openThreadedBackend } from "./wasm/_threaded_backend.ts";
import { makeWasmBackend, wasmBackend } from "./wasm/mod.ts";

/** Names that {@link openBackend} knows. */
export const backendNames = ["wasm", "wasm-fast-math", "blas", "js"] as const;

/** Name of a backend. */
export type BackendName = typeof backendNames[number];

/** Settings of {@link openBackend}. */
export interface OpenBackendOptions {
  /**
   * Threads that share large computations, with the calling one; 1 … 64. More than 1 with `wasm` and
   * `wasm-fast-math` only. Changes no bit of a result. Default 1.
   */
  readonly threads?: number;
  /**
   * Its first element is the number of threads that may work at the moment. On a SharedArrayBuffer
   * another thread, which shares out the cores of the machine, can change it at any time. Nothing waits
   * for threads under a limit to start. Default: all may work.
   */
  readonly limit?: Int32Array;
}

const opened = new Map<string, Promise<Backend>>();
const limited = new WeakMap<Int32Array, typeof opened>();

/**
 * The backend of that name, made when it is first asked for with these settings:
 *
 * - `wasm`: see {@link wasmBackend}, the default.
 * - `wasm-fast-math`: the same with fused multiplication and addition in matrix products where the
 *   engine and the machine offer it (relaxed SIMD). Results differ between machines in last bits.
 * - `blas`: see {@link openBlasBackend}.
 * - `js`: see {@link jsBackend}, the readable reference.
 *
 * With more than one thread, calls are synchronous as ever: helper threads work on a memory that is
 * shared with them and sleep in between; they do not keep a program alive. In a browser that takes a
 * page that is cross-origin isolated.
 *
 * @throws {RangeError} if there is no such backend (the message suggests the nearest), or if
 * `threads` is not from 1 to 64.
 * @throws {TypeError} if this engine cannot run it, or not on several threads.
 * @throws {Error} if it needs a library that is not there, or a thread cannot start.
 *
 * @example
 * ```ts
 * import { openBackend, zeros } from "@fa/tensor";
 *
 * const backend = await openBackend("js");
 * if (zeros([2], { backend }).backend.name !== "js") throw new Error("wrong backend");
 *
 * const shared = await openBackend("wasm", { threads: 2 });
 * if (zeros([2], { backend: shared }).backend.name !== "wasm") throw new Error("wrong name");
 * ```
 */
export function openBackend(name: string, options: OpenBackendOptions = {}): Promise<Backend> {
  const { threads = 1, limit } = options;
  let known = opened;
  if (limit) {
    known = limited.get(limit) ?? new Map();
    limited.set(limit, known);
  }
  const key = `${name} ${threads}`;
  let backend = known.get(key);
  if (!backend) {
    backend = make(name, threads, limit);
    known.set(key, backend);
    backend.catch(() => known.delete(key)); // it may be there next time
  }
  return backend;
}

// deno-lint-ignore require-await -- so that what is thrown becomes a rejection
async function make(name: string, threads: number, limit?: Int32Array): Promise<Backend> {
  const known = backendNames.find((each) => each === name);
  if (known === undefined) throw unknownName("backend", name, backendNames);
  checkThreads(threads);
  if (known === "wasm" || known === "wasm-fast-math") {
    if (threads === 1 && known === "wasm") return wasmBackend;
    const fastMath = known === "wasm-fast-math";
    kernelModule({ fastMath, shared: threads > 1 }); // says now if it is not to be had
    const settings = { name: known, deterministic: !fastMath, fastMath };
    return threads === 1
      ? makeWasmBackend(settings)
      : openThreadedBackend(settings, threads, limit);
  }
  if (threads > 1) {
    throw new TypeError(
      `Cannot use ${threads} threads with backend ${known} as only wasm and wasm-fast-math share work`,
    );
  }
  return known === "js" ? jsBackend : openBlasBackend();
}
