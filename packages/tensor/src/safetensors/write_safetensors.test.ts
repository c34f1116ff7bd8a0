// Writing. Oracles: bytes written down by hand, a file that another implementation wrote in PyTorch.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parameter } from "../autograd/leaves.ts";
import type { Backend } from "../backend.ts";
import { jsBackend } from "../backends/js/mod.ts";
import { tensor } from "../create/tensor.ts";
import { normal } from "../create/random.ts";
import { Rng } from "../random/rng.ts";
import type { Tensor } from "../tensor.ts";
import { encodeSafetensors } from "./encode_safetensors.ts";
import type { RawTensor } from "./raw_tensor.ts";
import { readSafetensors } from "./read_safetensors.ts";
import { writeSafetensors } from "./write_safetensors.ts";
import { assemble, hex, readFixtureBytes } from "./_test_files.ts";

const test = suite("writeSafetensors");
type Content = Map<string, Tensor | RawTensor>;

test("writes the bytes of the format (by hand)", async () => {
  const tensors: Content = new Map<string, Tensor | RawTensor>([
    ["b", tensor([[1, -2]])],
    ["flag", { dtype: "BOOL", shape: [], bytes: Uint8Array.of(1) }],
    ["a", tensor(0.5, { dtype: "float64" })],
  ]);
  const metadata = new Map([["ü", '"'], ["epoch", "3"]]);
  const json = '{"__metadata__":{"epoch":"3","ü":"\\""},' +
    '"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]},' +
    '"b":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]},' +
    '"flag":{"dtype":"BOOL","shape":[],"data_offsets":[16,17]}}';
  const padding = " ".repeat(7 - (new TextEncoder().encode(json).length + 7) % 8);
  const data = [0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 1];
  const bytes = await encodeSafetensors(tensors, { metadata });
  assert.is(hex(bytes), hex(assemble(json + padding, data)));
  assert.ok(padding.length > 0);
  assert.is(hex(await encodeSafetensors(new Map())), hex(assemble("{}      ")));
});

test("writes what it read as it was: every type, name and metadata (PyTorch fixture)", async () => {
  const fixture = readFixtureBytes("every_type.safetensors");
  const file = await readSafetensors(fixture);
  const content: Content = new Map();
  const names = [...file.entries.keys()].reverse();
  for (const name of names) {
    const isFloat = /^F(32|64)$/.test(file.entries.get(name)!.dtype);
    content.set(name, isFloat ? await file.tensor(name) : await file.raw(name));
  }
  const metadata = new Map([...file.metadata].reverse());
  assert.is(hex(await encodeSafetensors(content, { metadata })), hex(fixture));
});

test("the same content in any order gives the same aligned bytes (metamorphic)", async () => {
  const rng = Rng.fromSeed(5);
  const content: [string, Tensor | RawTensor][] = [];
  for (const name of ["w10", "w9", "W", "é", "\u{1f9e0}", "\uff5e", "", "__proto__", "toString"]) {
    const dtype = content.length % 2 ? "float32" : "float64";
    content.push([name, normal(rng, [rng.integer(4), 3], { dtype })]);
  }
  content.push(["odd", { dtype: "U8", shape: [3], bytes: Uint8Array.of(1, 2, 3) }]);
  const first = hex(await encodeSafetensors(new Map(content)));
  for (let i = 0; i < 5; i++) {
    content.push(content.splice(rng.integer(content.length), 1)[0]!);
    assert.is(hex(await encodeSafetensors(new Map(content))), first);
  }
  const { entries } = await readSafetensors(await encodeSafetensors(new Map(content)));
  assert.is(entries.size, content.length);
  for (const [name, { dtype, offset }] of entries) {
    assert.is(offset % (dtype === "F64" ? 8 : dtype === "F32" ? 4 : 1), 0, name);
  }
});

test("reading gives back every bit, NaNs included (round trip)", async () => {
  const bits = Uint32Array.of(0x7fa00001, 0xffc12345, 0x80000000, 1, 0x7f800000, 0x3f800001);
  const nan = new BigUint64Array([0x7ff0000000000001n, 0xfff8000000000123n, 1n << 63n]);
  const content = new Map([
    ["single", parameter(tensor(new Float32Array(bits.buffer), { shape: [2, 3] }))],
    ["double", tensor(new Float64Array(nan.buffer))],
  ]);
  const all = await (await readSafetensors(await encodeSafetensors(content))).tensors();
  assert.equal(new Uint32Array(all.get("single")!.dataSync().buffer), bits);
  assert.equal(new BigUint64Array(all.get("double")!.dataSync().buffer), nan);
  assert.equal([...all.get("single")!.shape], [2, 3]);
});

test("reads a tensor from its backend only when its piece is asked for (counted)", async () => {
  let reads = 0;
  const backend: Backend = {
    ...jsBackend,
    read(storage) {
      reads++;
      return jsBackend.read(storage);
    },
  };
  const content = new Map(["a", "b", "c"].map((n) => [n, tensor([1, 2], { backend })]));
  const stream = writeSafetensors(content);
  const chunks = stream[Symbol.asyncIterator]();
  assert.is((await chunks.next()).value.length, stream.size - 24);
  assert.is(reads, 0);
  assert.is((await chunks.next()).value.length, 8);
  assert.is(reads, 1);
  let size = 0; // the stream can be read again
  for await (const chunk of stream) size += chunk.length;
  assert.is(size, stream.size);
});

test("refuses what no reader could take", () => {
  const w = tensor([1]);
  const raw = (dtype: string, shape: number[], length: number): Content =>
    new Map([["w", { dtype, shape, bytes: new Uint8Array(length) } as RawTensor]]);
  const rows: [Content, typeof RangeError | typeof TypeError, RegExp][] = [
    [new Map([["__metadata__", w]]), RangeError, /not __metadata__: "__metadata__"$/],
    [new Map([["\ud800", w]]), RangeError, /well-formed .*: "\\ud800"$/],
    [raw("F32", [2], 4), RangeError, /tensor "w" as F32 \[2\] must have 8 bytes: 4$/],
    [raw("F32", [-1], 4), RangeError, /whole number ≥ 0: \[-1\]$/],
    [raw("U8", [2 ** 40, 2 ** 40], 4), RangeError, /less than 2\^53 bytes: U8/],
    [raw("F8_E4M3", [1], 1), TypeError, /one of BOOL, .*: F8_E4M3$/],
  ];
  for (const [content, type, message] of rows) {
    assert.throws(
      () => writeSafetensors(content),
      (error: Error) => error instanceof type && message.test(error.message),
      `${message}`,
    );
  }
  for (const [key, value] of [["a", 3], ["\udfff", "b"], ["a", "\ud800"]] as [string, string][]) {
    assert.throws(
      () => writeSafetensors(new Map([["w", w]]), { metadata: new Map([[key, value]]) }),
      (error: Error) => error instanceof TypeError && /keys and values must be/.test(error.message),
    );
  }
});

test.run();
