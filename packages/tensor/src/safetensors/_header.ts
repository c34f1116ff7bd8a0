// The header of a safetensors file: what tensors there are, and that they fill the file exactly.

import { formatShape } from "../shape.ts";
import { _JsonCursor } from "./_json_cursor.ts";
import { _quote } from "./_quote.ts";
import { _byteLength, _dtypes, _isDType, type SafetensorsDType } from "./safetensors_dtype.ts";
import { SafetensorsError } from "./safetensors_error.ts";

/** Bytes of the number that a file begins with: the length of the JSON after it. */
export const _prefixLength = 8;

/** Most bytes that the JSON may have; the limit of the reference implementation. */
export const _largestHeader = 100_000_000;

/** Key of the metadata, which therefore no tensor can have. */
export const _metadataKey = "__metadata__";

/** What a header says of one tensor. */
export interface _Entry {
  readonly dtype: SafetensorsDType;
  readonly shape: readonly number[];
  /** First byte of the data, counted from the end of the header. */
  readonly begin: number;
  /** Byte after the last one. */
  readonly end: number;
}

/** A header that keeps all rules. */
export interface _Header {
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of their data. */
  readonly entries: ReadonlyMap<string, _Entry>;
}

/**
 * Reads the JSON of a header.
 *
 * @param json its bytes, which begin at offset 8 of the file.
 * @param dataLength bytes of the file after the header.
 * @throws {SafetensorsError} if a rule of the format is broken.
 */
export function _parseHeader(json: Uint8Array, dataLength: number, file: string): _Header {
  const cursor = new _JsonCursor(json, _prefixLength, file);
  if (json[0] !== 0x7b) cursor.fail("the header must begin with '{'");
  const metadata = new Map<string, string>();
  const entries: [string, _Entry][] = [];
  cursor.object("the header", (name) => {
    if (name === _metadataKey) {
      cursor.object(_metadataKey, (key) => {
        metadata.set(key, cursor.string(`the value of ${_quote(key)} in ${_metadataKey}`));
      });
    } else entries.push([name, parseEntry(cursor, _quote(name))]);
  });
  cursor.end("the header");
  // By begin, then end: an empty tensor comes before the one that begins where it stands.
  entries.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  checkData(entries, dataLength, file);
  return { metadata, entries: new Map(entries) };
}

function parseEntry(cursor: _JsonCursor, name: string): _Entry {
  const what = `tensor ${name}`;
  const offsets: number[] = [];
  let dtype: string | undefined;
  let shape: number[] | undefined;
  cursor.object(what, (key) => {
    if (key === "dtype") dtype = cursor.string(`the dtype of ${what}`);
    else if (key === "shape") {
      const axes: number[] = shape = [];
      cursor.array(`the shape of ${what}`, () => {
        axes.push(cursor.integer(`an axis of ${what}`));
      });
    } else if (key === "data_offsets") {
      cursor.array(`data_offsets of ${what}`, () => {
        offsets.push(cursor.integer(`an offset of ${what}`));
      });
    } else cursor.fail(`${what} must have dtype, shape and data_offsets only`, _quote(key));
  });
  const [begin, end] = offsets;
  if (dtype === undefined || shape === undefined || begin === undefined || end === undefined) {
    return cursor.fail(`${what} must have a dtype, a shape and two data_offsets`, "its end");
  }
  if (!_isDType(dtype)) {
    return cursor.fail(`the dtype of ${what} must be one of ${_dtypes.join(", ")}`, _quote(dtype));
  }
  if (offsets.length > 2) cursor.fail(`${what} must have two data_offsets`, `${offsets.length}`);
  return { dtype, shape, begin, end };
}

/** Checks that every tensor has the bytes of its shape, and that they fill the data without a gap. */
function checkData(
  entries: readonly (readonly [string, _Entry])[],
  dataLength: number,
  file: string,
): void {
  let filled = 0;
  for (const [name, { dtype, shape, begin, end }] of entries) {
    const fail = (rule: string): never => {
      throw new SafetensorsError(
        `Cannot read ${file} as ${rule}: tensor ${_quote(name)} of ${dtype} ${
          formatLongShape(shape)
        } has data_offsets [${begin},${end}]`,
      );
    };
    if (end < begin || end > dataLength) fail(`data must lie in its ${dataLength} bytes of data`);
    if (begin !== filled) {
      fail(`data must follow without ${begin < filled ? "overlap" : "a hole"} at byte ${filled}`);
    }
    const bytes = _byteLength(dtype, shape);
    if (bytes === undefined) fail("a tensor must have less than 2^53 bytes");
    if (bytes !== end - begin) fail(`data must have ${bytes} bytes`);
    filled = end;
  }
  if (filled !== dataLength) {
    throw new SafetensorsError(
      `Cannot read ${file} as tensors must fill its ${dataLength} bytes of data: they end at ${filled}`,
    );
  }
}

function formatLongShape(shape: readonly number[]): string {
  if (shape.length <= 16) return formatShape(shape);
  return `[${shape.slice(0, 16)},… ${shape.length} axes]`;
}
