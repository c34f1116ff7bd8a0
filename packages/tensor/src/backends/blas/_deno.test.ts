import { suite } from "uvu";
import * as assert from "uvu/assert";
import { denoRuntime } from "./_deno.ts";
import { PermissionMissing } from "./_native.ts";

const test = suite("denoRuntime");

/** A Deno that was started with these flags, by its documentation: a path, or "all". */
function deno(allowed: readonly string[]) {
  const opened: string[] = [];
  const cblas_sgemm = () => {};
  const open = (library: string, functions: object) => {
    opened.push(library);
    for (const one of Object.values(functions)) assert.is(one.optional, true);
    return { symbols: { cblas_sgemm, cblas_dgemm: null } };
  };
  const querySync = ({ path = "all" }: { path?: string }) => ({
    state: allowed.includes("all") || allowed.includes(path) ? "granted" : "prompt",
  });
  return { opened, cblas_sgemm, deno: { dlopen: open, permissions: { querySync } } };
}

test("opens a path with permission for it, a name with permission for all", () => {
  for (
    const [allowed, library] of [
      ["/lib/libblas.so", "/lib/libblas.so"],
      ["all", "/lib/libblas.so"],
      ["all", "libblas.so"],
    ] as const
  ) {
    const { opened, cblas_sgemm, deno: host } = deno([allowed]);
    assert.equal(denoRuntime(host).open(library), { cblas_sgemm });
    assert.equal(opened, [library]);
  }
});

test("without it, opens nothing and does not ask", () => {
  for (
    const [allowed, library] of [
      ["/lib/libblas.so", "libblas.so"], // Deno would open ./libblas.so
      ["libblas.so", "libblas.so"], // permission for ./libblas.so
      ["/lib/libblas.so", "/lib/libother.so"],
    ] as const
  ) {
    const { opened, deno: host } = deno([allowed]);
    assert.throws(() => denoRuntime(host).open(library), (error: unknown) => {
      return error instanceof PermissionMissing;
    });
    assert.equal(opened, []);
  }
});

test.run();
