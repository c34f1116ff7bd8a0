// Native calls in Bun.
import { importAtRunTime } from "../_import_at_run_time.ts";
import type { NativeFunction, NativeFunctions, NativeRuntime } from "./_native.ts";
import { type FunctionName, type NativeType, signatures } from "./_signatures.ts";

/** The part of `bun:ffi` that is used. */
interface BunFfi {
  dlopen(library: string, functions: object): { readonly symbols: Record<string, NativeFunction> };
}

/** The runtime that `bun:ffi` offers. */
export async function bunRuntime(): Promise<NativeRuntime> {
  const { dlopen } = await importAtRunTime("bun:ffi") as BunFfi;
  return {
    name: "Bun",
    open(library) {
      const found: NativeFunctions = {};
      for (const name of Object.keys(signatures) as FunctionName[]) {
        const { parameters, result } = signatures[name];
        const signature = { args: parameters.map(typeOf), returns: typeOf(result) };
        try { // each alone, as one call gives all functions or none
          found[name] = dlopen(library, { [name]: signature }).symbols[name]!;
        } catch (error) {
          if (!/^Symbol .* not found/.test((error as Error).message)) throw error;
        }
      }
      return found;
    },
  };
}

/** Where a pointer is expected, Bun takes views. */
function typeOf(type: NativeType): string {
  return type === "buffer" || type === "pointer" ? "ptr" : type;
}
