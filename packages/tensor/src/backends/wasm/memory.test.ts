// Memory of the wasm backend: what scopes, pinned parameters and training leave behind. Oracle: the
// bytes in use, which must be what they were.
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as fa from "../../mod.ts";
import type { Tensor } from "../../tensor.ts";
import { Heap } from "./_heap.ts";
import { makeWasmBackend } from "./mod.ts";

const test = suite("wasm: memory");

/** A backend whose heap the test can see. */
function newBackend(): { backend: fa.Backend; heap: Heap } {
  const heap = new Heap({ fastMath: false, shared: false });
  return { backend: makeWasmBackend({ name: "wasm", deterministic: true, heap }), heap };
}

/** Every kind of op, forward and backward. */
function work(backend: fa.Backend, rows: number): Tensor {
  const rng = fa.Rng.fromSeed(1);
  const x = fa.variable(fa.normal(rng, [rows, 16], { backend }));
  const w = fa.variable(fa.normal(rng, [16, 16], { backend }));
  const one = fa.ones([16], { backend });
  const h = fa.gelu(fa.linear(fa.layerNorm(x, one, one), w, one));
  const loss = fa.crossEntropy(h, Array.from({ length: rows }, (_, i) => i % 16));
  const [gx, gw] = fa.grad(loss, [x, w]);
  return fa.add(fa.sum(fa.rmsNormalize(gx!)), fa.sum(gw!));
}

test("a scope gives everything back, also what it borrowed for ordinary arrays", () => {
  const { backend, heap } = newBackend();
  const value = fa.scope(() => work(backend, 7)).item();
  const { bytesInUse } = heap;
  for (const rows of [1, 7, 64, 7]) {
    const again = fa.scope(() => work(backend, rows));
    assert.is(heap.bytesInUse, bytesInUse, `${rows} rows`);
    if (rows === 7) assert.is(again.item(), value);
  }
  assert.is(heap.bytesInUse, heap.kernels.gemmScratchBytes(), "the scratch of products is left");
});

test("outside of scopes nothing stays in linear memory, and results are the same bits", () => {
  const { backend, heap } = newBackend();
  const inside = fa.scope(() => work(backend, 13)).item();
  const { bytesInUse } = heap;
  const { byteLength } = heap.memory.buffer;
  for (let i = 0; i < 50; i++) assert.is(work(backend, 13).item(), inside);
  assert.is(heap.bytesInUse, bytesInUse);
  assert.is(heap.memory.buffer.byteLength, byteLength);
});

test("a scope that throws gives everything back", () => {
  const { backend, heap } = newBackend();
  fa.scope(() => work(backend, 7));
  const { bytesInUse } = heap;
  assert.throws(() =>
    fa.scope(() => {
      work(backend, 7);
      throw new RangeError("mine");
    }), /mine/);
  assert.is(heap.bytesInUse, bytesInUse);
});

test("what is too large for the memory is refused; the scope is given back, the next one works", () => {
  const { backend, heap } = newBackend();
  const { byteLength } = heap.memory.buffer;
  assert.throws(
    () => fa.scope(() => fa.zeros([2 ** 15, 2 ** 15], { dtype: "float64", backend })),
    /Cannot make room for 8589934592 bytes .* WebAssembly memory ends at 4 GiB/,
  );
  assert.is(heap.bytesInUse, 0);
  assert.is(heap.memory.buffer.byteLength, byteLength);
  assert.is(fa.scope(() => fa.sum(fa.ones([5], { backend }))).item(), 5);
});

/** One layer with AdamW, as a training loop uses them. */
function newTraining(backend: fa.Backend): () => void {
  const rng = fa.Rng.fromSeed(2);
  const create = { backend };
  const parameters = [[32, 16], [32], [10, 32], [10]].map((shape) =>
    fa.parameter(fa.normal(rng, shape, create))
  );
  const optimizer = new fa.AdamW(parameters);
  const [w1, b1, w2, b2] = parameters as [Tensor, Tensor, Tensor, Tensor];
  return () =>
    fa.scope(() => {
      const x = fa.normal(rng, [64, 16], create);
      const labels = Array.from({ length: 64 }, () => rng.integer(10));
      const logits = fa.linear(fa.gelu(fa.linear(x, w1, b1)), w2, b2);
      optimizer.step(fa.grad(fa.crossEntropy(logits, labels), parameters));
    });
}

test("a training of 200 steps needs no more memory after step 5, and leaves nothing behind", () => {
  const { backend, heap } = newBackend();
  const step = newTraining(backend);
  for (let i = 0; i < 5; i++) step();
  const { bytesInUse } = heap;
  const { byteLength } = heap.memory.buffer;
  for (let i = 5; i < 200; i++) {
    step();
    assert.is(heap.bytesInUse, bytesInUse, `step ${i}`);
  }
  assert.is(heap.memory.buffer.byteLength, byteLength);
});

test("a parameter in linear memory computes and is stepped like one that is not", () => {
  const { backend } = newBackend();
  const start = Float32Array.of(1, -2, 3, 0.1, 7);
  const pinned = fa.parameter(fa.tensor(start, { backend }));
  const reference = fa.parameter(fa.tensor(start, { backend: newBackend().backend }));
  assert.equal(pinned.dataSync(), start);
  for (const p of [pinned, reference]) {
    new fa.AdamW([p]).step([fa.tensor(start, p)]);
    assert.equal([...fa.add(p, 1).dataSync()], [...p.dataSync()].map((v) => Math.fround(v + 1)));
  }
  assert.equal(pinned.dataSync(), reference.dataSync());
  pinned.assign([5, 4, 3, 2, 1]);
  assert.equal([...fa.mul(pinned, 2).dataSync()], [10, 8, 6, 4, 2]);
});

/** Collects garbage, if the runtime can be asked to. */
async function findGc(): Promise<(() => void) | undefined> {
  const { gc, Bun } = globalThis as { gc?: () => void; Bun?: { gc(force: boolean): void } };
  if (gc) return gc;
  if (Bun) return () => Bun.gc(true);
  if (!process.versions.node || "Deno" in globalThis) return undefined;
  const [v8, vm] = await Promise.all([import("node:v8"), import("node:vm")]);
  v8.setFlagsFromString("--expose-gc");
  return vm.runInNewContext("gc") as () => void;
}

const gc = await findGc();
const givesBack = "memory of parameters is given back when nobody holds them any more";
if (!gc) {
  console.log(`skip "${givesBack}": this runtime cannot be asked to collect garbage`);
  test.skip(givesBack);
} else {
  test(givesBack, async () => {
    const { backend, heap } = newBackend();
    const kept = fa.parameter(fa.ones([100], { backend }));
    const scratch = heap.scratch;
    const { bytesInUse } = heap;
    (() => {
      for (let i = 0; i < 20; i++) newTraining(backend)();
    })();
    const used = heap.bytesInUse - bytesInUse;
    assert.ok(used > 0);
    for (let i = 0; i < 100 && heap.bytesInUse > bytesInUse; i++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    // Bun scans its stack conservatively: what seems to be on it may stay for a while.
    const left = heap.bytesInUse - bytesInUse;
    assert.ok("Bun" in globalThis ? left < used / 2 : left === 0, `${left} of ${used} are left`);
    assert.ok(kept.dataSync().every((v) => v === 1));
    assert.is(heap.scratch, scratch);
  });
}

test.run();
