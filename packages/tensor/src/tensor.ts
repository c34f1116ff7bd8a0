// The tensor: a shape, an element type, and values that live on a backend.
import type { Backend, Storage } from "./backend.ts";
import { type DType, newArray, type TypedArray } from "./dtype.ts";
import type { Buffer } from "./memory/_buffer.ts";
import { formatShape, type Shape, sizeOf } from "./shape.ts";
import type { TapeNode } from "./autograd/_tape.ts";

/**
 * A dense array of numbers with a shape and a {@link DType}, made by {@link tensor} and its
 * relatives and by ops; its values never change (optimizers, which update parameters in place,
 * are the only exception). Values are contiguous in row-major order.
 *
 * Ops compute at once (or enqueue, on a device); only reading back is asynchronous.
 *
 * @example
 * ```ts
 * import { add, tensor } from "@fa/tensor";
 *
 * const x = tensor([[1, 2], [3, 4]], { dtype: "float64" });
 * const y = add(x, 1);
 * if ((await y.data()).join() !== "2,3,4,5") throw new Error("wrong sum");
 * if (y.shape.join() !== "2,2") throw new Error("wrong shape");
 * ```
 */
export class Tensor {
  /** Lengths of the axes, outermost first. */
  readonly shape: Shape;
  /** How this tensor was computed, if gradients are to flow through it. */
  readonly node: TapeNode | null;
  readonly #buffer: Buffer;

  /** Tensors are made by {@link tensor}, {@link zeros} and by ops, not by this constructor. */
  constructor(buffer: Buffer, shape: Shape, node: TapeNode | null = null) {
    this.#buffer = buffer;
    this.shape = shape;
    this.node = node;
  }

  /** Element type. */
  get dtype(): DType {
    return this.#buffer.dtype;
  }

  /** Where the values live. */
  get backend(): Backend {
    return this.#buffer.backend;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /**
   * The values as the backend holds them; for kernels.
   * @throws {Error} if the tensor's scope has ended.
   */
  get storage(): Storage {
    return this.#buffer.storage;
  }

  /** The memory behind this tensor; for the arena. */
  get buffer(): Buffer {
    return this.#buffer;
  }

  /** A copy of the values, row-major. Works on every backend. */
  data(): Promise<TypedArray> {
    return this.backend.read(this.storage);
  }

  /**
   * A copy of the values, row-major, at once.
   * @throws {TypeError} on a backend that reads only asynchronously.
   */
  dataSync(): TypedArray {
    const { backend } = this;
    if (!backend.readSync) {
      throw new TypeError(
        `Cannot read a tensor at once as backend ${backend.name} reads asynchronously: use await data()`,
      );
    }
    return backend.readSync(this.storage);
  }

  /**
   * The value of a tensor with one element.
   * @throws {RangeError} if it has more or fewer.
   */
  item(): number {
    if (this.size !== 1) {
      throw new RangeError(
        `Cannot read ${formatShape(this.shape)} as one number as it has ${this.size} elements`,
      );
    }
    return this.dataSync()[0]!;
  }

  /**
   * Overwrites the values in place; for parameters, whose values are loaded or updated. What was
   * computed from the old values can no longer be differentiated, and says so.
   *
   * @param values row-major, rounded once to the dtype; or a tensor of the same shape, dtype and
   * backend, which is copied where it lives.
   * @throws {RangeError} if their number, or the shape, differs.
   * @throws {TypeError} if dtype or backend of a tensor differ.
   */
  assign(values: ArrayLike<number> | Tensor): void {
    if (values instanceof Tensor) return this.#copy(values);
    if (values.length !== this.size) {
      throw new RangeError(
        `Cannot assign ${values.length} values to ${
          formatShape(this.shape)
        } as it has ${this.size}`,
      );
    }
    const array = newArray(this.dtype, this.size);
    array.set(values);
    this.backend.write(this.storage, array);
    this.#buffer.version++;
  }

  #copy(values: Tensor): void {
    const same = formatShape(values.shape) === formatShape(this.shape);
    if (!same || values.dtype !== this.dtype || values.backend !== this.backend) {
      throw new (same ? TypeError : RangeError)(
        `Cannot assign ${values} to ${this} as shape, dtype and backend must be equal`,
      );
    }
    const length = this.size;
    const whole = { offset: 0, stride: length };
    if (values.buffer !== this.#buffer) {
      this.backend.kernels.copyBlocks(values, this, { count: 1, length, from: whole, to: whole });
    }
    this.#buffer.version++;
  }

  /** How often the values were overwritten in place: `assign` and optimizers count here. */
  get version(): number {
    return this.#buffer.version;
  }

  /** `Tensor[128,256] float32 (js)`. */
  toString(): string {
    return `Tensor${formatShape(this.shape)} ${this.dtype} (${this.backend.name})`;
  }
}
