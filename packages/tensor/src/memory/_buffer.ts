// The memory behind tensors: who owns it, and whether it is still there.
import type { Backend, Lifetime, Storage } from "../backend.ts";
import type { DType } from "../dtype.ts";

/** Memory of one tensor, shared by its views. */
export class Buffer {
  readonly backend: Backend;
  readonly dtype: DType;
  readonly size: number;
  #storage: Storage;
  #released = false;
  /** Counts the times that the values were overwritten in place. */
  version = 0;

  constructor(backend: Backend, dtype: DType, size: number, lifetime: Lifetime) {
    this.backend = backend;
    this.dtype = dtype;
    this.size = size;
    this.#storage = backend.allocate(dtype, size, lifetime);
  }

  get released(): boolean {
    return this.#released;
  }

  get storage(): Storage {
    if (this.#released) {
      throw new Error(
        `Cannot use a tensor of ${this.size} ${this.dtype} values after its scope has ended: return it from the scope, or keep() it`,
      );
    }
    return this.#storage;
  }

  /** Hands the memory back to the backend; later use is an error. */
  release(): void {
    if (this.#released) return;
    this.backend.release(this.#storage);
    this.#storage = undefined;
    this.#released = true;
  }
}
