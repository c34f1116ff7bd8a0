// Reading hostile JSON: every error names the file, the path, what was expected and what was found.
import type { Json, JsonObject } from "./run_evidence.ts";

/** Reads one value at a place of a record. */
export type Reader<T> = (at: Place) => T;

const deepest = 32;

/** A value and where it stands. */
export class Place {
  readonly value: unknown;
  readonly path: string;
  readonly file: string;

  constructor(value: unknown, path: string, file: string) {
    this.value = value;
    this.path = path;
    this.file = file;
  }

  typeError(expected: string): TypeError {
    return new TypeError(this.#message(expected));
  }

  rangeError(expected: string): RangeError {
    return new RangeError(this.#message(expected));
  }

  #message(expected: string): string {
    return `Cannot read ${this.file} as ${shown(this.path)} must be ${expected}: found ${
      describe(this.value)
    }`;
  }

  /** The plain object that stands here. */
  #object(): Record<string, unknown> {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.typeError("an object");
    }
    return value as Record<string, unknown>;
  }

  /** The field `key`, which must exist. */
  field(key: string): Place {
    const object = this.#object();
    const path = this.path ? `${this.path}.${key}` : key;
    if (!Object.hasOwn(object, key)) {
      throw new TypeError(
        `Cannot read ${this.file} as ${shown(path)} is missing: found the fields ${
          clip(Object.keys(object).join(", ")) || "none"
        }`,
      );
    }
    return new Place(object[key], path, this.file);
  }

  /** Whether the object that stands here has a field. */
  has(key: string): boolean {
    return Object.hasOwn(this.#object(), key);
  }

  /** The object's keys. */
  keys(): string[] {
    return Object.keys(this.#object());
  }

  /** The object's keys, where they are names of somebody's own. */
  names(): string[] {
    return this.#ownKeys().map((key) => key.name());
  }

  /** Keys as values that can be checked. */
  #ownKeys(): Place[] {
    return this.keys().map((key) =>
      new Place(key, `a key of ${this.path || "the record"}`, this.file)
    );
  }

  /** Refuses fields that are not in `known`. */
  only(known: readonly string[]): void {
    for (const key of this.keys()) {
      if (!known.includes(key)) {
        throw new TypeError(
          `Cannot read ${this.file} as ${shown(this.path)} has the unknown field ${
            describe(key)
          }: known fields are ${known.join(", ")}`,
        );
      }
    }
  }

  /** Entry `i` of the array that stands here. */
  item(i: number): Place {
    return new Place((this.value as unknown[])[i], `${this.path}[${i}]`, this.file);
  }

  /** The entries of the array that stands here, which must have `length` of them if given. */
  items<T>(
    read: Reader<T>,
    { length, limit = 1e6 }: { length?: number; limit?: number } = {},
  ): T[] {
    const { value } = this;
    if (!Array.isArray(value)) throw this.typeError("an array");
    if (length !== undefined && value.length !== length) {
      throw this.rangeError(`an array of ${length}`);
    }
    if (value.length > limit) throw this.rangeError(`an array of at most ${limit}`);
    const found: T[] = [];
    for (let i = 0; i < value.length; i++) { // not map, which skips holes
      found.push(read(this.item(i)));
    }
    return found;
  }

  text(): string {
    if (typeof this.value !== "string") throw this.typeError("a string");
    if (control.test(this.value)) throw this.rangeError("a text without control characters");
    return this.value;
  }

  name(): string {
    const found = this.text();
    if (found.trim() === "") throw this.rangeError("a name that is not empty");
    return found;
  }

  boolean(): boolean {
    if (typeof this.value !== "boolean") throw this.typeError("true or false");
    return this.value;
  }

  number(): number {
    if (typeof this.value !== "number") throw this.typeError("a number");
    if (!Number.isFinite(this.value)) throw this.rangeError("a finite number");
    return this.value;
  }

  /** A safe integer of at least `least`. */
  integer(least: number): number {
    const found = this.number();
    if (!Number.isSafeInteger(found) || found < least) {
      throw this.rangeError(`an integer of at least ${least}`);
    }
    return found;
  }

  /** One of a few words or numbers. */
  oneOf<T extends string | number>(options: readonly T[]): T {
    const found = options.find((option) => option === this.value);
    if (found !== undefined) return found;
    const expected = options.map(describe).join(" or ");
    const sameType = options.some((option) => typeof option === typeof this.value);
    throw sameType ? this.rangeError(expected) : this.typeError(expected);
  }

  /** Plain JSON without control characters, copied; at most 32 deep. */
  json(depth = 0): Json {
    const { value } = this;
    if (value === null || typeof value === "boolean") return value;
    if (typeof value === "string") return this.text();
    if (typeof value === "number") return this.number();
    if (depth >= deepest) throw this.rangeError(`nested at most ${deepest} deep`);
    if (Array.isArray(value)) return this.items((at) => at.json(depth + 1));
    if (typeof value !== "object") throw this.typeError("plain JSON");
    // fromEntries defines own fields, so that a field named __proto__ stays a field.
    return Object.fromEntries(
      this.#ownKeys().map((key) => {
        const name = key.text();
        return [name, this.field(name).json(depth + 1)];
      }),
    ) as JsonObject;
  }

  jsonObject(): JsonObject {
    this.#object();
    return this.json() as JsonObject;
  }
}

/** A short description of any value, safe to put into a message. */
function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(clip(value));
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value === null || typeof value !== "object") return clip(String(value));
  return `an object with ${clip(Object.keys(value).join(", ")) || "no fields"}`;
}

/** Control characters: a terminal would obey them. */
const control = /\p{Cc}/u;

/** Text of a record as part of a message: short, and nothing that a terminal would obey. */
export function clip(text: string, limit = 80): string {
  const short = text.length > limit ? `${text.slice(0, limit - 3)}...` : text;
  return short.replace(/\p{Cc}/gu, "\ufffd");
}

/** A path in a message; keys may be long, or hold anything. */
function shown(path: string): string {
  return clip(path, 200) || "the record";
}
