import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bindBlas } from "./_bind.ts";
import type { NativeFunction, NativeFunctions } from "./_native.ts";

const test = suite("bindBlas");

/** Functions that note how they were called, and give what `results` has under their name. */
function library(names: readonly (keyof NativeFunctions)[], results: Record<string, unknown> = {}) {
  const calls: [name: string, ...values: unknown[]][] = [];
  const functions: NativeFunctions = {};
  for (const name of names) {
    functions[name] = ((...values) => {
      calls.push([name, ...values]);
      return results[name];
    }) satisfies NativeFunction;
  }
  return { calls, functions };
}

const products = ["cblas_sgemm", "cblas_dgemm"] as const;

test("passes a product on as cblas.h has it: order, transpositions, sizes, matrices", () => {
  const { calls, functions } = library(products);
  const { sgemm, dgemm } = bindBlas("libany.so", functions);
  const [a, b, c] = [new Float32Array(6), new Float32Array(12), new Float32Array(8)];
  sgemm(false, false, 2, 4, 3, 1, a, 3, b, 4, 0, c, 4);
  sgemm(true, true, 2, 4, 3, 0.5, a, 2, b, 3, 2, c, 4);
  const d = new Float64Array(1);
  dgemm(true, false, 1, 1, 1, 1, d, 1, d, 1, 0, d, 1);
  assert.equal(calls, [
    ["cblas_sgemm", 101, 111, 111, 2, 4, 3, 1, a, 3, b, 4, 0, c, 4],
    ["cblas_sgemm", 101, 112, 112, 2, 4, 3, 0.5, a, 2, b, 3, 2, c, 4],
    ["cblas_dgemm", 101, 112, 111, 1, 1, 1, 1, d, 1, d, 1, 0, d, 1],
  ]);
  assert.is(calls[0]![8], a); // the view itself: no copy
});

test("never calls with a size that is none, or for values that an array does not have", () => {
  const { calls, functions } = library(products);
  const { sgemm } = bindBlas("libany.so", functions);
  const [a, b, c] = [new Float32Array(6), new Float32Array(12), new Float32Array(8)];
  const refused = (multiply: () => void, wording: RegExp) =>
    assert.throws(multiply, (error: Error) => {
      return error instanceof RangeError && wording.test(error.message);
    });
  for (const size of [-1, 1.5, NaN, 2 ** 31, 2 ** 32]) {
    refused(() => sgemm(false, false, size, 4, 3, 1, a, 3, b, 4, 0, c, 4), /as m must be/);
    refused(() => sgemm(false, false, 2, size, 3, 1, a, 3, b, 4, 0, c, 4), /as n must be/);
    refused(() => sgemm(false, false, 2, 4, size, 1, a, 3, b, 4, 0, c, 4), /as k must be/);
    refused(() => sgemm(false, false, 2, 4, 3, 1, a, size, b, 4, 0, c, 4), /rows of A must be/);
  }
  refused(
    () => sgemm(false, false, 2, 4, 3, 1, a, 2, b, 4, 0, c, 4),
    /rows of A .* 2 apart, 3 long/,
  );
  refused(
    () => sgemm(false, false, 2, 4, 3, 1, a, 3, b, 3, 0, c, 4),
    /rows of B .* 3 apart, 4 long/,
  );
  refused(
    () => sgemm(false, false, 2, 4, 3, 1, a, 3, b, 4, 0, c, 3),
    /rows of C .* 3 apart, 4 long/,
  );
  refused(
    () => sgemm(true, false, 2, 4, 3, 1, a, 1, b, 4, 0, c, 4),
    /rows of A .* 1 apart, 2 long/,
  );
  refused(() => sgemm(false, false, 3, 4, 3, 1, a, 3, b, 4, 0, c, 4), /A must have 9 values: 6/);
  refused(() => sgemm(false, false, 2, 4, 3, 1, a, 3, b, 5, 0, c, 4), /B must have 14 values: 12/);
  refused(() => sgemm(false, false, 2, 4, 3, 1, a, 3, b, 4, 0, c, 5), /C must have 9 values: 8/);
  refused(() => sgemm(false, false, 0, 0, 0, 1, a, 0, b, 4, 0, c, 4), /rows of A/);
  assert.equal(calls, []);
});

test("refuses a view whose memory has grown away from under it", () => {
  const { calls, functions } = library(products);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const view = new Float32Array(memory.buffer, 0, 1);
  const c = new Float32Array(1);
  const { sgemm } = bindBlas("libany.so", functions);
  sgemm(false, false, 1, 1, 1, 1, view, 1, view, 1, 0, c, 1);
  memory.grow(1);
  assert.throws(
    () => sgemm(false, false, 1, 1, 1, 1, view, 1, view, 1, 0, c, 1),
    /A must have 1 values: 0 \(0 where its memory has since grown\)/,
  );
  assert.is(calls.length, 1);
});

