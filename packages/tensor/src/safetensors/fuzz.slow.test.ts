// Damaged files. Oracle: a second reader, written from the text of the format on JSON.parse: what one
// accepts the other accepts with the same meaning, and what is refused is refused by our own error.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tensor } from "../create/tensor.ts";
import { Rng } from "../random/rng.ts";
import { encodeSafetensors } from "./encode_safetensors.ts";
import { readSafetensors } from "./read_safetensors.ts";
import { SafetensorsError } from "./safetensors_error.ts";
import { assemble, hex, readFixtureBytes } from "./_test_files.ts";

interface Plain {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const widths = {
  ...{ BOOL: 1, U8: 1, I8: 1, I16: 2, U16: 2, F16: 2, BF16: 2 },
  ...{ I32: 4, U32: 4, F32: 4, I64: 8, U64: 8, F64: 8 },
};

/** What a legal file says and holds; throws for most illegal ones. */
function plainRead(
  bytes: Uint8Array,
): { metadata: [string, string][]; tensors: [string, Plain, string][] } {
  const n = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  assert.ok(n <= 1e8 && 8 + n <= bytes.length && bytes[8] === 0x7b);
  const json = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + n));
  const { __metadata__ = {}, ...entries } = JSON.parse(json) as Record<string, unknown>;
  const metadata = Object.entries(__metadata__ as Record<string, string>);
  for (const [, value] of metadata) assert.type(value, "string");
  const tensors = Object.entries(entries as Record<string, Plain>)
    .sort(([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1])
    .map(([name, entry]): [string, Plain, string] => {
      const data = bytes.subarray(8 + n + entry.data_offsets[0], 8 + n + entry.data_offsets[1]);
      return [name, entry, hex(data)];
    });
  let end = 0;
  for (const [, { dtype, shape, data_offsets }] of tensors) {
    const width = widths[dtype as keyof typeof widths];
    assert.type(width, "number");
    assert.ok(shape.every((axis) => Number.isSafeInteger(axis) && axis >= 0));
    assert.is(data_offsets[0], end);
    end += shape.reduce((size, axis) => size * axis, width);
    assert.is(data_offsets[1], end);
  }
  assert.is(8 + n + end, bytes.length);
  return { metadata, tensors };
}

function isPlainlyLegal(bytes: Uint8Array): boolean {
  try {
    plainRead(bytes);
    return true;
  } catch {
    return false;
  }
}

const test = suite("damaged safetensors");

/** Reads everything there is; `true` if the file was accepted. */
async function tryFile(bytes: Uint8Array): Promise<boolean> {
  let allowed = bytes.length;
  const source = {
    size: bytes.length,
    read(offset: number, length: number) {
      assert.ok(offset >= 0 && length >= 0 && offset + length <= bytes.length, "reads outside");
      allowed -= length; // nothing is read twice: no more memory than the file has
      assert.ok(allowed >= 0, "reads twice");
      return Promise.resolve(bytes.slice(offset, offset + length));
    },
  };
  let file;
  try {
    file = await readSafetensors(source, { name: "damaged" });
  } catch (error) {
    assert.instance(error, SafetensorsError);
    const { message } = error as Error;
    assert.match(message, /^Cannot read damaged as .{10}/);
    // JSON.parse keeps the last of two equal keys; nothing else that it lets pass may be refused.
    if (!message.includes("must differ")) assert.not(isPlainlyLegal(bytes), message);
    return false;
  }
  const { metadata, tensors } = plainRead(bytes);
  assert.equal([...file.metadata].sort(), metadata.sort());
  assert.equal([...file.entries.keys()].sort(), tensors.map(([name]) => name).sort());
  for (const [name, plain, data] of tensors) {
    const entry = file.entries.get(name)!;
    assert.is(entry.dtype, plain.dtype);
    assert.equal([...entry.shape], plain.shape);
    assert.is(hex(bytes.subarray(entry.offset, entry.offset + entry.byteLength)), data);
    allowed = bytes.length;
    try {
      const t = await file.tensor(name);
      assert.equal([...t.shape], plain.shape);
    } catch (error) { // a 64-bit integer, a BOOL
      assert.instance(error, SafetensorsError);
      assert.match((error as Error).message, /of damaged (in float64 as it must hold|as a BOOL)/);
    }
  }
  return true;
}

const small = await encodeSafetensors(
  new Map([["a", tensor([1, 2])], ["b", tensor([[3]], { dtype: "float64" })]]),
  { metadata: new Map([["k", "v"]]) },
);
const files: [string, Uint8Array][] = [
  ["a small file", small],
  ["a file of every type", readFixtureBytes("every_type.safetensors")],
];
const headerEnd = (bytes: Uint8Array) =>
  8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));

for (const [title, bytes] of files) {
  test(`${title}: cut off anywhere it is refused, whole it is read`, async () => {
    for (let length = 0; length < bytes.length; length++) {
      assert.not(await tryFile(bytes.slice(0, length)), `${length}`);
    }
    assert.ok(await tryFile(bytes));
  });
}

test("a small file: every byte with every value", async () => {
  let accepted = 0;
  for (let at = 0; at < small.length; at++) {
    for (let value = 0; value < 256; value++) {
      if (await tryFile(small.with(at, value))) accepted++;
      else assert.ok(at < headerEnd(small), "data may have any value");
    }
  }
  console.log(`  ${accepted} of ${256 * small.length} files with one other byte are legal`);
  const data = small.length - headerEnd(small);
  assert.ok(accepted > 256 * data && accepted < 256 * small.length);
});

test("a file of every type: 30,000 times up to 8 bytes changed, added, removed or copied", async () => {
  const [, bytes] = files[1]!;
  const rng = Rng.fromSeed(20251123, "fuzz");
  const end = headerEnd(bytes);
  const syntax = new TextEncoder().encode('{}[]",:0123456789\\u -.eFIU');
  let accepted = 0;
  for (let i = 0; i < 30_000; i++) {
    const list = [...bytes];
    for (let edits = 1 + rng.integer(8); edits > 0; edits--) {
      const at = rng.integer(rng.integer(3) > 0 ? end : list.length);
      const byte = rng.integer(2) ? syntax[rng.integer(syntax.length)]! : rng.integer(256);
      const length = rng.integer(80);
      const edit = rng.integer(5);
      if (edit < 2) list[at] = byte;
      else if (edit === 2) list.splice(at, 0, byte);
      else if (edit === 3) list.splice(at, 1);
      else list.splice(at, length, ...list.slice(at, at + length));
    }
    const damaged = Uint8Array.from(list);
    if (i % 2) { // a length that fits again lets more of them reach the JSON
      new DataView(damaged.buffer).setBigUint64(
        0,
        BigInt(end - 8 + list.length - bytes.length),
        true,
      );
    }
    if (await tryFile(damaged)) accepted++;
  }
  console.log(`  ${accepted} of 30000 damaged files are legal`);
  assert.ok(accepted > 100 && accepted < 15_000, `${accepted}`);
});

test("a header of 100,000,000 bytes of tensors is read within memory, or refused", async () => {
  const parts: string[] = [];
  let length = 0;
  while (length < 99_999_900) {
    const part = `"${parts.length}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`;
    parts.push(part);
    length += part.length + 1;
  }
  const bytes = assemble(`{${parts.join()}}`);
  const { entries } = await readSafetensors(bytes);
  assert.is(entries.size, parts.length);
  bytes[bytes.length - 1] = 0x2c; // "}" becomes ","
  let message = "";
  await readSafetensors(bytes).catch((error) => message = error.message);
  assert.match(message, /a '"' here: the header ends|needs/);
});

test.run();
