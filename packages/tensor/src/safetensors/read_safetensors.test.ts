// Reading: files that PyTorch's side wrote, files assembled by hand, and hostile ones.

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

const w = (fields: string, name = '"w"') => `{${name}:{${fields}}}`;
const f32 = '"dtype":"F32","shape":[1],"data_offsets":[0,4]';
const two = (a: string, b: string) =>
  `{"a":{"dtype":"U8","shape":[2],"data_offsets":[${a}]},"b":{"dtype":"U8","shape":[2],"data_offsets":[${b}]}}`;
const deep = 1_000_000;

// Each row: what is wrong; the file; what the message must say. Oracle: the rules of the format.
const hostile: [title: string, bytes: Uint8Array, message: RegExp][] = [
  ["no bytes", new Uint8Array(), /must begin with 8 bytes, the length of its header: 0 bytes$/],
  ["seven bytes", new Uint8Array(7), /must begin with 8 bytes.*: 7 bytes$/],
  ["no header", assemble(""), /begin with '\{': the header ends at offset 8$/],
  [
    "header longer than the file",
    assemble("{}", [], 3n),
    /at most 2 bytes \(of 10 in the file\): 3$/,
  ],
  ["header of 2^64 - 1", assemble("{}", [], 2n ** 64n - 1n), /: 18446744073709551615$/],
  ["header of 2^53 + 1", assemble("{}", [], 2n ** 53n + 1n), /: 9007199254740993$/],
  ["header before its {", assemble(" {}"), /begin with '\{': byte 0x20 at offset 8$/],
  ["byte order mark", assemble("\ufeff{}"), /begin with '\{': byte 0xef at offset 8$/],
  ["an array", assemble("[]"), /begin with '\{': '\[' at offset 8$/],
  ["JSON that ends early", assemble('{"w":{'), /: the header ends at offset 14$/],
  ["a second object", assemble("{}{}"), /only spaces may follow the header: '\{' at offset 10$/],
  [
    "zeros as padding",
    assemble("{}\0"),
    /only spaces may follow the header: byte 0x0 at offset 10$/,
  ],
  [
    "a comma too many",
    assemble('{"__metadata__":{},}'),
    /a key of the header needs a '"' here: '\}'/,
  ],
  [
    "invalid UTF-8",
    assemble(Uint8Array.of(123, 34, 0xc3, 34, 125)),
    /valid UTF-8: .* at offset 10$/,
  ],
  [
    "UTF-8 of a surrogate",
    assemble(Uint8Array.of(123, 34, 0xed, 0xa0, 0x80, 34, 125)),
    /valid UTF-8/,
  ],
  [
    "half a surrogate pair",
    assemble(w(f32, '"\\ud800"'), [0, 0, 0, 0]),
    /valid JSON in valid UTF-8/,
  ],
  ["an unknown escape", assemble(w(f32, '"\\x41"'), [0, 0, 0, 0]), /valid JSON in valid UTF-8/],
  [
    "a line break in a name",
    assemble(w(f32, '"\n"'), [0, 0, 0, 0]),
    /must end in '"': byte 0xa at/,
  ],
  ["a backslash at the end", assemble('{"\\'), /must end in '"': the header ends/],
  [
    "a name twice",
    assemble(`{"w":{${f32}},"w":{${f32}}}`, [0, 0, 0, 0]),
    /must differ: "w" again at offset/,
  ],
  [
    "a name twice, once escaped",
    assemble(`{"w":{${f32}},"\\u0077":{${f32}}}`, [0, 0, 0, 0]),
    /differ: "w"/,
  ],
  [
    "__proto__ twice",
    assemble(`{"__proto__":{${f32}},"__proto__":{${f32}}}`, [0, 0, 0, 0]),
    /"__proto__"/,
  ],
  ["metadata twice", assemble('{"__metadata__":{},"__metadata__":{}}'), /differ: "__metadata__"/],
  [
    "a key of metadata twice",
    assemble('{"__metadata__":{"a":"1","a":"2"}}'),
    /of __metadata__ must differ: "a"/,
  ],
  [
    "a dtype twice",
    assemble(w(`"dtype":"I32",${f32}`), [0, 0, 0, 0]),
    /of tensor "w" must differ: "dtype"/,
  ],
  [
    "metadata that is null",
    assemble('{"__metadata__":null}'),
    /__metadata__ needs a '\{' here: 'n'/,
  ],
  [
    "metadata with a number",
    assemble('{"__metadata__":{"epoch":3}}'),
    /value of "epoch" in __metadata__ needs a '"'/,
  ],
  ["an entry that is no object", assemble('{"w":[]}'), /tensor "w" needs a '\{' here: '\['/],
  ["objects in objects", assemble('{"w":'.repeat(deep)), /a key.*|must have dtype/],
  [
    "arrays in arrays",
    assemble(w(`"dtype":"F32","shape":${"[".repeat(deep)}`)),
    /whole number ≥ 0/,
  ],
  [
    "no dtype",
    assemble(w('"shape":[1],"data_offsets":[0,4]'), [0, 0, 0, 0]),
    /must have a dtype, a shape/,
  ],
  [
    "no shape",
    assemble(w('"dtype":"F32","data_offsets":[0,4]'), [0, 0, 0, 0]),
    /must have a dtype, a shape/,
  ],
  [
    "no offsets",
    assemble(w('"dtype":"F32","shape":[1]'), [0, 0, 0, 0]),
    /must have .* two data_offsets/,
  ],
  [
    "one offset",
    assemble(w('"dtype":"F32","shape":[1],"data_offsets":[0]'), [0, 0, 0, 0]),
    /two data_offsets/,
  ],
  [
    "three offsets",
    assemble(w('"dtype":"F32","shape":[1],"data_offsets":[0,4,4]'), [0, 0, 0, 0]),
    /two data_offsets: 3/,
  ],
  [
    "a key too many",
    assemble(w(`${f32},"strides":[1]`), [0, 0, 0, 0]),
    /data_offsets only: "strides"/,
  ],
  [
    "an unknown dtype",
    assemble(w('"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]'), [0]),
    /one of BOOL, .*: "F8_E4M3"/,
  ],
  [
    "a dtype in small letters",
    assemble(w('"dtype":"f32","shape":[1],"data_offsets":[0,4]'), [0, 0, 0, 0]),
    /: "f32"/,
  ],
  [
    "the dtype __proto__",
    assemble(w('"dtype":"__proto__","shape":[1],"data_offsets":[0,4]'), [0, 0, 0, 0]),
    /: "__proto__"/,
  ],
  [
    "a negative axis",
    assemble(w('"dtype":"U8","shape":[-1,-4],"data_offsets":[0,4]'), [0, 0, 0, 0]),
    /whole number ≥ 0.*: '-'/,
  ],
  [
    "a fraction",
    assemble(w('"dtype":"U8","shape":[4.0],"data_offsets":[0,4]'), [0, 0, 0, 0]),
    /shape of tensor "w" needs a '\]' here: '\.'/,
  ],
  [
    "an exponent",
    assemble(w('"dtype":"U8","shape":[4e0],"data_offsets":[0,4]'), [0, 0, 0, 0]),
    /here: 'e'/,
  ],
  [
    "a leading zero",
    assemble(w('"dtype":"U8","shape":[04],"data_offsets":[0,4]'), [0, 0, 0, 0]),
    /written in digits: '0'/,
  ],
  [
    "an axis of 2^53",
    assemble(w('"dtype":"U8","shape":[9007199254740992],"data_offsets":[0,4]'), [0, 0, 0, 0]),
    /at most 2\^53 - 1: more/,
  ],
  [
    "an axis of many digits",
    assemble(w(`"dtype":"U8","shape":[${"9".repeat(deep)}],"data_offsets":[0,4]`), [0, 0, 0, 0]),
    /at most 2\^53 - 1/,
  ],
  [
    "a product of 2^64",
    assemble(w('"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]')),
    /less than 2\^53 bytes: tensor "w" of U8 \[4294967296,4294967296\]/,
  ],
  [
    "bytes of 2^53",
    assemble(w('"dtype":"F64","shape":[1125899906842624],"data_offsets":[0,8]'), [
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
    ]),
    /less than 2\^53 bytes/,
  ],
  [
    "an empty shape that overflows before",
    assemble(w('"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]')),
    /less than 2\^53/,
  ],
  [
    "a huge tensor in a small file",
    assemble(w('"dtype":"U8","shape":[4294967296],"data_offsets":[0,4294967296]'), [0]),
    /must lie in its 1 bytes of data: .*\[0,4294967296\]$/,
  ],
  [
    "offsets for another size",
    assemble(w('"dtype":"F32","shape":[2],"data_offsets":[0,4]'), [0, 0, 0, 0]),
    /data must have 8 bytes: tensor "w" of F32 \[2\] has data_offsets \[0,4\]$/,
  ],
  [
    "offsets that run backwards",
    assemble(w('"dtype":"U8","shape":[1],"data_offsets":[1,0]'), [0]),
    /must lie in/,
  ],
  ["an overlap", assemble(two("0,2", "1,3"), [0, 0, 0]), /without overlap at byte 2: tensor "b"/],
  ["the same data twice", assemble(two("0,2", "0,2"), [0, 0]), /without overlap at byte 2/],
  ["a hole", assemble(two("0,2", "3,5"), [0, 0, 0, 0, 0]), /without a hole at byte 2: tensor "b"/],
  [
    "a hole at the beginning",
    assemble(w('"dtype":"U8","shape":[1],"data_offsets":[1,2]'), [0, 0]),
    /a hole at byte 0/,
  ],
  [
    "an empty tensor within another",
    assemble(
      '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"e":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}}',
      [0, 0],
    ),
    /overlap at byte 2/,
  ],
  ["data cut off", assemble(w(f32), [0, 0, 0]), /must lie in its 3 bytes of data/],
  [
    "a byte too many",
    assemble(w(f32), [0, 0, 0, 0, 0]),
    /must fill its 5 bytes of data: they end at 4$/,
  ],
  ["data without tensors", assemble("{}", [0]), /must fill its 1 bytes of data: they end at 0$/],
];

