// Writing safetensors as a stream: the header, then tensor after tensor.

import { checkShape, formatShape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { _compareCodePoints, _isWellFormed } from "./_code_points.ts";
import { _littleEndian, _swapBytes } from "./_endian.ts";
import { _largestHeader, _metadataKey, _prefixLength } from "./_header.ts";
import { _quote } from "./_quote.ts";
import type { RawTensor } from "./raw_tensor.ts";
import { _byteLength, _dtypes, _isDType, type SafetensorsDType } from "./safetensors_dtype.ts";

/** Options of {@link writeSafetensors}. */
export interface WriteSafetensorsOptions {
  /** Text to carry beside the tensors. */
  readonly metadata?: ReadonlyMap<string, string>;
}

/** A safetensors file that is made while it is read. */
export interface SafetensorsStream extends AsyncIterable<Uint8Array> {
  /** Bytes of the whole file. */
  readonly size: number;
}

interface Item {
  readonly name: string;
  readonly value: Tensor | RawTensor;
  readonly dtype: SafetensorsDType;
  readonly byteLength: number;
}

/**
 * Tensors as a safetensors file, in pieces: the header, then the data of one tensor after the other,
 * read from its backend when its piece is asked for. Parameters must not be trained meanwhile.
 *
 * The same content gives the same bytes: tensors are ordered as the format's reference writer does
 * it, by type from the widest (U64, I64, F64, F32, U32, I32, BF16, F16, U16, I16, I8, U8, BOOL),
 * then by name in code points; metadata by key; the header is padded with spaces to a multiple of 8
 * bytes, so that all data is aligned.
 *
 * @param tensors by name; float32 becomes F32, float64 F64. Other types are given as bytes.
 * @throws {RangeError} if a name is not well-formed Unicode or is `__metadata__`; if the bytes of a
 * raw tensor do not fit its shape; if the header would have more than 100,000,000 bytes.
 * @throws {TypeError} if metadata is not text, or a raw tensor has no known type.
 *
 * @example
 * ```ts
 * import { normal, Rng, writeSafetensors } from "@fa/tensor";
 *
 * const weights = new Map([["w", normal(Rng.fromSeed(1), [100, 10])]]);
 * const stream = writeSafetensors(weights, { metadata: new Map([["epoch", "3"]]) });
 * let written = 0;
 * for await (const chunk of stream) written += chunk.length; // or: await file.write(chunk)
 * if (written !== stream.size || written < 4000) throw new Error("wrong size");
 * ```
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor | RawTensor>,
  { metadata = new Map() }: WriteSafetensorsOptions = {},
): SafetensorsStream {
  const items = [...tensors].map(([name, value]) => describe(name, value));
  items.sort((a, b) =>
    _dtypes.indexOf(b.dtype) - _dtypes.indexOf(a.dtype) || _compareCodePoints(a.name, b.name)
  );
  const header = makeHeader(items, metadata);
  return {
    size: items.reduce((size, { byteLength }) => size + byteLength, header.length),
    async *[Symbol.asyncIterator]() {
      yield header.slice();
      for (const { value } of items) {
        const bytes = value instanceof Tensor ? await dataOf(value) : value.bytes;
        if (bytes.length > 0) yield bytes;
      }
    },
  };
}

function describe(name: string, value: Tensor | RawTensor): Item {
  if (name === _metadataKey || !_isWellFormed(name)) {
    throw new RangeError(
      `Cannot write a tensor as its name must be well-formed and not ${_metadataKey}: ${
        _quote(name)
      }`,
    );
  }
  const { shape } = value;
  checkShape(shape, `write tensor ${_quote(name)}`);
  const dtype = value instanceof Tensor ? (value.dtype === "float32" ? "F32" : "F64") : value.dtype;
  if (!_isDType(dtype)) {
    throw new TypeError(
      `Cannot write tensor ${_quote(name)} as its dtype must be one of ${
        _dtypes.join(", ")
      }: ${dtype}`,
    );
  }
  const byteLength = _byteLength(dtype, shape);
  if (byteLength === undefined) {
    throw new RangeError(
      `Cannot write tensor ${_quote(name)} as it must have less than 2^53 bytes: ${dtype} ${
        formatShape(shape)
      }`,
    );
  }
  if (!(value instanceof Tensor) && value.bytes.length !== byteLength) {
    throw new RangeError(
      `Cannot write tensor ${_quote(name)} as ${dtype} ${
        formatShape(shape)
      } must have ${byteLength} bytes: ${value.bytes.length}`,
    );
  }
  return { name, value, dtype, byteLength };
}

/** The length of the JSON, the JSON, and spaces up to a multiple of 8 bytes. */
function makeHeader(
  items: readonly Item[],
  metadata: ReadonlyMap<string, string>,
): Uint8Array {
  const parts: string[] = [];
  if (metadata.size > 0) parts.push(`${JSON.stringify(_metadataKey)}:${metadataJson(metadata)}`);
  let begin = 0;
  for (const { name, value: { shape }, dtype, byteLength } of items) {
    const entry = { dtype, shape, data_offsets: [begin, begin + byteLength] };
    parts.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    begin += byteLength;
  }
  const json = new TextEncoder().encode(`{${parts.join()}}`);
  const length = Math.ceil(json.length / 8) * 8;
  if (length > _largestHeader) {
    throw new RangeError(
      `Cannot write safetensors as the header must have at most ${_largestHeader} bytes: ${length}`,
    );
  }
  const header = new Uint8Array(_prefixLength + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, _prefixLength);
  return header;
}

function metadataJson(metadata: ReadonlyMap<string, string>): string {
  const pairs = [...metadata];
  for (const text of pairs.flat()) {
    if (typeof text !== "string" || !_isWellFormed(text)) {
      throw new TypeError(
        `Cannot write metadata as keys and values must be well-formed text: ${
          _quote(String(text))
        }`,
      );
    }
  }
  pairs.sort(([a], [b]) => _compareCodePoints(a, b));
  return `{${pairs.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join()}}`;
}

async function dataOf(tensor: Tensor): Promise<Uint8Array> {
  const values = await tensor.data();
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (!_littleEndian) _swapBytes(bytes, values.BYTES_PER_ELEMENT);
  return bytes;
}
