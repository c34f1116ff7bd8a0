import { suite } from "uvu";
import * as assert from "uvu/assert";
import { candidates } from "./_candidates.ts";
import { findBlas } from "./_find_blas.ts";
import { type NativeFunctions, type NativeRuntime, PermissionMissing } from "./_native.ts";
import { runtimeOf } from "./_runtime.ts";

const test = suite("findBlas");

const linux = { platform: "linux", arch: "x64" };
const nothing = () => {};
const served: NativeFunctions = { cblas_sgemm: nothing, cblas_dgemm: nothing };

/** A runtime with these libraries; all others are not there. Notes what it was asked for. */
function runtime(libraries: Record<string, NativeFunctions | Error>) {
  const asked: string[] = [];
  const open = (library: string): NativeFunctions => {
    asked.push(library);
    const found = libraries[library] ??
      new Error(`${library}: cannot open shared object file: No such file or directory`);
    if (found instanceof Error) throw found;
    return found;
  };
  return { asked, name: "Runtime", open } satisfies NativeRuntime & { asked: string[] };
}

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}

test("takes the first library that serves, and looks no further", () => {
  const some = runtime({
    "libopenblas.so.0": {},
    "libmkl_rt.so.2": served,
    "libmkl_rt.so": served,
  });
  assert.is(findBlas(some, linux).library, "libmkl_rt.so.2");
  assert.is(some.asked.at(-1), "libmkl_rt.so.2");
});

test("a library that was named is the only one tried", () => {
  const some = runtime({ "libopenblas.so.0": served, "/opt/libown.so": served });
  assert.is(findBlas(some, linux, "/opt/libown.so").library, "/opt/libown.so");
  const message = messageOf(() => findBlas(some, linux, "/opt/libother.so"));
  assert.match(message, /\n {2}\/opt\/libother.so: not found\n/);
  assert.equal(some.asked, ["/opt/libown.so", "/opt/libother.so"]);
});

test("the error names all that was looked for, with the reasons, and what to install", () => {
  const system = "cannot open shared object file: No such file or directory";
  const message = messageOf(() =>
    findBlas(
      runtime({
        // As Deno, Bun and koffi say that a file is not there.
        "libopenblas.so.0": new Error(
          `Could not open library: Could not open library: libopenblas.so.0: ${system}`,
        ),
        "libopenblas.so.3": new Error(
          `Failed to open library "libopenblas.so.3": /there/libopenblas.so.3: ${system}`,
        ),
        "libopenblas.so": new Error(`Failed to load shared library: ${system}`),
        // Another file is missing; the file is no library; the library has other functions.
        "libmkl_rt.so.3": new Error(`Could not open library: libiomp5.so: ${system}`),
        "libmkl_rt.so.2": new Error("Failed to load shared library: file too short"),
        "libmkl_rt.so": {},
      }),
      linux,
    )
  );
  assert.is(
    message,
    "Cannot open a BLAS library as none was found that Runtime can use:\n" +
      "  libopenblas.so.0, libopenblas.so.3, libopenblas.so, " +
      "/usr/lib/x86_64-linux-gnu/libopenblas.so.0, /usr/lib64/libopenblas.so.0, " +
      "/usr/lib/libopenblas.so.3, /opt/intel/oneapi/mkl/latest/lib/libmkl_rt.so: not found\n" +
      "  libmkl_rt.so.3: needs libiomp5.so: not found\n" +
      "  libmkl_rt.so.2: file too short\n" +
      "  libmkl_rt.so: has no cblas_sgemm and cblas_dgemm\n" +
      "Install OpenBLAS: apt install libopenblas0 (Debian, Ubuntu), dnf install openblas " +
      "(Fedora), pacman -S openblas (Arch), apk add openblas (Alpine).\n" +
      "Any other library can be named by its path.",
  );
});

test("without permission, tells the narrowest flag that gives it", () => {
  const forbidden = (...libraries: readonly string[]) =>
    runtime(
      Object.fromEntries(
        libraries.map((name) => [name, new PermissionMissing("needs permission")]),
      ),
    );
  const all = messageOf(() => findBlas(forbidden(...candidates(linux)), linux));
  assert.match(all, / --allow-ffi=\/usr\/lib\/x86_64-linux-gnu\/libopenblas.so.0\n/);
  const arm = { platform: "linux", arch: "arm64" };
  assert.match(
    messageOf(() => findBlas(forbidden(...candidates(arm)), arm)),
    / --allow-ffi=\/usr\/lib\/aarch64-linux-gnu\/libopenblas.so.0\n/,
  );
  const mac = { platform: "darwin", arch: "arm64" };
  assert.match(
    messageOf(() => findBlas(forbidden(...candidates(mac)), mac)),
    / --allow-ffi=\/System\/Library\/Frameworks\/Accelerate.framework\/Accelerate\n/,
  );
  const own = messageOf(() => findBlas(forbidden("/opt/libown.so"), linux, "/opt/libown.so"));
  assert.match(own, /\n {2}\/opt\/libown.so: needs permission\n.* --allow-ffi=\/opt\/libown.so\n/);
  assert.not.match(own, /Install/);
});

test("macOS: a file that is not there, and one that lacks another", () => {
  const message = messageOf(() =>
    findBlas(
      runtime({
        "/a.dylib": new Error(
          "dlopen(/a.dylib, 0x0005): tried: '/a.dylib' (no such file), '/lib/a.dylib' (no such file)",
        ),
      }),
      { platform: "darwin", arch: "arm64" },
      "/a.dylib",
    )
  );
  assert.match(message, /\n {2}\/a.dylib: not found\n.*brew install openblas/);
  const other = messageOf(() =>
    findBlas(
      runtime({
        "/a.dylib": new Error(
          "dlopen(/a.dylib, 0x0005): Library not loaded: @rpath/libgfortran.5.dylib (no such file)",
        ),
      }),
      { platform: "darwin", arch: "arm64" },
      "/a.dylib",
    )
  );
  assert.match(other, /Library not loaded: @rpath\/libgfortran.5.dylib/);
});

test("in a browser, says that it cannot", async () => {
  for (const host of [{}, { process: { platform: "browser", arch: "" } }]) {
    const error = await runtimeOf(host).then(() => undefined, (error: Error) => error);
    assert.match(error!.message, /^Cannot open a BLAS library as only Deno, Bun and Node can/);
  }
});

test.run();
