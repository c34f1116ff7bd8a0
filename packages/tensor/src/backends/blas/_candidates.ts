// Where BLAS libraries lie, and how to get one.

/** How Node names systems and processors. */
export interface Platform {
  readonly platform: string;
  readonly arch: string;
}

/**
 * Names and paths to try, best first. A name is left to the system's loader to find. The paths are
 * where packages put the library: Deno can be allowed to open a path, but not a name.
 *
 * Not among them is the reference BLAS (libblas, libcblas): the engine's own kernels are faster.
 */
export function candidates({ platform, arch }: Platform): readonly string[] {
  if (platform === "darwin") {
    return [
      "/System/Library/Frameworks/Accelerate.framework/Accelerate",
      "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
      "/usr/local/opt/openblas/lib/libopenblas.dylib",
    ];
  }
  if (platform === "win32") {
    return ["libopenblas.dll", "openblas.dll", "mkl_rt.3.dll", "mkl_rt.2.dll", "mkl_rt.dll"];
  }
  const debian = arch === "x64" ? "x86_64" : arch === "arm64" ? "aarch64" : arch;
  return [
    "libopenblas.so.0",
    "libopenblas.so.3",
    "libopenblas.so",
    `/usr/lib/${debian}-linux-gnu/libopenblas.so.0`, // Debian, Ubuntu
    "/usr/lib64/libopenblas.so.0", // Fedora
    "/usr/lib/libopenblas.so.3", // Arch, Alpine
    "libmkl_rt.so.3",
    "libmkl_rt.so.2",
    "libmkl_rt.so",
    "/opt/intel/oneapi/mkl/latest/lib/libmkl_rt.so",
  ];
}

/** One line that tells how to get a library. */
export function installation({ platform }: Platform): string {
  if (platform === "darwin") return "Accelerate comes with macOS; or: brew install openblas";
  if (platform === "win32") {
    return "Get OpenBLAS for Windows and put the folder of its libopenblas.dll on the PATH";
  }
  return "Install OpenBLAS: apt install libopenblas0 (Debian, Ubuntu), dnf install openblas " +
    "(Fedora), pacman -S openblas (Arch), apk add openblas (Alpine)";
}
