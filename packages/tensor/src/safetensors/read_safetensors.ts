// Reading safetensors: the header at once and checked, the tensors one by one.

import { type CreateOptions, fromValues } from "../create/_allocate.ts";
import { dtypeOf } from "../dtype.ts";
import { unknownName } from "../errors/unknown_name.ts";
import type { Tensor } from "../tensor.ts";
import type { ByteSource } from "./byte_source.ts";
import { _decode } from "./_decode.ts";
import { _largestHeader, _parseHeader, _prefixLength } from "./_header.ts";
import { _quote } from "./_quote.ts";
import type { RawTensor } from "./raw_tensor.ts";
import type { SafetensorsDType } from "./safetensors_dtype.ts";
import { SafetensorsError } from "./safetensors_error.ts";

/** Options of {@link readSafetensors}. */
export interface ReadSafetensorsOptions {
  /** What the file is called in errors. Default `"safetensors"`. */
  readonly name?: string;
}

/** Options of {@link SafetensorsFile.tensor}. */
export interface ReadTensorOptions extends CreateOptions {
  /**
   * The entries `begin` to `end` − 1 of the first axis, of which alone the data is read: for tensors
   * larger than memory. Default all.
   */
  readonly rows?: readonly [begin: number, end: number];
}

/** What a safetensors file says of one tensor. */
export interface SafetensorsEntry {
  /** Type of the elements. */
  readonly dtype: SafetensorsDType;
  /** Lengths of the axes, outermost first. */
  readonly shape: readonly number[];
  /** Where the data begins in the file. */
  readonly offset: number;
  /** Bytes of the data. */
  readonly byteLength: number;
}

/** A safetensors file whose header has been read. Tensors are read from its source when asked for. */
export interface SafetensorsFile {
  /** The text that the file carries beside tensors. */
  readonly metadata: ReadonlyMap<string, string>;
  /** All tensors by name, in the order of their data. */
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  /**
   * Reads one tensor. Every value is exact: where the dtype that is asked for cannot hold one (a
   * 64-bit integer beyond 2^53, an F64 in float32), that is an error and nothing is rounded; read
   * float64 and {@link cast} to round. Bits of F32 and F64 are kept, of NaNs too.
   *
   * Without a dtype F64, I32, U32, I64 and U64 become float64, all others float32.
   *
   * @throws {RangeError} if there is no tensor of that name, or it has no such rows.
   * @throws {SafetensorsError} if a value is not a number of the dtype, or a BOOL is not 0 or 1.
   */
  tensor(name: string, options?: ReadTensorOptions): Promise<Tensor>;
  /** Reads all tensors, one after the other, as {@link SafetensorsFile.tensor} does. */
  tensors(options?: CreateOptions): Promise<Map<string, Tensor>>;
  /**
   * Reads one tensor as it is, whatever its type.
   * @throws {RangeError} if there is no tensor of that name.
   */
  raw(name: string): Promise<RawTensor>;
}

/**
 * Opens a safetensors file: reads its header and checks it completely, so that a hostile file is
 * refused before anything is allocated for its tensors. Layout: 8 bytes N, unsigned and
 * little-endian; N bytes of JSON, `{name: {dtype, shape, data_offsets: [begin, end]}, …}` with an
 * optional `__metadata__` of strings; then the data.
 *
 * Rules: N ≤ 100,000,000 and within the file; the JSON begins with `{`, is valid UTF-8, has no key
 * twice and no other keys than these; shapes and offsets are whole numbers below 2^53 in digits;
 * end − begin is the size of the shape; tensors fill the data without overlap, hole or rest.
 *
 * @param source all bytes, or a place to read them from. Of a {@link ByteSource} only the header is
 * read now, and each tensor when it is asked for.
 * @throws {SafetensorsError} if a rule is broken; the message names file, place and rule.
 *
 * Source: https://github.com/huggingface/safetensors, section "Format".
 *
 * @example
 * ```ts
 * import { encodeSafetensors, readSafetensors, tensor } from "@fa/tensor";
 *
 * const bytes = await encodeSafetensors(new Map([["w", tensor([[1, 2, 3]])]]));
 * const file = await readSafetensors(bytes, { name: "model.safetensors" });
 * if (file.entries.get("w")?.dtype !== "F32") throw new Error("wrong dtype");
 * const w = await file.tensor("w", { dtype: "float64" });
 * if (w.shape.join() !== "1,3" || w.dataSync().join() !== "1,2,3") throw new Error("wrong tensor");
 * ```
 */
