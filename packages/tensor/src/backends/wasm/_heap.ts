// The linear memory that kernels work on, and who holds which part of it.
import type { TypedArray } from "../../dtype.ts";
import { bytesPerElement, type DType } from "../../dtype.ts";
import type { KernelExports } from "./_exports.ts";
import { FreeList } from "./_free_list.ts";
import { instantiate, kernelModule, MAX_PAGES, PAGE_BYTES } from "./_instance.ts";

/** Ranges start and end at cache lines. */
const LINE = 64;

/** Options of {@link Heap}. */
export interface HeapOptions {
  /** Whether products may fuse multiplication and addition. */
  readonly fastMath: boolean;
  /** Whether other threads may work on it. */
  readonly shared: boolean;
}

/** A linear memory with its kernels. Grows on demand, never shrinks, reuses what is released. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  /** Replaced where several threads share the work. */
  kernels: KernelExports;
  readonly #free = new FreeList();
  readonly #lengths = new Map<number, number>();
  #end: number;
  #f32!: Float32Array;
  #f64!: Float64Array;
  #scratch = 0;

  constructor({ fastMath, shared }: HeapOptions) {
    this.module = kernelModule({ fastMath, shared });
    this.memory = new WebAssembly.Memory({ initial: 16, maximum: MAX_PAGES, shared });
    this.kernels = instantiate(this.module, this.memory);
    this.#end = this.memory.buffer.byteLength;
    const start = alignUp(this.kernels.dataEnd());
    this.#free.give(start, this.#end - start);
  }

  /**
   * Room for `size` values; the content is arbitrary.
   * @throws {RangeError} if the memory cannot grow that far.
   */
  allocate(dtype: DType, size: number): number {
    return this.allocateBytes(size * bytesPerElement(dtype));
  }

  /** Room for `size` bytes. */
  allocateBytes(size: number): number {
    if (!Number.isInteger(size)) throw new RangeError(`Cannot make room for ${size} bytes`);
    const length = Math.max(LINE, alignUp(size));
    let pointer = this.#free.take(length);
    if (pointer < 0) {
      this.#grow(length);
      pointer = this.#free.take(length);
    }
    this.#lengths.set(pointer, length);
    return pointer;
  }

  /** Gives room back. */
  release(pointer: number): void {
    this.#free.give(pointer, this.#lengths.get(pointer)!);
    this.#lengths.delete(pointer);
  }

  /** The values at a pointer; valid until the next allocation. */
  view(dtype: DType, pointer: number, size: number): TypedArray {
    if (this.#f32?.buffer !== this.memory.buffer) {
      this.#f32 = new Float32Array(this.memory.buffer);
      this.#f64 = new Float64Array(this.memory.buffer);
    }
    return dtype === "float32"
      ? this.#f32.subarray(pointer >>> 2, (pointer >>> 2) + size)
      : this.#f64.subarray(pointer >>> 3, (pointer >>> 3) + size);
  }

  /** Where products pack their operands. */
  get scratch(): number {
    return this.#scratch ||= this.allocateBytes(this.kernels.gemmScratchBytes());
  }

  /** Bytes that are in use. */
  get bytesInUse(): number {
    let sum = 0;
    for (const length of this.#lengths.values()) sum += length;
    return sum;
  }

  #grow(length: number): void {
    const missing = length - this.#free.freeBefore(this.#end);
    const pages = Math.ceil(missing / PAGE_BYTES);
    const now = this.#end / PAGE_BYTES;
    const room = MAX_PAGES - now;
    // A quarter more than asked for, where there is room: growing can cost a copy of everything.
    const wish = Math.min(room, Math.max(pages, now >> 2));
    if (pages > room || !(this.#tryGrow(wish) || this.#tryGrow(pages))) {
      throw new RangeError(
        `Cannot make room for ${length} bytes beside the ${this.bytesInUse} in use as WebAssembly memory ends at 4 GiB: use smaller batches, or shorter scopes`,
      );
    }
  }

  #tryGrow(pages: number): boolean {
    try {
      this.memory.grow(pages);
    } catch {
      return false; // more than the maximum, or than the machine has
    }
    const end = this.memory.buffer.byteLength;
    if (end === this.#end) return false;
    this.#free.give(this.#end, end - this.#end);
    this.#end = end;
    return true;
  }
}

function alignUp(n: number): number {
  return Math.ceil(n / LINE) * LINE;
}
