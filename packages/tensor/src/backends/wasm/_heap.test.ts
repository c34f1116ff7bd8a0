// The heap. Oracles: its contract; a list of what is in use, which must never overlap.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Rng } from "../../random/mod.ts";
import { Heap } from "./_heap.ts";

const test = suite("Heap");
const newHeap = (shared = false) => new Heap({ fastMath: false, shared });

test("random requests of both dtypes: cache lines of their own, values stay while memory grows", () => {
  for (const shared of [false, true]) {
    const rng = Rng.fromSeed(1);
    const heap = newHeap(shared);
    const used: { dtype: "float32" | "float64"; pointer: number; size: number; value: number }[] =
      [];
    const check = ({ dtype, pointer, size, value }: typeof used[number]) =>
      assert.ok(heap.view(dtype, pointer, size).every((v) => v === value), `${pointer}`);
    const before = heap.memory.buffer.byteLength;
    for (let i = 0; i < 300; i++) {
      if (used.length === 0 || rng.uniform() < 0.6) {
        const dtype = rng.uniform() < 0.5 ? "float32" : "float64";
        const size = rng.integer(rng.uniform() < 0.05 ? 100000 : 1000);
        const pointer = heap.allocate(dtype, size);
        assert.is(pointer % 64, 0);
        assert.ok(pointer > 0, "0 is nobody's pointer");
        heap.view(dtype, pointer, size).fill(i);
        used.push({ dtype, pointer, size, value: i });
      } else {
        const [entry] = used.splice(rng.integer(used.length), 1);
        check(entry!);
        heap.release(entry!.pointer);
      }
    }
    used.forEach(check);
    assert.ok(heap.memory.buffer.byteLength > before, "it grew");
    for (const { pointer } of used) heap.release(pointer);
    assert.is(heap.bytesInUse, 0);
  }
});

test("what is released is used again: no growth", () => {
  const heap = newHeap();
  const first = heap.allocate("float64", 1000);
  heap.release(first);
  assert.is(heap.allocate("float64", 1000), first);
  heap.release(first);
  const length = heap.memory.buffer.byteLength;
  for (let i = 0; i < 1000; i++) heap.release(heap.allocate("float32", 200_000));
  assert.is(heap.memory.buffer.byteLength, length);
});

test("more than 4 GiB is refused, says why, and changes nothing", () => {
  const heap = newHeap();
  const pointer = heap.allocate("float64", 8);
  heap.view("float64", pointer, 8).fill(5);
  const { byteLength } = heap.memory.buffer;
  for (const size of [2 ** 29, 2 ** 29 - 8, 2 ** 32, 2 ** 50]) {
    assert.throws(
      () => heap.allocate("float64", size),
      (error: Error) =>
        error instanceof RangeError &&
        /^Cannot make room for \d+ bytes beside the 64 in use as WebAssembly memory ends at 4 GiB/
          .test(error.message),
    );
  }
  assert.is(heap.memory.buffer.byteLength, byteLength);
  assert.is(heap.bytesInUse, 64);
  assert.ok(heap.view("float64", pointer, 8).every((v) => v === 5));
  const next = heap.allocate("float32", 1);
  assert.ok(next > 0 && next < byteLength, "and it goes on");
});

test("scratch is one range, large enough for the packed panels of a product", () => {
  const heap = newHeap();
  const { scratch } = heap;
  assert.is(heap.scratch, scratch);
  assert.ok(heap.bytesInUse >= heap.kernels.gemmScratchBytes());
});

test.run();
