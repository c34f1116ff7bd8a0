// The library of this machine, if there is one and this process may open it: in Deno the flag
// --allow-ffi=<path of the library> or --allow-ffi, in Node the package koffi.
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { newArray, type TypedArray } from "../../dtype.ts";
import { Rng } from "../../random/rng.ts";
import type { BlasBinding, Gemm } from "./blas_binding.ts";
import { openBlas } from "./open_blas.ts";

const test = suite("openBlas");

/** The library of this machine. Undefined if there is none, or none that this process may open. */
async function openIfThere(): Promise<BlasBinding | undefined> {
  try {
    return await openBlas();
  } catch (error) {
    const { message } = error as Error;
    if (!/needs permission|: not found|npm install koffi/.test(message)) throw error;
    console.log(`skip blas: ${message.split(":\n")[0]}`);
  }
}

const blas = await openIfThere();
const ifThere = blas === undefined ? test.skip : test;

/** One product: the sizes, and each matrix with the distance of its rows. */
interface Product {
  readonly transA: boolean;
  readonly transB: boolean;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly alpha: number;
  readonly beta: number;
  readonly a: TypedArray;
  readonly lda: number;
  readonly b: TypedArray;
  readonly ldb: number;
  readonly c: TypedArray;
  readonly ldc: number;
}

function run(p: Product): void {
  const gemm = (p.c instanceof Float32Array ? blas!.sgemm : blas!.dgemm) as Gemm<TypedArray>;
  gemm(p.transA, p.transB, p.m, p.n, p.k, p.alpha, p.a, p.lda, p.b, p.ldb, p.beta, p.c, p.ldc);
}

/** The definition, in double; beside each value the sum of the absolute values of its terms. */
function define(p: Product): { readonly value: Float64Array; readonly size: Float64Array } {
  const value = Float64Array.from(p.c);
  const size = new Float64Array(p.c.length);
  for (let i = 0; i < p.m; i++) {
    for (let j = 0; j < p.n; j++) {
      let [sum, absolute] = [0, 0];
      for (let l = 0; l < p.k; l++) {
        const a = p.a[p.transA ? l * p.lda + i : i * p.lda + l]!;
        const b = p.b[p.transB ? j * p.ldb + l : l * p.ldb + j]!;
        sum += a * b;
        absolute += Math.abs(a * b);
      }
      const at = i * p.ldc + j;
      const old = p.beta === 0 ? 0 : p.beta * p.c[at]!;
      value[at] = p.alpha * sum + old;
      size[at] = Math.abs(p.alpha) * absolute + Math.abs(old);
    }
  }
  return { value, size };
}

const sizes = [[1, 1, 1], [1, 7, 3], [5, 3, 7], [33, 17, 29], [2, 130, 65], [40, 11, 300]] as const;

/** Every transposition of every size in both dtypes, without matrices yet. */
function* cases() {
  for (const dtype of ["float32", "float64"] as const) {
    for (const [m, n, k] of sizes) {
      for (const transA of [false, true]) {
        for (const transB of [false, true]) {
          const [lda, ldb] = [transA ? m : k, transB ? k : n];
          yield { dtype, m, n, k, transA, transB, lda, ldb, ldc: n, alpha: 1, beta: 0 };
        }
      }
    }
  }
}

/** Memory of WebAssembly that has grown, as a backend's memory does. */
function grownMemory(shared: boolean): ArrayBufferLike {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 100, shared });
  memory.grow(40);
  return memory.buffer;
}

for (const shared of [false, true]) {
  const where = shared ? "shared memory" : "memory";
  ifThere(`integers in grown ${where} of WebAssembly: exact, beside C nothing changes`, () => {
    const buffer = grownMemory(shared);
    for (const sizes of cases()) {
      const { dtype, m, n, k } = sizes;
      const View = dtype === "float32" ? Float32Array : Float64Array;
      const at = 30 * 65536 + 8;
      const all = new View(buffer as ArrayBuffer, at, m * k + k * n + m * n + 20).fill(7);
      const cut = (from: number, length: number) => all.subarray(from, from + length);
      const a = cut(0, m * k).map((_, i) => (i * 7) % 13 - 6);
      const b = cut(0, k * n).map((_, i) => (i * 5) % 11 - 5);
      all.set(a);
      all.set(b, m * k);
      const c = cut(m * k + k * n + 10, m * n).fill(NaN); // beta = 0: never read
      const product = { ...sizes, a: cut(0, m * k), b: cut(m * k, k * n), c };
      const { value } = define(product);
      run(product);
      assert.equal([...c], [...value], JSON.stringify(sizes));
      assert.equal([...all.subarray(0, m * k)], [...a]);
      assert.equal([...all.subarray(m * k, m * k + k * n)], [...b]);
      for (const i of [10, 1]) assert.is(all[m * k + k * n + i - 1], 7);
      for (const i of [10, 1]) assert.is(all[all.length - i], 7);
    }
  });
}

