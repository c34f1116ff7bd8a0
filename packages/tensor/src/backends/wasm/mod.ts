// The wasm backend: SIMD kernels on a linear memory; the default.
import type { Backend, Storage } from "../../backend.ts";
import type { TypedArray } from "../../dtype.ts";
import { Heap } from "./_heap.ts";
import { ordinary, wasmKernels } from "./_kernels.ts";
import { type Matmul, matmul } from "./_matmul.ts";
import { valuesOf } from "./_frame.ts";
import type { WasmStorage } from "./_storage.ts";

/** What distinguishes one backend on linear memory from another. */
export interface WasmBackendOptions {
  readonly name: string;
  readonly deterministic: boolean;
  /** Which build of the kernels. Default: the reproducible one. */
  readonly fastMath?: boolean;
  /** The memory to work on. Default: its own, made when it is first needed. */
  readonly heap?: Heap;
  /** How products are computed. Default: by the kernels. */
  readonly matmul?: Matmul;
}

/**
 * A backend whose scoped and pinned tensors live in a linear memory. Other tensors are ordinary
 * arrays, which the garbage collector frees.
 */
export function makeWasmBackend(options: WasmBackendOptions): Backend {
  let made = options.heap;
  const heap = () => made ??= new Heap({ fastMath: options.fastMath ?? false, shared: false });
  // Pinned memory is freed with the last tensor that uses it.
  const pinned = new FinalizationRegistry<number>((pointer) => heap().release(pointer));
  const values = (storage: Storage): TypedArray =>
    (storage as WasmStorage).array ?? valuesOf(heap(), storage as WasmStorage);

  return {
    name: options.name,
    deterministic: options.deterministic,
    checkDType(): void {},
    allocate(dtype, size, lifetime): Storage {
      if (lifetime === "collected") return ordinary(dtype, size);
      return { dtype, size, pointer: heap().allocate(dtype, size), array: null };
    },
    release(storage: Storage): void {
      const s = storage as WasmStorage;
      if (s.pointer !== 0) heap().release(s.pointer);
      s.pointer = 0;
    },
    retain(storage: Storage): void {
      const s = storage as WasmStorage;
      if (s.array) return;
      s.array = values(s).slice();
      heap().release(s.pointer);
      s.pointer = 0;
    },
    pin(storage: Storage): void {
      const s = storage as WasmStorage;
      if (!s.array) return;
      s.pointer = heap().allocate(s.dtype, s.size);
      heap().view(s.dtype, s.pointer, s.size).set(s.array);
      s.array = null;
      pinned.register(s, s.pointer);
    },
    write: (storage, from) => values(storage).set(from),
    read: (storage) => Promise.resolve(values(storage).slice()),
    readSync: (storage) => values(storage).slice(),
    kernels: wasmKernels(heap, options.matmul ?? matmul),
  };
}

/**
 * WebAssembly with 128-bit SIMD, in every runtime and with the same bits in each; the default.
 * Matrix products and AdamW compute in the precision of their operands; normalisations, sums and
 * GELU compute in double and round once.
 *
 * @example
 * ```ts
 * import { matmul, tensor, wasmBackend } from "@fa/tensor";
 *
 * const backend = wasmBackend;
 * const a = tensor([[1, 2], [3, 4]], { backend });
 * if (matmul(a, a).dataSync().join() !== "7,10,15,22") throw new Error("wrong product");
 * ```
 */
export const wasmBackend: Backend = /* @__PURE__ */ makeWasmBackend({
  name: "wasm",
  deterministic: true,
});