test("a library without CBLAS, or with 64-bit integers, is refused with the reason", () => {
  const fortran = library(["isamax_"], { isamax_: 1 });
  assert.throws(() => bindBlas("libblas.so", fortran.functions), /has no cblas_sgemm and cblas_d/);
  const half = library(["cblas_sgemm"]);
  assert.throws(() => bindBlas("libblas.so", half.functions), /has no cblas_sgemm and cblas_dgemm/);

  // n as two words: 1 for who reads the first, 1 - 2^32 for who reads both.
  const isamax = (bits: 32 | 64) => (n: unknown, x: unknown, step: unknown) => {
    assert.equal([...x as Float32Array], [1]);
    const read = (value: unknown) => {
      const bytes = new DataView((value as Int32Array).buffer);
      return bits === 32 ? bytes.getInt32(0, true) : Number(bytes.getBigInt64(0, true));
    };
    assert.is(read(step), 1);
    return read(n) < 1 ? 0 : 1;
  };
  const { functions } = library(products);
  bindBlas("libblas.so", { ...functions, isamax_: isamax(32) });
  assert.throws(
    () => bindBlas("libblas64.so", { ...functions, isamax_: isamax(64) }),
    /has 64-bit integers \(ILP64\), 32-bit ones are needed \(LP64\)/,
  );
});

test("OpenBLAS: one thread, before any other call; tells its version", () => {
  const pointer = {};
  const { calls, functions } = library(
    [...products, "openblas_set_num_threads", "openblas_get_config", "isamax_"],
    { openblas_get_config: pointer, isamax_: 1 },
  );
  const strncpy: NativeFunction = (text, from, length) => {
    assert.is(from, pointer);
    const room = text as Uint8Array;
    assert.ok((length as number) < room.length, "zero stays behind the text");
    room.set([..."OpenBLAS 0.3.21 Zen\0left over"].map((letter) => letter.charCodeAt(0)));
  };
  const binding = bindBlas("libopenblas.so.0", { ...functions, strncpy });
  assert.equal(calls[0], ["openblas_set_num_threads", 1]);
  assert.is(binding.threads, 1);
  assert.is(binding.version, "OpenBLAS 0.3.21 Zen");
  assert.is(binding.library, "libopenblas.so.0");
  assert.is(bindBlas("libopenblas.dll", functions).version, undefined); // no strncpy to be had
});

test("MKL: 32-bit integers, one thread, one branch, before any other call; its version", () => {
  const { calls, functions } = library(
    [...products, "MKL_Set_Interface_Layer", "MKL_Set_Threading_Layer", "MKL_CBWR_Set", "isamax_"],
    { MKL_Set_Threading_Layer: 1, isamax_: 1 },
  );
  const text = "Intel(R) oneAPI Math Kernel Library Version 2026.2-Product Build";
  const MKL_Get_Version_String: NativeFunction = (room, length) => {
    assert.is(length, 255);
    (room as Uint8Array).set([...text].map((letter) => letter.charCodeAt(0)));
  };
  const binding = bindBlas("libmkl_rt.so.3", { ...functions, MKL_Get_Version_String });
  // mkl_service.h: MKL_INTERFACE_LP64 0, MKL_THREADING_SEQUENTIAL 1, MKL_CBWR_AUTO 2
  assert.equal(calls.slice(0, 3).sort(), [
    ["MKL_CBWR_Set", 2],
    ["MKL_Set_Interface_Layer", 0],
    ["MKL_Set_Threading_Layer", 1],
  ]);
  assert.is(calls[3]![0], "isamax_");
  assert.is(binding.threads, 1);
  assert.is(binding.version, text);
});

test("Accelerate: one thread where macOS can be told, undefined where not", () => {
  const { calls, functions } = library([...products, "BLASSetThreading"], { BLASSetThreading: 0 });
  assert.is(bindBlas("Accelerate", functions).threads, 1);
  assert.equal(calls, [["BLASSetThreading", 1]]); // vecLib: BLAS_THREADING_SINGLE_THREADED
  const refusing = library([...products, "BLASSetThreading"], { BLASSetThreading: -1 });
  assert.is(bindBlas("Accelerate", refusing.functions).threads, undefined);
  assert.is(bindBlas("Accelerate", library(products).functions).threads, undefined);
});

test.run();