ifThere("normal values, alpha and beta: within the bound of Higham (2002), (3.5)", () => {
  // Of k terms, summed in any order, with alpha and beta: |error| ≤ γ(k+3) Σ|terms|,
  // γ(n) = n u / (1 − n u), u = half of the distance from 1 to the next value.
  const rng = Rng.fromSeed(1, "blas");
  let largest = 0;
  for (const sizes of cases()) {
    for (const [alpha, beta] of [[1, 0], [-0.75, 1.5]] as const) {
      const draw = (length: number) => {
        const values = newArray(sizes.dtype, length);
        rng.fillNormal(values);
        return values;
      };
      const { m, n, k, dtype } = sizes;
      const product = { ...sizes, alpha, beta, a: draw(m * k), b: draw(k * n), c: draw(m * n) };
      const { value, size } = define(product);
      run(product);
      const gamma = (u: number) => (k + 3) * u / (1 - (k + 3) * u);
      // The reference has an error too.
      const bound = gamma(2 ** -53) + (dtype === "float32" ? gamma(2 ** -24) : gamma(2 ** -53));
      for (let i = 0; i < value.length; i++) {
        const error = Math.abs(product.c[i]! - value[i]!) / (bound * size[i]!);
        largest = Math.max(largest, error);
        assert.ok(
          error <= 1,
          `${JSON.stringify({ ...sizes, alpha, beta })}: ${error} of the bound`,
        );
      }
    }
  }
  assert.ok(largest > 1e-4, `the bound is ${1 / largest} times too wide to tell anything`);
});

ifThere("rows may be farther apart than they are long (definition)", () => {
  for (const sizes of cases()) {
    const { dtype, m, n, k, transA, transB } = sizes;
    const [lda, ldb, ldc] = [sizes.lda + 3, sizes.ldb + 1, sizes.ldc + 2];
    const a = newArray(dtype, (transA ? k : m) * lda).map((_, i) => i % 5 - 2);
    const b = newArray(dtype, (transB ? n : k) * ldb).map((_, i) => i % 7 - 3);
    const c = newArray(dtype, m * ldc).fill(9); // 9 stays between the rows
    const product = { ...sizes, a, lda, b, ldb, c, ldc };
    const { value } = define(product);
    run(product);
    assert.equal([...c], [...value], JSON.stringify(sizes));
  }
});

ifThere("without terms C is scaled, without elements nothing happens (definition)", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const none = newArray(dtype, 0);
    const c = newArray(dtype, 6).fill(3);
    const plain = { transA: false, transB: false, alpha: 1, a: none, b: none, lda: 1, ldb: 3 };
    run({ ...plain, m: 2, n: 3, k: 0, beta: 2, c, ldc: 3 });
    assert.equal([...c], [6, 6, 6, 6, 6, 6]);
    run({ ...plain, m: 2, n: 3, k: 0, beta: 0, c, ldc: 3 });
    assert.equal([...c], [0, 0, 0, 0, 0, 0]);
    run({ ...plain, m: 0, n: 3, k: 4, beta: 0, b: newArray(dtype, 12), lda: 4, c: none, ldc: 3 });
  }
});

ifThere("the same bits again, and wherever the matrices lie (metamorphic)", () => {
  const [m, n, k] = [19, 37, 211];
  const rng = Rng.fromSeed(2, "blas");
  const [a, b] = [new Float32Array(m * k), new Float32Array(k * n)];
  rng.fillNormal(a);
  rng.fillNormal(b);
  const buffer = grownMemory(false);
  const results = new Set<string>();
  for (let offset = 0; offset <= 68; offset += 4) {
    const move = (from: Float32Array, at: number) => {
      const view = new Float32Array(buffer, at, from.length);
      view.set(from);
      return view;
    };
    const c = new Float32Array(buffer, 20 * 65536 + 3 * offset, m * n);
    blas!.sgemm(
      false,
      false,
      m,
      n,
      k,
      1,
      move(a, offset),
      k,
      move(b, 10 * 65536 - offset + 128),
      n,
      0,
      c,
      n,
    );
    results.add([...new Uint32Array(c.slice().buffer)].join());
  }
  assert.is(results.size, 1);
});

ifThere("says which library it is, and that it keeps to one thread", () => {
  assert.match(blas!.library, /Accelerate|openblas|mkl_rt/);
  if (/openblas/.test(blas!.library) && process.platform === "linux") {
    assert.match(blas!.version!, /^OpenBLAS \d/);
  }
  if (!/Accelerate/.test(blas!.library)) assert.is(blas!.threads, 1);
});

test("tells what was looked for, and what this runtime lacks", async () => {
  const library = "/nowhere/libopenblas.so.0";
  const { message } = await openBlas({ library }).then(
    () => new Error("opened what is not there"),
    (error: Error) => error,
  );
  const [start, tried, ...advice] = message.split("\n");
  if (/needs the package koffi/.test(message)) {
    assert.match(message, /^Cannot open a BLAS library as Node .*: npm install koffi$/);
    return;
  }
  assert.match(
    start!,
    /^Cannot open a BLAS library as none was found that (Deno|Bun|Node) can use:/,
  );
  assert.ok(tried!.startsWith(`  ${library}: `), tried);
  if (/needs permission/.test(tried!)) {
    assert.match(start!, /Deno/);
    assert.ok(advice[0]!.endsWith(` --allow-ffi=${library}`), advice[0]);
  } else assert.match(advice[0]!, /OpenBLAS/);
});

test.run();
