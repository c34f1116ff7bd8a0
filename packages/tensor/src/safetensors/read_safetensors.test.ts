// Reading tensors: of files that PyTorch's side wrote, and of files assembled by hand.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Tensor } from "../tensor.ts";
import type { ByteSource } from "./byte_source.ts";
import { readSafetensors } from "./read_safetensors.ts";
import { SafetensorsError } from "./safetensors_error.ts";
import { assemble, hex, readFixtureBytes, rejection } from "./_test_files.ts";

/** What PyTorch holds: every_type.json. */
interface Expected {
  dtype: string;
  shape: number[];
  bits: string;
  values: (number | string)[];
}
const fixture = readFixtureBytes("every_type.safetensors");
const expected = new Map<string, Expected>(Object.entries(JSON.parse(
  readFileSync(new URL("../../fixtures/every_type.json", import.meta.url), "utf8"),
)));

const bitsOf = (t: Tensor) => hex(new Uint8Array(t.dataSync().buffer));

const test = suite("readSafetensors");

test("reads names, shapes, bits and metadata of a state dict (PyTorch fixture)", async () => {
  const file = await readSafetensors(fixture);
  assert.equal([...file.metadata], [["format", "pt"], ["grüße", '"tab"\t']]);
  assert.equal([...file.entries.keys()].sort(), [...expected.keys()].sort());
  assert.ok(file.entries.has("__proto__"));
  for (const [name, { shape, bits }] of expected) {
    const raw = await file.raw(name);
    assert.equal([...raw.shape], shape, name);
    assert.is(hex(raw.bytes), bits, name);
    const { offset, byteLength } = file.entries.get(name)!;
    assert.is(hex(fixture.subarray(offset, offset + byteLength)), bits, name);
  }
});

test("widens every type exactly (PyTorch fixture: values as doubles)", async () => {
  const file = await readSafetensors(fixture);
  const wide = new Set(["F64", "I32", "U32", "I64", "U64"]);
  for (const [name, { shape, bits, values }] of expected) {
    if (name === "i64.beyond") continue;
    const { dtype } = file.entries.get(name)!;
    const t = await file.tensor(name);
    assert.is(t.dtype, wide.has(dtype) ? "float64" : "float32", name);
    assert.equal([...t.shape], shape, name);
    if (dtype === "F32" || dtype === "F64") assert.is(bitsOf(t), bits, name);
    for (
      const values64 of [t.dataSync(), (await file.tensor(name, { dtype: "float64" })).dataSync()]
    ) {
      assert.is(values64.length, values.length, name);
      values.forEach((value, i) => {
        const number = value === "nan"
          ? NaN
          : value === "inf"
          ? Infinity
          : value === "-inf"
          ? -Infinity
          : value;
        assert.ok(Object.is(values64[i], number), `${name}[${i}]: ${values64[i]} and ${value}`);
      });
    }
  }
});

test("reads types that PyTorch 1.13 lacks, at offsets that are not aligned (closed form)", async () => {
  const entry = (dtype: string, begin: number, end: number) =>
    `{"dtype":"${dtype}","shape":[2],"data_offsets":[${begin},${end}]}`;
  const json = `{"z":${entry("BOOL", 0, 2)},"b":${entry("U16", 2, 6)},"c":${entry("U32", 6, 14)},` +
    `"a":${entry("U64", 14, 30)},"d":${entry("F64", 30, 46)} }`;
  const data = [
    ...[1, 0],
    ...[0x01, 0x00, 0xff, 0xff],
    ...[0xff, 0xff, 0xff, 0xff, 0x02, 0x01, 0x00, 0x00],
    ...[0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0x00],
    ...[0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0],
  ];
  const bytes = assemble(json, data);
  assert.is(json.length % 2, 1); // so that no multi-byte type is aligned
  const shifted = new Uint8Array(bytes.length + 1).subarray(1);
  shifted.set(bytes);
  for (const source of [bytes, shifted, Buffer.from(bytes)]) {
    const file = await readSafetensors(source);
    const all = await file.tensors();
    assert.equal([...all.keys()], ["z", "b", "c", "a", "d"]); // in the order of the data
    const values = Object.fromEntries([...all].map(([name, t]) => [name, [...t.dataSync()]]));
    assert.equal(values, {
      z: [1, 0],
      b: [1, 65535],
      c: [4294967295, 258],
      a: [2 ** 63, 2 ** 53 - 1],
      d: [1, -2],
    });
  }
});

