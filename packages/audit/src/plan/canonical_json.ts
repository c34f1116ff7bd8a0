// One text for one value, whatever order its keys were written in.

import type { Json } from "@fa/protocol";

/**
 * JSON without spaces and with the keys of every object in ascending order of UTF-16 code units, so
 * that equal values have equal texts. (For finite numbers and well-formed strings this is RFC 8785.)
 *
 * @throws {RangeError} if a number is not finite: JSON cannot write it.
 *
 * @example
 * ```ts
 * import { canonicalJson } from "@fa/audit";
 *
 * if (canonicalJson({ b: [1, 0.5], a: null }) !== '{"a":null,"b":[1,0.5]}') throw new Error("order");
 * ```
 */
export function canonicalJson(value: Json): string {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new RangeError(`Cannot write canonical JSON as every number must be finite: ${value}`);
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : 1));
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key]!)}`).join(",")}}`;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
