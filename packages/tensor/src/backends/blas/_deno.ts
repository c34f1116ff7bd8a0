// Native calls in Deno.
import {
  isPath,
  type NativeFunction,
  type NativeFunctions,
  type NativeRuntime,
  PermissionMissing,
} from "./_native.ts";
import { type FunctionName, signatures } from "./_signatures.ts";

/** The part of `Deno` that is used. */
export interface DenoFfi {
  dlopen(library: string, functions: object): {
    readonly symbols: Record<string, NativeFunction | null>;
  };
  readonly permissions: {
    querySync(descriptor: { name: "ffi"; path?: string }): { readonly state: string };
  };
}

/** The runtime that `Deno` offers. Never prompts: a missing permission is an error. */
export function denoRuntime(deno: DenoFfi): NativeRuntime {
  return {
    name: "Deno",
    open(library) {
      // Permission for a mere name would mean a file in the working folder.
      const place = isPath(library) ? { path: library } : {};
      if (deno.permissions.querySync({ name: "ffi", ...place }).state !== "granted") {
        throw new PermissionMissing("needs permission");
      }
      const { symbols } = deno.dlopen(library, optional);
      const found: NativeFunctions = {};
      for (const name of Object.keys(signatures) as FunctionName[]) {
        const call = symbols[name];
        if (call) found[name] = call;
      }
      return found;
    },
  };
}

const optional = Object.fromEntries(
  Object.entries(signatures).map(([name, call]) => [name, { ...call, optional: true }]),
);