for (const [title, bytes, message] of hostile) {
  test(`refuses ${title}`, async () => {
    const error = await rejection(readSafetensors(bytes, { name: "h.safetensors" }));
    assert.instance(error, SafetensorsError);
    assert.ok(error.message.startsWith("Cannot read h.safetensors as "), error.message);
    assert.match(error.message, message);
    assert.ok(error.message.length < 500, error.message);
  });
}

test("refuses a header above 100,000,000 bytes before it is read", async () => {
  const reads: number[] = [];
  const read = (_: number, length: number) => {
    reads.push(length);
    return Promise.resolve(Uint8Array.of(1, 0xe1, 0xf5, 5, 0, 0, 0, 0)); // 100,000,001
  };
  const error = await rejection(readSafetensors({ size: 2e8, read }));
  assert.match(error.message, /at most 100000000 bytes \(of 200000000 in the file\): 100000001$/);
  assert.equal(reads, [8]);
});

test("long and strange names are cut off and escaped in messages", async () => {
  const name = `"${"\\u001b[31m\\n".repeat(100_000)}"`;
  const error = await rejection(readSafetensors(assemble(w('"dtype":"X"', name))));
  assert.ok(error.message.length < 1000 && !/\p{Cc}/u.test(error.message), error.message);
});

test("a source that gives less than it said is an error; its own errors are passed on", async () => {
  const bytes = assemble(w(f32), [0, 0, 128, 63]);
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

test.run();
