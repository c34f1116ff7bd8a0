// The same bits in every runtime. Oracle: hashes that are written down here. Node, Deno and Bun run this
// file, a browser the same training (training_bits_in_browser.slow.test.ts); each must give these hashes,
// so all give the same bits.
//
// The hashes were written by `node --import tsx packages/methods/src/testing/_pin_bits.ts`. They change
// with every change of the arithmetic, wanted or not: if it was wanted, run that again and say in the
// commit which kernel rounds differently now.
import { jsBackend, wasmBackend } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fnv1a } from "./testing/_hash.ts";
import { pinnedBits } from "./testing/_pinned_bits.ts";
import { trainingBits, trainings } from "./testing/_training_bits.ts";

const test = suite("bits of a training");

test("the hash is FNV-1a (its published test vectors)", () => {
  const hash = (text: string) => fnv1a([new TextEncoder().encode(text)]);
  assert.is(hash(""), "cbf29ce484222325");
  assert.is(hash("a"), "af63dc4c8601ec8c");
  assert.is(hash("foobar"), "85944171f73967e8");
});

for (const backend of [wasmBackend, jsBackend]) {
  for (const training of trainings) {
    const name = `${backend.name} ${training.method} ${training.dtype}`;
    test(`${name}: 50 steps give the pinned bits`, () => {
      assert.is(trainingBits(backend, training), pinnedBits[name]);
    });
  }
}

test("a training repeated is the same training", () => {
  const [first] = trainings;
  assert.is(trainingBits(wasmBackend, first!), trainingBits(wasmBackend, first!));
});

test.run();