test("what was read shares no memory with the source (metamorphic)", async () => {
  const json = '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  for (
    const bytes of [assemble(json, [0, 0, 128, 63]), Buffer.from(assemble(json, [0, 0, 128, 63]))]
  ) {
    const file = await readSafetensors(bytes);
    const [raw, t] = [await file.raw("w"), await file.tensor("w")];
    bytes.fill(0);
    assert.is(hex(raw.bytes), "0000803f");
    assert.is(t.item(), 1);
  }
});

test("reads of a large file only what it is asked for (counted)", async () => {
  const reads: [number, number][] = [];
  const size = 2 ** 40; // a terabyte that is never there
  const json =
    `{"big":{"dtype":"F64","shape":[${2 ** 37 - 16}],"data_offsets":[0,${size - 128}]},` +
    `"last":{"dtype":"U8","shape":[3],"data_offsets":[${size - 128},${size - 125}]}}`;
  const start = 8 + json.length;
  const head = assemble(json);
  const source: ByteSource = {
    size: start + size - 125,
    read(offset, length) {
      reads.push([offset, length]);
      const bytes = new Uint8Array(length).fill(7);
      bytes.set(head.subarray(offset, offset + length));
      return Promise.resolve(bytes);
    },
  };
  const file = await readSafetensors(source);
  assert.equal(reads, [[0, 8], [8, json.length]]);
  assert.is(file.entries.get("big")!.byteLength, size - 128);
  assert.equal([...(await file.tensor("last")).dataSync()], [7, 7, 7]);
  assert.equal(reads.slice(2), [[start + size - 128, 3]]);
});

test("refuses to round (definition: exact or an error)", async () => {
  const file = await readSafetensors(fixture, { name: "m.safetensors" });
  const beyond = await rejection(file.tensor("i64.beyond"));
  assert.instance(beyond, SafetensorsError);
  assert.is(
    beyond.message,
    'Cannot read "i64.beyond" of m.safetensors in float64 as it must hold every value: ' +
      "element 1 is 9007199254740993",
  );
  const single = await rejection(file.tensor("f64", { dtype: "float32" }));
  assert.match(single.message, /"f64" of m\.safetensors in float32 .* element 4 is 0\.1$/);
  assert.match((await rejection(file.tensors({ dtype: "float32" }))).message, /in float(32|64) as/);
  const other = await rejection(file.tensor("f32", { dtype: "float16" as "float32" }));
  assert.instance(other, TypeError);
  assert.match(other.message, /dtype must be float32 or float64: float16$/);
  // What can be held is given: 7 batches, and 16-bit values in float32.
  assert.is((await file.tensor("norm.num_batches_tracked", { dtype: "float32" })).item(), 7);
  const bool = assemble('{"b":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}', [1, 2]);
  const wrong = await rejection((await readSafetensors(bool)).tensor("b"));
  assert.instance(wrong, SafetensorsError);
  assert.match(wrong.message, /"b" of safetensors as a BOOL must be 0 or 1: element 1 is 2$/);
});

test("an unknown name is an error that suggests the nearest", async () => {
  const file = await readSafetensors(fixture);
  for (const read of [file.tensor("norm.runing_mean"), file.raw("norm.runing_mean")]) {
    const error = await rejection(read);
    assert.instance(error, RangeError);
    assert.match(error.message, "did you mean 'norm.running_mean'");
  }
  assert.instance(await rejection(file.tensor("toString")), RangeError);
});

