// A wasm backend that shares large kernels among threads.
import type { Backend } from "../../backend.ts";
import { Crew, MAX_THREADS } from "./_crew.ts";
import { Heap } from "./_heap.ts";
import { makeWasmBackend, type WasmBackendOptions } from "./mod.ts";
import { threadedKernels } from "./_threaded_kernels.ts";

/**
 * A wasm backend on `threads` threads, as many of them as `limit` holds, with the bits of the same
 * backend on one.
 *
 * @throws {TypeError} if memory cannot be shared here.
 * @throws {Error} if a thread cannot start.
 */
export async function openThreadedBackend(
  options: Omit<WasmBackendOptions, "heap">,
  threads: number,
  limit?: Int32Array,
): Promise<Backend> {
  if (typeof SharedArrayBuffer === "undefined") {
    throw new TypeError(
      `Cannot use ${threads} threads as SharedArrayBuffer is missing: use threads: 1, or serve the ` +
        "page with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
    );
  }
  const heap = new Heap({ fastMath: options.fastMath ?? false, shared: true });
  const crew = await Crew.start(heap, threads, { limit });
  heap.kernels = threadedKernels(heap, crew);
  return makeWasmBackend({ ...options, heap });
}

/**
 * Checks a number of threads.
 * @throws {RangeError} if it is not an integer from 1 to 64.
 */
export function checkThreads(threads: number): void {
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) {
    throw new RangeError(
      `Cannot open a backend as threads must be an integer from 1 to ${MAX_THREADS}: ${threads}`,
    );
  }
}
