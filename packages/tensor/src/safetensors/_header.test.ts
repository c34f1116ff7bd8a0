// Hostile headers, all read through readSafetensors. Oracle: the rules of the format.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readSafetensors } from "./read_safetensors.ts";
import { SafetensorsError } from "./safetensors_error.ts";
import { assemble, rejection } from "./_test_files.ts";

const test = suite("safetensors header");

/** An error of our own that names the file and says what `message` asks for. */
function refuses(title: string, bytes: Uint8Array, message: RegExp): void {
  test(`refuses ${title}`, async () => {
    const error = await rejection(readSafetensors(bytes, { name: "h.safetensors" }));
    assert.instance(error, SafetensorsError);
    assert.ok(error.message.startsWith("Cannot read h.safetensors as "), error.message);
    assert.match(error.message, message);
    assert.ok(error.message.length < 500, error.message);
  });
}

refuses("no bytes", new Uint8Array(), /must begin with 8 bytes, .* of its header: 0 bytes$/);
refuses("seven bytes", new Uint8Array(7), /must begin with 8 bytes.*: 7 bytes$/);
for (const length of [3n, 2n ** 53n + 1n, 2n ** 64n - 1n]) {
  const message = new RegExp(`must have at most 2 bytes \\(of 10 in the file\\): ${length}$`);
  refuses(`a header of ${length} bytes in a file of 10`, assemble("{}", [], length), message);
}

const texts: [title: string, bytes: number[], message: RegExp][] = [
  ["a character that is cut off", [0xc3], /valid UTF-8: .* at offset 10$/],
  ["a surrogate in UTF-8", [0xed, 0xa0, 0x80], /valid UTF-8/],
  ["an overlong character", [0xc1, 0xa1], /valid UTF-8/],
];
for (const [title, bytes, message] of texts) {
  refuses(title, assemble(Uint8Array.of(0x7b, 0x22, ...bytes, 0x22, 0x7d)), message); // {"…"}
}

/** One tensor: its entry, and how many bytes the file has for it. */
const good = '"dtype":"F32","shape":[1],"data_offsets":[0,4]';
const many = 1_000_000;
const fields: [title: string, entry: string, data: number, message: RegExp][] = [
  ["a dtype twice", `${good},"dtype":"F32"`, 4, /of tensor "w" must differ: "dtype" again/],
  ["a key too many", `${good},"strides":[1]`, 4, /data_offsets only: "strides" at offset/],
  ["no dtype", '"shape":[1],"data_offsets":[0,4]', 4, /must have a dtype, a shape/],
  ["no shape", '"dtype":"F32","data_offsets":[0,4]', 4, /must have a dtype, a shape/],
  ["no offsets", '"dtype":"F32","shape":[1]', 4, /must have .* two data_offsets/],
  ["a dtype that is a number", '"dtype":32', 4, /dtype of tensor "w" needs a '"' here: '3'/],
  ["a shape that is a number", '"shape":1', 4, /shape of tensor "w" needs a '\[' here: '1'/],
  ["arrays in arrays", `"shape":${"[".repeat(many)}`, 0, /axis of tensor "w" .* whole number ≥ 0/],
];
for (const [title, entry, data, message] of fields) {
  refuses(title, assemble(`{"w":{${entry}}}`, new Uint8Array(data)), message);
}

const entry = (dtype: string, shape: string, offsets: string) =>
  `{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${offsets}]}`;
const p53 = "9007199254740992";
const tensors: [title: string, entry: string, data: number, message: RegExp][] = [
  ["one offset", entry("U8", "1", "0"), 1, /two data_offsets/],
  ["three offsets", entry("U8", "1", "0,1,1"), 1, /two data_offsets: 3 at/],
  ["a type that is not read", entry("F8_E4M3", "1", "0,1"), 1, /of BOOL, U8.*: "F8_E4M3" at/],
  ["a type in small letters", entry("f32", "1", "0,4"), 4, /must be one of .*: "f32"/],
  ["the type __proto__", entry("__proto__", "1", "0,4"), 4, /must be one of .*: "__proto__"/],
  ["a negative axis", entry("U8", "-1,-4", "0,4"), 4, /whole number ≥ 0, .*: '-'/],
  ["a fraction", entry("U8", "4.0", "0,4"), 4, /shape of tensor "w" needs a '\]' here: '\.'/],
  ["an exponent", entry("U8", "4e0", "0,4"), 4, /shape of tensor "w" needs a '\]' here: 'e'/],
  ["a leading zero", entry("U8", "04", "0,4"), 4, /written in digits: '0'/],
  ["a number as text", entry("U8", '"4"', "0,4"), 4, /whole number ≥ 0, .*: '"'/],
  ["an axis of 2^53", entry("U8", p53, "0,4"), 4, /an axis of .* at most 2\^53 - 1: more/],
  ["an offset of 2^53", entry("U8", "4", `0,${p53}`), 4, /an offset of .* at most 2\^53 - 1: more/],
  ["an axis of many digits", entry("U8", "9".repeat(many), "0,4"), 4, /at most 2\^53 - 1/],
  [
    "a shape of 2^64",
    entry("U8", "4294967296,4294967296", "0,0"),
    0,
    /than 2\^53 bytes: .*96\] has/,
  ],
  ["2^53 bytes", entry("F64", "1125899906842624", "0,8"), 8, /less than 2\^53 bytes/],
  ["a shape of 2^64 times 0", entry("U8", "4294967296,4294967296,0", "0,0"), 0, /than 2\^53/],
  ["many axes", entry("U8", `2${",1".repeat(many)}`, "0,1"), 1, /\[2,1,.*… 1000001 axes\] has/],
  ["4 GiB in a small file", entry("U8", "4294967296", "0,4294967296"), 1, /in its 1 bytes of data/],
  ["another size", entry("F32", "2", "0,4"), 4, /8 bytes: tensor "w" of F32 \[2\] has .* \[0,4\]$/],
  ["no size", entry("F32", "0", "0,4"), 4, /data must have 0 bytes/],
  ["offsets that run backwards", entry("U8", "1", "1,0"), 1, /must lie in its 1 bytes of data/],
  ["a hole at the beginning", entry("U8", "1", "1,2"), 2, /without a hole at byte 0/],
  ["data that is cut off", entry("F32", "1", "0,4"), 3, /must lie in its 3 bytes of data/],
  ["a byte too many", entry("F32", "1", "0,4"), 5, /must fill its 5 bytes .*: they end at 4$/],
];
for (const [title, json, data, message] of tensors) {
  refuses(title, assemble(`{"w":${json}}`, new Uint8Array(data)), message);
}