export async function readSafetensors(
  source: Uint8Array | ByteSource,
  { name: file = "safetensors" }: ReadSafetensorsOptions = {},
): Promise<SafetensorsFile> {
  const from = source instanceof Uint8Array ? fromBytes(source) : source;
  const headerLength = await readHeaderLength(from, file);
  const dataStart = _prefixLength + headerLength;
  const json = await readExactly(from, _prefixLength, headerLength, file);
  const header = _parseHeader(json, from.size - dataStart, file);

  const entries = new Map<string, SafetensorsEntry>();
  for (const [name, { dtype, shape, begin, end }] of header.entries) {
    entries.set(name, { dtype, shape, offset: dataStart + begin, byteLength: end - begin });
  }

  function entryOf(name: string): SafetensorsEntry {
    const entry = entries.get(name);
    if (entry === undefined) throw unknownName("tensor", name, someNames(entries));
    return entry;
  }

  async function raw(name: string): Promise<RawTensor> {
    const { dtype, shape, offset, byteLength } = entryOf(name);
    return { dtype, shape, bytes: await readExactly(from, offset, byteLength, file) };
  }

  async function read(
    name: string,
    { rows, ...options }: ReadTensorOptions = {},
  ): Promise<Tensor> {
    const entry = entryOf(name);
    const { dtype, shape, offset, byteLength } = rows
      ? rowsOf(entry, rows, `${_quote(name)} of ${file}`)
      : entry;
    const bytes = await readExactly(from, offset, byteLength, file);
    const values = _decode(bytes, dtype, options.dtype, `${_quote(name)} of ${file}`);
    return fromValues(values, shape, { ...options, dtype: dtypeOf(values) });
  }

  return {
    metadata: header.metadata,
    entries,
    tensor: read,
    raw,
    async tensors(options) {
      const all = new Map<string, Tensor>();
      for (const name of entries.keys()) all.set(name, await read(name, options));
      return all;
    },
  };
}

/** The part of a tensor that some rows are. */
function rowsOf(
  entry: SafetensorsEntry,
  [begin, end]: readonly [number, number],
  what: string,
): SafetensorsEntry {
  const [length, ...rest] = entry.shape;
  const whole = Number.isInteger(begin) && Number.isInteger(end);
  if (length === undefined || !whole || begin < 0 || end < begin || end > length) {
    throw new RangeError(
      `Cannot read rows ${begin} to ${end} of ${what} as they must lie in its first axis: [${entry.shape}]`,
    );
  }
  const rowBytes = length === 0 ? 0 : entry.byteLength / length;
  return {
    dtype: entry.dtype,
    shape: [end - begin, ...rest],
    offset: entry.offset + begin * rowBytes,
    byteLength: (end - begin) * rowBytes,
  };
}

/** Names to suggest from; a hostile file may have very many, or very long ones. */
function someNames(entries: ReadonlyMap<string, unknown>): string[] {
  return [...entries.keys()].filter((name) => name.length <= 100).slice(0, 1000);
}

async function readHeaderLength(source: ByteSource, file: string): Promise<number> {
  const { size } = source;
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new RangeError(`Cannot read ${file} as its size must be a whole number ≥ 0: ${size}`);
  }
  if (size < _prefixLength) {
    throw new SafetensorsError(
      `Cannot read ${file} as it must begin with ${_prefixLength} bytes, the length of its header: ${size} bytes`,
    );
  }
  const prefix = await readExactly(source, 0, _prefixLength, file);
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true);
  const limit = Math.min(_largestHeader, size - _prefixLength);
  if (length > limit) {
    throw new SafetensorsError(
      `Cannot read ${file} as its header must have at most ${limit} bytes (of ${size} in the file): ${length}`,
    );
  }
  return Number(length);
}

/** Reads from a source that may be shorter than it said. */
async function readExactly(
  source: ByteSource,
  offset: number,
  length: number,
  file: string,
): Promise<Uint8Array> {
  if (length === 0) return new Uint8Array();
  const bytes = await source.read(offset, length);
  if (bytes.length !== length) {
    throw new SafetensorsError(
      `Cannot read ${file} as there must be ${length} bytes at offset ${offset}: ${bytes.length}`,
    );
  }
  return bytes;
}

function fromBytes(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    // The constructor copies in every case; slice() of Node's Buffer would not.
    read: (offset, length) =>
      Promise.resolve(new Uint8Array(bytes.subarray(offset, offset + length))),
  };
}
