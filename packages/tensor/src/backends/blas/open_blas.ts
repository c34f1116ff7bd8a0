// Opens the BLAS library of the machine, in whichever runtime this is.
import type { BlasBinding } from "./blas_binding.ts";
import { findBlas } from "./_find_blas.ts";
import type { Koffi } from "./_koffi.ts";
import { type Host, runtimeOf } from "./_runtime.ts";

/** Options of {@link openBlasBackend}. */
export interface OpenBlasOptions {
  /**
   * Path of the library, for instance `/usr/lib/x86_64-linux-gnu/libopenblas.so.0`; nothing else
   * is then tried. It must offer `cblas_sgemm` and `cblas_dgemm` with 32-bit integers. By default
   * Accelerate, OpenBLAS and MKL are looked for where they usually are.
   */
  readonly library?: string;
  /** In Node: the module `koffi`, if it is not to be imported by its name. */
  readonly koffi?: Koffi;
}

/**
 * Opens a native BLAS library and sets it to one thread: Accelerate, OpenBLAS or MKL, by
 * `Deno.dlopen`, `bun:ffi` or, in Node, the package koffi.
 *
 * Deno needs permission for the library: `--allow-ffi=<its path>`. With `--allow-ffi` alone it also
 * finds libraries by name, as Bun and Node do.
 *
 * The same library on the same processor gives the same bits, whatever the runtime; another library
 * or processor gives others. Accelerate before macOS 15 can be kept to one thread only by the
 * variable VECLIB_MAXIMUM_THREADS, set before the process starts.
 *
 * @throws {Error} if no library can be used: what was looked for, why each would not do, and what
 * to install or to allow. In a browser, always.
 */
export async function openBlas(options: OpenBlasOptions = {}): Promise<BlasBinding> {
  const host = globalThis as unknown as Host;
  const runtime = await runtimeOf(host, options.koffi);
  return findBlas(runtime, host.process!, options.library);
}
