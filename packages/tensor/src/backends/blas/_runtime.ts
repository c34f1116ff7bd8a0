// Finds out in which runtime this is, and loads only what belongs to it.
import type { Platform } from "./_candidates.ts";
import type { DenoFfi } from "./_deno.ts";
import type { Koffi } from "./_koffi.ts";
import type { NativeRuntime } from "./_native.ts";

/** The globals that tell the runtimes apart. */
export interface Host {
  readonly Deno?: DenoFfi;
  readonly Bun?: unknown;
  /** Of Node; the others have it too, and what is made for browsers may have a part of it. */
  readonly process?: Platform & { readonly versions?: { readonly node?: string } };
}

/**
 * What calls native code here.
 *
 * @throws {Error} in a browser, and in Node without koffi.
 */
export async function runtimeOf(host: Host, koffi?: Koffi): Promise<NativeRuntime> {
  if (host.Deno !== undefined) return (await import("./_deno.ts")).denoRuntime(host.Deno);
  if (host.Bun !== undefined) return await (await import("./_bun.ts")).bunRuntime();
  if (host.process?.versions?.node !== undefined) {
    return await (await import("./_koffi.ts")).koffiRuntime(koffi);
  }
  throw new Error(
    "Cannot open a BLAS library as only Deno, Bun and Node can: this is none of them",
  );
}
