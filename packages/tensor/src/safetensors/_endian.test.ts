// Byte order. Oracle: DataView, which names it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { _littleEndian, _swapBytes } from "./_endian.ts";

const test = suite("byte order");

test("the machine's byte order is that of its arrays", () => {
  const bytes = new Uint8Array(Float64Array.of(Math.PI).buffer);
  assert.is(new DataView(bytes.buffer).getFloat64(0, _littleEndian), Math.PI);
});

test("swapped bytes are read in the other order", () => {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  const values = [Math.PI, -0, 1e-300];
  values.forEach((v, i) => view.setFloat64(8 * i, v, true));
  _swapBytes(bytes, 8);
  values.forEach((v, i) => assert.is(view.getFloat64(8 * i, false), v));
  _swapBytes(bytes, 1);
  values.forEach((v, i) => assert.is(view.getFloat64(8 * i, false), v));
});

test.run();
