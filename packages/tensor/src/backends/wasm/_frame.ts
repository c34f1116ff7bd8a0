// Makes operands reachable for one kernel.
import type { Operand } from "../../backend.ts";
import type { TypedArray } from "../../dtype.ts";
import type { Heap } from "./_heap.ts";
import type { WasmStorage } from "./_storage.ts";

/**
 * Pointers to operands during one kernel: values that live in ordinary arrays are copied into linear
 * memory, and results are copied back at the end.
 */
export class Frame {
  readonly heap: Heap;
  #borrowed: { pointer: number; result: WasmStorage | null }[] | null = null;

  constructor(heap: Heap) {
    this.heap = heap;
  }

  /** Pointer to values that are read. */
  input(operand: Operand): number {
    const storage = operand.storage as WasmStorage;
    return storage.pointer || this.#borrow(storage, true, false);
  }

  /** Pointer to room for values that are written. */
  output(operand: Operand): number {
    const storage = operand.storage as WasmStorage;
    return storage.pointer || this.#borrow(storage, false, true);
  }

  /** Pointer to values that are updated. */
  inout(operand: Operand): number {
    const storage = operand.storage as WasmStorage;
    return storage.pointer || this.#borrow(storage, true, true);
  }

  /** Pointer to `bytes` bytes that last until the end of the kernel. */
  room(bytes: number): number {
    const pointer = this.heap.allocateBytes(bytes);
    (this.#borrowed ??= []).push({ pointer, result: null });
    return pointer;
  }

  /** Copies results back and frees what was borrowed. */
  end(): void {
    if (!this.#borrowed) return;
    for (const { pointer, result } of this.#borrowed) {
      if (result) result.array!.set(this.heap.view(result.dtype, pointer, result.size));
      this.heap.release(pointer);
    }
    this.#borrowed = null;
  }

  #borrow(storage: WasmStorage, read: boolean, write: boolean): number {
    const { dtype, size } = storage;
    const pointer = this.heap.allocate(dtype, size);
    if (read) this.heap.view(dtype, pointer, size).set(storage.array!);
    (this.#borrowed ??= []).push({ pointer, result: write ? storage : null });
    return pointer;
  }
}

/** The values of a storage, wherever they are; valid until the next allocation. */
export function valuesOf(heap: Heap, { dtype, size, pointer, array }: WasmStorage): TypedArray {
  return array ?? heap.view(dtype, pointer, size);
}
