// What the binding needs of a runtime that can call native code.
import type { FunctionName } from "./_signatures.ts";

/** A native function; pointers are opaque and differ from runtime to runtime. */
export type NativeFunction = (...values: unknown[]) => unknown;

/** Those of the known functions that a library has. */
export type NativeFunctions = Partial<Record<FunctionName, NativeFunction>>;

/** A runtime that opens libraries. */
export interface NativeRuntime {
  /** Its name, for errors. */
  readonly name: string;
  /**
   * Opens the library of this name or path.
   *
   * @throws {PermissionMissing} if the runtime was not allowed to.
   * @throws {Error} of the system's loader.
   */
  open(library: string): NativeFunctions;
}

/** A library that the user has not allowed to open. */
export class PermissionMissing extends Error {}

/** Whether a library is named by its place, not only by its name. */
export function isPath(library: string): boolean {
  return /[/\\]/.test(library);
}
