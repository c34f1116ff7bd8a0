// Oracles: the specification of the crew (every call once, nobody waits for who has not begun), and
// products whose values are known.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Crew } from "./_crew.ts";
import type { Gemm } from "./_exports.ts";
import { Heap } from "./_heap.ts";
import { type HelperTask, TICKET } from "./_helper_source.ts";

const test = suite("Crew");

/** A helper that never does anything. */
const absent = { ready: Promise.resolve(), stop() {} };

/** Products c_i = a·b of two ones-matrices [n, n] for each i, in one heap: all values are n. */
class Products {
  readonly heap = new Heap({ fastMath: false, shared: true });
  readonly n = 8;
  readonly results: number[];
  readonly calls: number[][];

  constructor(count: number) {
    const { heap, n } = this;
    const matrix = (value: number) => {
      const at = heap.allocate("float32", n * n);
      heap.view("float32", at, n * n).fill(value);
      return at;
    };
    const [a, b] = [matrix(1), matrix(1)];
    this.results = Array.from({ length: count }, () => matrix(-1));
    const bytes = heap.kernels.gemmScratchBytes();
    const scratches = this.results.map(() => heap.allocateBytes(bytes));
    this.calls = this.results.map((c, i) => [n, n, n, a, n, 0, b, n, 0, c, n, scratches[i]!]);
  }

  /** Whether result i is complete. */
  isDone(i: number): boolean {
    return this.heap.view("float32", this.results[i]!, this.n ** 2).every((v) => v === this.n);
  }

  /** From now on the calling thread computes products in this way. */
  replaceKernel(make: (gemm: Gemm) => Gemm): void {
    const { heap } = this;
    heap.kernels = { ...heap.kernels, gemmF32: make(heap.kernels.gemmF32) };
  }
}

test("helpers compute while the calling thread is busy", async () => {
  const products = new Products(3);
  let own = 0;
  products.replaceKernel((gemm) => (...args) => {
    // The calling thread ends its call when the helpers have done all the others, not before.
    own++;
    const mine = products.results.indexOf(args[9]);
    const end = performance.now() + 20_000;
    const others = () => [0, 1, 2].filter((i) => i !== mine).every((i) => products.isDone(i));
    while (!others()) if (performance.now() > end) throw new Error("no helper came");
    gemm(...args);
  });
  const crew = await Crew.start(products.heap, 3);
  crew.run("gemmF32", products.calls);
  assert.ok(own <= 1); // 0 where the helpers were fast and did that too
  assert.ok([0, 1, 2].every((i) => products.isDone(i)));
  crew.stop();
});

test("runs every call once, time after time", async () => {
  const { heap } = new Products(0);
  const { adamwF64 } = heap.kernels;
  let pause = 0;
  heap.kernels = {
    ...heap.kernels,
    adamwF64: (...args) => {
      // Late by anything from nothing to the time that a helper needs, so that takers collide.
      const end = performance.now() + pause;
      while (performance.now() < end);
      adamwF64(...args);
    },
  };
  const crew = await Crew.start(heap, 3);
  // AdamW with m ← m + g, v ← v and p ← p counts how often it was run.
  const n = 48;
  const [p, g, m, v] = [0, 1, 0, 0].map((value) => {
    const at = heap.allocate("float64", n);
    heap.view("float64", at, n).fill(value);
    return at;
  }) as [number, number, number, number];
  const rounds = 10_000;
  for (let round = 0; round < rounds; round++) {
    pause = (round % 100) / 4000; // milliseconds
    crew.run(
      "adamwF64",
      [0, 16, 32].map((first) => {
        const [gi, mi, vi, pi] = [g, m, v, p].map((at) => at + 8 * first);
        return [pi!, gi!, mi!, vi!, 16, 1, 1, 1, 0, 1, 0, 1, 1];
      }),
    );
  }
  assert.equal([...heap.view("float64", m, n)], Array.from({ length: n }, () => rounds));
  crew.stop();
});

test("lets as many threads work as its limit holds, from one to all", async () => {
  const { heap } = new Products(0);
  const limit = new Int32Array(new SharedArrayBuffer(4));
  const crew = await Crew.start(heap, 3, { limit, start: () => Promise.resolve(absent) });
  const threads = [-1, 0, 1, 2, 3, 4].map((value) => {
    limit[0] = value;
    return crew.threads;
  });
  assert.equal(threads, [1, 1, 1, 2, 3, 3]);
  assert.is(
    (await Crew.start(heap, 2, { start: () => Promise.resolve(absent) })).threads,
    2,
  );
});

test("does everything alone where helpers are gone", async () => {
  const products = new Products(2);
  const crew = await Crew.start(products.heap, 2);
  crew.stop();
  await new Promise((resolve) => setTimeout(resolve, 50));
  crew.run("gemmF32", products.calls);
  assert.ok(products.isDone(0) && products.isDone(1));
});

test("says so where a helper begins a call and does not end it", async () => {
  const products = new Products(2);
  let task: HelperTask | undefined;
  products.replaceKernel((gemm) => (...args) => {
    // A helper takes the other call, and is never heard of again.
    Atomics.sub(new Int32Array(task!.memory.buffer, task!.at), TICKET, 1);
    gemm(...args);
  });
  const crew = await Crew.start(products.heap, 2, {
    patience: 1,
    start: (given) => {
      task = given;
      return Promise.resolve(absent);
    },
  });
  const run = () => crew.run("gemmF32", products.calls);
  const expected =
    /^Cannot compute gemmF32 as a helper thread has begun its share and not ended it/;
  assert.throws(run, (error: Error) => expected.test(error.message));
  const start = performance.now();
  assert.throws(run, (error: Error) => expected.test(error.message));
  assert.ok(performance.now() - start < 500, "the second time it says so at once");
});

test("stops the helpers that did start where one does not", async () => {
  const { heap } = new Products(0);
  let [started, stopped] = [0, 0];
  const start = () => {
    const ready = started++ === 0 ? Promise.reject(new Error("no more")) : Promise.resolve();
    return Promise.resolve({ ready, stop: () => void stopped++ });
  };
  const error = await Crew.start(heap, 4, { start }).then(() => null, (e) => e);
  assert.is(error.message, "no more");
  assert.equal([started, stopped], [3, 3]);
});

test("waits for no helper where there is a limit, and for none that fails", async () => {
  const products = new Products(2);
  const limit = new Int32Array([2]);
  for (const ready of [new Promise<void>(() => {}), Promise.reject(new Error("no more"))]) {
    const start = () => Promise.resolve({ ready, stop() {} });
    const crew = await Crew.start(products.heap, 2, { limit, start });
    await Promise.resolve();
    crew.run("gemmF32", products.calls);
    assert.ok(products.isDone(0) && products.isDone(1));
  }
});

test.run();