test("white space, order of keys and escapes of the header do not matter (JSON)", async () => {
  const json =
    '{ "\\u0077" :\n{"data_offsets":[ 0 , 4 ],\t"shape" : [ ] ,"dtype":"F\\u0033\\u0032"} }\r\n  ';
  const file = await readSafetensors(assemble(json, [0, 0, 128, 63]));
  assert.is((await file.tensor("w")).item(), 1);
  assert.equal([...(await file.tensor("w")).shape], []);
});

test("empty tensors may stand anywhere between others; a file may be empty (definition)", async () => {
  const json = '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},' +
    '"e":{"dtype":"F64","shape":[3,0],"data_offsets":[1,1]},' +
    '"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},' +
    '"f":{"dtype":"I64","shape":[0,9007199254740991],"data_offsets":[0,0]}}';
  const all = await (await readSafetensors(assemble(json, [5, 6]))).tensors();
  assert.equal([...all.keys()], ["f", "a", "e", "b"]);
  assert.equal([...all.get("e")!.shape], [3, 0]);
  assert.is(all.get("b")!.item(), 6);
  const { entries, metadata } = await readSafetensors(assemble("{}"));
  assert.is(entries.size + metadata.size, 0);
});

test("a source that gives less than it said is an error; its own errors are passed on", async () => {
  const bytes = assemble('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', [0, 0, 128, 63]);
  let available = bytes.length;
  const file = await readSafetensors({
    size: bytes.length,
    read: (offset, length) =>
      Promise.resolve(bytes.slice(offset, Math.min(offset + length, available))),
  }, { name: "cut.safetensors" });
  available -= 1;
  const cut = await rejection(file.tensor("w"));
  assert.instance(cut, SafetensorsError);
  assert.match(
    cut.message,
    /Cannot read cut\.safetensors as there must be 4 bytes at offset \d+: 3$/,
  );
  const gone = new Error("gone");
  const source = { size: 8, read: () => Promise.reject(gone) };
  assert.is(await rejection(readSafetensors(source)), gone);
  for (const size of [-1, 1.5, NaN, 2 ** 53]) {
    const error = await rejection(readSafetensors({ ...source, size }));
    assert.instance(error, RangeError);
    assert.match(error.message, `its size must be a whole number ≥ 0: ${size}`);
  }
});

// Oracle: the values of the whole tensor, and a count of the bytes that were asked for.
test("rows of a tensor are read alone", async () => {
  const bytes = assemble(
    '{"t":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]},"s":{"dtype":"F32","shape":[],"data_offsets":[24,28]}}',
    new Uint8Array(Float32Array.of(0, 1, 10, 11, 20, 21, 7).buffer),
  );
  let asked = 0;
  const source: ByteSource = {
    size: bytes.length,
    read: (at, n) => Promise.resolve((asked += n, bytes.slice(at, at + n))),
  };
  const file = await readSafetensors(source, { name: "rows.safetensors" });
  asked = 0;
  const t = await file.tensor("t", { rows: [1, 3], dtype: "float64" });
  assert.equal([t.dtype, [...t.shape], [...t.dataSync()]], ["float64", [2, 2], [10, 11, 20, 21]]);
  assert.is(asked, 16);
  assert.equal([...(await file.tensor("t", { rows: [3, 3] })).shape], [0, 2]);
  for (const rows of [[-1, 2], [2, 1], [0, 4], [0.5, 1], [0, NaN]] as const) {
    const error = await rejection(file.tensor("t", { rows }));
    assert.instance(error, RangeError);
    assert.match(
      error.message,
      /^Cannot read rows .* of "t" of rows.* in its first axis: \[3,2\]$/,
    );
  }
  assert.instance(await rejection(file.tensor("s", { rows: [0, 1] })), RangeError);
});

test.run();