const w = entry("U8", "2", "0,2");
const headers: [title: string, header: string, data: number, message: RegExp][] = [
  ["an empty header", "", 0, /begin with '\{': the header ends at offset 8$/],
  ["a space before the {", " {}", 0, /begin with '\{': byte 0x20 at offset 8$/],
  ["a byte order mark", "\ufeff{}", 0, /begin with '\{': byte 0xef at offset 8$/],
  ["an array", "[]", 0, /begin with '\{': '\[' at offset 8$/],
  ["JSON that ends early", '{"w":{', 0, /: the header ends at offset 14$/],
  ["a second object", "{}{}", 0, /only spaces may follow the header: '\{' at offset 10$/],
  ["zeros as padding", "{}\0", 0, /only spaces may follow the header: byte 0x0 at offset 10$/],
  ["a comma too many", '{"__metadata__":{},}', 0, /a key of the header needs a '"' here: '\}'/],
  ["half a surrogate pair", `{"\\ud800":${w}}`, 2, /valid JSON in valid UTF-8/],
  ["an unknown escape", `{"\\x41":${w}}`, 2, /valid JSON in valid UTF-8/],
  ["a line break in a name", `{"\n":${w}}`, 2, /must end in '"': byte 0xa at offset 10/],
  ["a backslash at the end", '{"\\', 0, /must end in '"': the header ends/],
  ["a name twice", `{"w":${w},"w":${w}}`, 2, /keys of the header must differ: "w" again at offset/],
  ["a name twice, once escaped", `{"w":${w},"\\u0077":${w}}`, 2, /must differ: "w" again/],
  ["__proto__ twice", `{"__proto__":${w},"__proto__":${w}}`, 2, /must differ: "__proto__" again/],
  ["metadata twice", '{"__metadata__":{},"__metadata__":{}}', 0, /must differ: "__metadata__"/],
  ["its key twice", '{"__metadata__":{"a":"1","a":"2"}}', 0, /of __metadata__ must differ: "a"/],
  ["metadata that is null", '{"__metadata__":null}', 0, /__metadata__ needs a '\{' here: 'n'/],
  [
    "metadata of a number",
    '{"__metadata__":{"n":3}}',
    0,
    /value of "n" in __metadata__ needs a '"'/,
  ],
  ["metadata of a tensor", `{"__metadata__":${w}}`, 2, /value of "shape" in __metadata__ needs/],
  ["an entry that is an array", '{"w":[]}', 0, /tensor "w" needs a '\{' here: '\['/],
  ["objects in objects", '{"w":'.repeat(many), 0, /tensor "w" must have dtype, .* only: "w"/],
  ["an overlap", `{"a":${w},"b":${entry("U8", "2", "1,3")}}`, 3, /overlap at byte 2: tensor "b"/],
  ["the same data twice", `{"a":${w},"b":${w}}`, 2, /without overlap at byte 2: tensor "b"/],
  ["a hole", `{"a":${w},"b":${entry("U8", "1", "3,4")}}`, 4, /a hole at byte 2: tensor "b"/],
  ["an empty tensor in one", `{"a":${w},"e":${entry("U8", "0", "1,1")}}`, 2, /overlap at byte 2/],
  ["data without tensors", "{}", 1, /must fill its 1 bytes of data: they end at 0$/],
];
for (const [title, header, data, message] of headers) {
  refuses(title, assemble(header, new Uint8Array(data)), message);
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
  const error = await rejection(readSafetensors(assemble(`{${name}:{"dtype":"X"}}`)));
  assert.ok(error.message.length < 1000 && !/\p{Cc}/u.test(error.message), error.message);
});

test.run();
