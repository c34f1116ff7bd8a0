// Native calls in Node, by the package koffi.
import { importAtRunTime } from "../_import_at_run_time.ts";
import type { NativeFunction, NativeFunctions, NativeRuntime } from "./_native.ts";
import { type FunctionName, type NativeType, signatures } from "./_signatures.ts";

/** The part of koffi that is used. */
export interface Koffi {
  /** Opens a library. */
  load(library: string): {
    func(name: string, result: string, parameters: string[]): NativeFunction;
  };
}

/** The runtime that koffi offers: the one given, or the package of that name. */
export async function koffiRuntime(given?: Koffi): Promise<NativeRuntime> {
  const koffi = given ?? await importKoffi();
  return {
    name: "Node",
    open(library) {
      const handle = koffi.load(library);
      const found: NativeFunctions = {};
      for (const name of Object.keys(signatures) as FunctionName[]) {
        const { parameters, result } = signatures[name];
        try {
          found[name] = handle.func(name, typeOf(result), parameters.map(typeOf));
        } catch (error) {
          if (!/^Cannot find function/.test((error as Error).message)) throw error;
        }
      }
      return found;
    },
  };
}

/** Where a pointer to anything is expected, koffi takes views. */
function typeOf(type: NativeType): string {
  const names: Partial<Record<NativeType, string>> = {
    i32: "int32_t",
    usize: "size_t",
    f32: "float",
    f64: "double",
    pointer: "void *",
    buffer: "void *",
  };
  return names[type] ?? type;
}

async function importKoffi(): Promise<Koffi> {
  try {
    return await importAtRunTime("koffi") as Koffi;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw new Error(
      code === "ERR_MODULE_NOT_FOUND"
        ? "Cannot open a BLAS library as Node needs the package koffi for it: npm install koffi"
        : `Cannot open a BLAS library as the package koffi cannot be loaded: ${message}`,
    );
  }
}
