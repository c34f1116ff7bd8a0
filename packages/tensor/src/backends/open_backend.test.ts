// Oracles: the specification of names and errors; for threads the metamorphic property that their
// number changes no bit.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Backend } from "../backend.ts";
import { normal } from "../create/random.ts";
import type { DType } from "../dtype.ts";
import { gelu } from "../ops/gelu.ts";
import { matmul } from "../ops/matmul.ts";
import { AdamW } from "../optim/adamw.ts";
import { parameter, variable } from "../autograd/leaves.ts";
import { grad } from "../autograd/grad.ts";
import { sum } from "../ops/sum.ts";
import { Rng } from "../random/rng.ts";
import type { Tensor } from "../tensor.ts";
import { openBackend } from "./open_backend.ts";
import { wasmBackend } from "./wasm/mod.ts";

const test = suite("openBackend");

async function errorOf(promise: Promise<unknown>): Promise<Error> {
  return await promise.then(() => assert.unreachable("it should fail"), (error) => error) as Error;
}

test("gives the same backend for the same settings", async () => {
  assert.is(await openBackend("wasm"), wasmBackend);
  assert.is(await openBackend("wasm", { threads: 1 }), wasmBackend);
  const two = await openBackend("wasm", { threads: 2 });
  assert.is(await openBackend("wasm", { threads: 2 }), two);
  assert.is.not(two, wasmBackend);
  assert.equal([two.name, two.deterministic], ["wasm", true]);
  const limits = [0, 1].map(() => new Int32Array(new SharedArrayBuffer(4))) as [
    Int32Array,
    Int32Array,
  ];
  const limited = await openBackend("wasm", { threads: 2, limit: limits[0] });
  assert.is(await openBackend("wasm", { threads: 2, limit: limits[0] }), limited);
  assert.is.not(await openBackend("wasm", { threads: 2, limit: limits[1] }), limited);
  assert.is.not(limited, two);
});

test("refuses what is not there", async () => {
  const unknown = await errorOf(openBackend("wasn"));
  assert.instance(unknown, RangeError);
  assert.match(unknown.message, "Cannot find backend 'wasn': did you mean 'wasm'?");
  for (const threads of [0, -1, 65, 1.5, NaN]) {
    const error = await errorOf(openBackend("wasm", { threads }));
    assert.instance(error, RangeError);
    const rule = "Cannot open a backend as threads must be an integer from 1 to 64";
    assert.is(error.message, `${rule}: ${threads}`);
  }
  for (const name of ["js", "blas"]) {
    const error = await errorOf(openBackend(name, { threads: 2 }));
    assert.instance(error, TypeError);
    assert.match(error.message, `Cannot use 2 threads with backend ${name}`);
  }
});

test("says what a page lacks for threads, and finds it where it has come", async () => {
  const globals = globalThis as { SharedArrayBuffer?: unknown };
  const saved = globals.SharedArrayBuffer;
  delete globals.SharedArrayBuffer;
  try {
    const error = await errorOf(openBackend("wasm", { threads: 4 }));
    assert.instance(error, TypeError);
    assert.match(error.message, "Cannot use 4 threads as SharedArrayBuffer is missing");
    assert.match(error.message, "Cross-Origin-Opener-Policy: same-origin");
  } finally {
    globals.SharedArrayBuffer = saved;
  }
  assert.is((await openBackend("wasm", { threads: 4 })).name, "wasm");
});

type Compute = (backend: Backend) => readonly Tensor[];

/** Fails unless several threads give the bits of one. */
async function sameBits(name: string, what: string, compute: Compute): Promise<void> {
  const bytes = (backend: Backend) =>
    compute(backend).map((t) => {
      const { buffer, byteOffset, byteLength } = t.dataSync();
      return new Uint8Array(buffer, byteOffset, byteLength).slice();
    });
  const expected = bytes(await openBackend(name));
  for (const threads of [2, 3]) {
    const found = bytes(await openBackend(name, { threads }));
    found.forEach((each, t) => {
      const at = each.findIndex((byte, i) => byte !== expected[t]![i]);
      assert.is(at, -1, `${what}: byte ${at} of result ${t} differs on ${threads} threads`);
    });
  }
}

/** Sizes on both sides of what is shared, long in either direction, with and without whole tiles. */
const sizes = [
  [1, 1, 1],
  [128, 256, 300],
  [131, 77, 257],
  [77, 131, 600],
  [3, 1601, 120],
  [1601, 3, 120],
  [97, 101, 0],
  [64, 64, 64],
] as const;

async function productsAgree(name: string, dtype: DType): Promise<void> {
  for (const [m, n, k] of sizes) {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const what = `${dtype} [${m},${n}] over ${k}, transposed ${transposeA} ${transposeB}`;
        await sameBits(name, what, (backend) => {
          const rng = Rng.fromSeed(1);
          const draw = (path: string, rows: number, columns: number, transposed: boolean) =>
            normal(rng.fork(path), transposed ? [columns, rows] : [rows, columns], {
              dtype,
              backend,
            });
          const [a, b] = [draw("a", m, k, transposeA), draw("b", k, n, transposeB)];
          return [matmul(a, b, { transposeA, transposeB })];
        });
      }
    }
  }
}

for (const dtype of ["float32", "float64"] as const) {
  test(`threads change no bit of ${dtype} products`, () => productsAgree("wasm", dtype));

  test(`threads change no bit of ${dtype} GELU and AdamW`, async () => {
    for (const n of [5, 4096, 16_387, 50_001]) {
      await sameBits("wasm", `${n} values`, (backend) => {
        const rng = Rng.fromSeed(2);
        const draw = (path: string) => normal(rng.fork(path), [n], { std: 3, dtype, backend });
        const x = variable(draw("x"));
        const y = gelu(x);
        const [slope] = grad(sum(y), [x]);
        const weights = parameter(draw("w"));
        const optimizer = new AdamW([weights]);
        for (let step = 0; step < 3; step++) optimizer.step([slope!], { lr: 1e-2 });
        return [y, slope!, weights];
      });
    }
  });
}

test("threads change no bit of fast products either", async () => {
  try {
    await openBackend("wasm-fast-math");
  } catch (error) {
    console.log(`skip fast products on threads: ${(error as Error).message}`);
    return;
  }
  await productsAgree("wasm-fast-math", "float32");
});

test.run();
