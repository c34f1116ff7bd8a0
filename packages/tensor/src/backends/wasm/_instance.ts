// Compiles the kernels' module and binds it to a memory.
import type { KernelExports } from "./_exports.ts";
import { FAST_KERNELS, KERNELS, SHARED_FLAG_AT } from "./_module.gen.ts";

/** WebAssembly's pages. */
export const PAGE_BYTES = 65536;
/** As many pages as a 32-bit address reaches. */
export const MAX_PAGES = 65536;

/** Which build of the kernels. */
export interface ModuleOptions {
  /** Whether products may fuse multiplication and addition (relaxed SIMD). */
  readonly fastMath: boolean;
  /** Whether the memory is shared between threads. */
  readonly shared: boolean;
}

const compiled = new Map<string, WebAssembly.Module>();

/**
 * The compiled kernels.
 * @throws {TypeError} if the engine lacks what they need.
 */
export function kernelModule({ fastMath, shared }: ModuleOptions): WebAssembly.Module {
  const key = `${fastMath} ${shared}`;
  let module = compiled.get(key);
  if (module) return module;
  if (typeof WebAssembly === "undefined") {
    throw new TypeError(
      "Cannot use backend wasm as this JavaScript engine has no WebAssembly: use backend js",
    );
  }
  const bytes = decode(fastMath ? FAST_KERNELS : KERNELS);
  if (shared) bytes[SHARED_FLAG_AT]! |= 2; // limits of the imported memory: has a maximum, is shared
  if (!WebAssembly.validate(bytes)) {
    const feature = fastMath ? "relaxed SIMD (--fast-math)" : "128-bit SIMD";
    throw new TypeError(
      `Cannot use backend wasm as this JavaScript engine does not offer WebAssembly with ${feature}`,
    );
  }
  module = new WebAssembly.Module(bytes);
  compiled.set(key, module);
  return module;
}

/** The kernels, working on `memory`. */
export function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): KernelExports {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports as unknown as KernelExports;
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
