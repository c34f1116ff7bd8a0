// Memory without ceremony: temporaries of a training step live until the step ends.
import { close, disown, open } from "./_arena.ts";
import type { Buffer } from "./_buffer.ts";
import { Tensor } from "../tensor.ts";

function* buffersIn(value: unknown, seen = new Set<object>()): Generator<Buffer> {
  if (value === null || typeof value !== "object" || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Tensor) yield value.buffer;
  else if (Array.isArray(value) || value instanceof Set || value instanceof Map) {
    for (const v of value.values()) yield* buffersIn(v, seen);
  } else if (isPlain(value)) {
    for (const v of Object.values(value)) yield* buffersIn(v, seen);
  }
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Runs `f` and frees every tensor made inside it when it ends, except those that it returns
 * (alone, or in arrays, sets, values of maps and plain objects) and those given to {@link keep}. Freed memory is
 * used again by the next step, so that a training loop hardly allocates. Scopes nest: what an inner
 * scope returns belongs to the outer one. Outside of any scope tensors are garbage-collected.
 *
 * @returns what `f` returns.
 * @throws {TypeError} if `f` returns a promise: read results after the scope.
 * @throws {Error} (later) when a tensor is used after its scope has ended.
 *
 * @example
 * ```ts
 * import { mul, scope, sum, tensor } from "@fa/tensor";
 *
 * const x = tensor([1, 2, 3], { dtype: "float64" });
 * const total = scope(() => sum(mul(x, x))); // the product is freed, the sum survives
 * if (total.item() !== 14) throw new Error("wrong sum");
 * ```
 */
export function scope<T>(f: () => T): T {
  open();
  let survivors: Iterable<Buffer> = [];
  try {
    const result = f();
    if (result instanceof Promise) {
      throw new TypeError(
        "Cannot keep a scope open across await as its memory is freed at the end: read results after the scope",
      );
    }
    survivors = [...buffersIn(result)];
    return result;
  } finally {
    close(survivors);
  }
}

/**
 * Takes a tensor out of the open {@link scope}s: it lives as long as somebody holds it.
 *
 * @returns the same tensor.
 *
 * @example
 * ```ts
 * import { keep, scope, square, tensor } from "@fa/tensor";
 *
 * const log: { item(): number }[] = [];
 * scope(() => { log.push(keep(square(tensor([3])))); });
 * if (log[0]!.item() !== 9) throw new Error("wrong square");
 * ```
 */
export function keep<T extends Tensor>(tensor: T): T {
  disown(tensor.buffer);
  return tensor;
}

/**
 * {@link keep}s a tensor that is updated in place for a long time, such as a parameter, where the
 * backend's kernels reach it without copies.
 */
export function pin<T extends Tensor>(tensor: T): T {
  keep(tensor).backend.pin(tensor.storage);
  return tensor;
}
