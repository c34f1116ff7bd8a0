// Reads the little JSON that a safetensors header may contain, byte by byte. JSON.parse would hide
// keys that come twice, build whatever a hostile file nests, and tell no offset.

import { _isWellFormed } from "./_code_points.ts";
import { _quote } from "./_quote.ts";
import { SafetensorsError } from "./safetensors_error.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const [quotationMark, backslash, zero, nine] = [0x22, 0x5c, 0x30, 0x39];

/** A place in JSON text that only moves forward; each method reads one value and steps behind it. */
export class _JsonCursor {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #file: string;
  #at = 0;

  /** @param start offset of `bytes` in the file, for messages. */
  constructor(bytes: Uint8Array, start: number, file: string) {
    this.#bytes = bytes;
    this.#start = start;
    this.#file = file;
  }

  /** An object whose keys differ; `member` must read the value of its key. */
  object(what: string, member: (key: string) => void): void {
    const keys = new Set<string>();
    this.#expect("{", what);
    if (this.#skip("}")) return;
    do {
      this.#whitespace();
      const key = this.string(`a key of ${what}`);
      if (keys.has(key)) this.fail(`the keys of ${what} must differ`, `${_quote(key)} again`);
      keys.add(key);
      this.#expect(":", what);
      member(key);
    } while (this.#skip(","));
    this.#expect("}", what);
  }

  /** An array; `element` must read one element. */
  array(what: string, element: () => void): void {
    this.#expect("[", what);
    if (this.#skip("]")) return;
    do element(); while (this.#skip(","));
    this.#expect("]", what);
  }

  /** A string of well-formed Unicode. */
  string(what: string): string {
    this.#expect('"', what);
    const begin = this.#at;
    let escapes = false;
    for (; this.#bytes[this.#at] !== quotationMark; this.#at++) {
      if (this.#bytes[this.#at] === backslash) {
        escapes = true;
        this.#at++; // whatever is escaped does not end the string
      }
      const byte = this.#bytes[this.#at];
      if (byte === undefined || byte < 0x20) this.fail(`${what} must end in '"'`);
    }
    const raw = this.#bytes.subarray(begin, this.#at);
    this.#at++;
    try {
      const text = utf8.decode(raw);
      const value = escapes ? JSON.parse(`"${text}"`) as string : text;
      if (_isWellFormed(value)) return value;
    } catch {
      // said below
    }
    this.#at = begin;
    return this.fail(`${what} must be valid JSON in valid UTF-8`, "a string that is not,");
  }

  /** A whole number from 0 to 2^53 − 1, in digits alone. */
  integer(what: string): number {
    this.#whitespace();
    const begin = this.#at;
    let value = 0;
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined || byte < zero || byte > nine) break;
      value = 10 * value + (byte - zero);
      if (!Number.isSafeInteger(value)) this.fail(`${what} must be at most 2^53 - 1`, "more");
      this.#at++;
    }
    const digits = this.#at - begin;
    const first = this.#bytes[begin];
    if (digits === 0 || (first === zero && digits > 1)) {
      this.#at = begin;
      this.fail(`${what} must be a whole number ≥ 0, written in digits`);
    }
    return value;
  }

  /** The end of the text; only white space may be left. */
  end(what: string): void {
    this.#whitespace();
    if (this.#at < this.#bytes.length) this.fail(`only spaces may follow ${what}`);
  }

  /** Throws the error of a broken rule, with what was found here instead. */
  fail(rule: string, found: string = this.#describe()): never {
    const offset = this.#start + this.#at;
    throw new SafetensorsError(
      `Cannot read ${this.#file} as ${rule}: ${found} at offset ${offset}`,
    );
  }

  #describe(): string {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) return "the header ends";
    const printable = byte > 0x20 && byte < 0x7f;
    return printable ? `'${String.fromCharCode(byte)}'` : `byte 0x${byte.toString(16)}`;
  }

  #expect(character: string, what: string): void {
    if (!this.#skip(character)) this.fail(`${what} needs a '${character}' here`);
  }

  #skip(character: string): boolean {
    this.#whitespace();
    if (this.#bytes[this.#at] !== character.charCodeAt(0)) return false;
    this.#at++;
    return true;
  }

  #whitespace(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at++;
    }
  }
}
