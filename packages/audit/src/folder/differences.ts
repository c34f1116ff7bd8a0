// What differs between two records, in words.

import type { Json, JsonObject } from "@fa/protocol";
import { canonicalJson } from "../plan/canonical_json.ts";

/**
 * One line for each field that differs, such as `epochs: 20 there, 30 asked for` or
 * `rules.ep.steps: nothing there, 20 asked for`. Objects are entered; lists are compared as wholes.
 */
export function differences(there: JsonObject, asked: JsonObject, path = ""): string[] {
  return [...new Set([...Object.keys(asked), ...Object.keys(there)])].flatMap((key) => {
    const [a, b] = [ownValue(there, key), ownValue(asked, key)];
    const name = path === "" ? key : `${path}.${key}`;
    if (isObject(a) && isObject(b)) return differences(a, b, name);
    if (exactly(a) === exactly(b)) return [];
    const inWords = plainly(a) === plainly(b) ? exactly : plainly;
    return [`${name}: ${inWords(a)} there, ${inWords(b)} asked for`];
  });
}

function ownValue(record: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function exactly(value: Json | undefined): string {
  return value === undefined ? "nothing" : canonicalJson(value);
}

/** Without quotes and brackets, where nothing is lost. */
function plainly(value: Json | undefined): string {
  if (Array.isArray(value) && value.length > 0 && value.every(isPlain)) return value.join(", ");
  return isPlain(value) ? String(value) : exactly(value);
}

function isPlain(value: Json | undefined): boolean {
  return typeof value === "number" || (typeof value === "string" && /^[\w.+-]+$/.test(value));
}
