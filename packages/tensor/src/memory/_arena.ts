// The stack of open scopes and the buffers that each one owns.
import { Buffer } from "./_buffer.ts";
import type { Backend } from "../backend.ts";
import type { DType } from "../dtype.ts";

const arenas: Set<Buffer>[] = [];

/** A buffer owned by the innermost open scope, or by the garbage collector outside of any. */
export function allocate(backend: Backend, dtype: DType, size: number): Buffer {
  const arena = arenas.at(-1);
  const buffer = new Buffer(backend, dtype, size, arena ? "scope" : "collected");
  arena?.add(buffer);
  return buffer;
}

/** Opens a scope. */
export function open(): void {
  arenas.push(new Set());
}

/** Ends the innermost scope; `survivors` pass to the scope around it, the rest is released. */
export function close(survivors: Iterable<Buffer>): void {
  const arena = arenas.pop()!;
  const outer = arenas.at(-1);
  for (const buffer of survivors) {
    if (!arena.delete(buffer)) continue;
    if (outer) outer.add(buffer);
    else buffer.backend.retain(buffer.storage);
  }
  for (const buffer of arena) buffer.release();
}

/** Takes a buffer out of all open scopes: from now on the garbage collector owns it. */
export function disown(buffer: Buffer): void {
  for (const arena of arenas) {
    if (arena.delete(buffer)) buffer.backend.retain(buffer.storage);
  }
}
