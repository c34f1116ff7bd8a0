// Back from a record to the configuration that it echoes.

import type { Json, JsonObject } from "@fa/protocol";
import { canonicalJson } from "./canonical_json.ts";
import {
  type AuditChoices,
  type AuditConfiguration,
  resolveConfiguration,
} from "./configuration.ts";

/**
 * The configuration that a record echoes. Anybody may have written the record: the configuration is
 * made anew from its choices, and must then be what the record says.
 *
 * @throws {TypeError | RangeError} if it is not; the message names the field, not the file.
 */
export function configurationOf(record: JsonObject): AuditConfiguration {
  const { schemaVersion: _, kind: __, hash: ___, software: ____, ...echo } = record;
  // Which rules there are differs; what is in them is checked by the rules.
  const example = { ...resolveConfiguration({}), rules: {} } as unknown as JsonObject;
  for (const [name, like] of Object.entries(example)) {
    // A policy of one's own is an object, which is checked where it is read.
    if (name !== "policy" || typeOf(echo[name]) !== "an object") checkType(name, echo[name], like);
  }
  const { description: _____, notes: ______, ...data } = echo["data"] as JsonObject;
  const choices = { ...echo, data: data["name"], limit: data["trainSize"] };
  const configuration = resolveConfiguration(choices as unknown as AuditChoices);
  const found = canonicalJson({ ...echo, data });
  if (found !== canonicalJson(configuration as unknown as JsonObject)) {
    throw new RangeError(`its fields contradict each other, or this version lacks one: ${found}`);
  }
  return configuration;
}

/** Refuses what is not of the type of an example, nor are its parts; lists are as long as they like. */
function checkType(name: string, value: Json | undefined, like: Json): void {
  if (typeOf(value) !== typeOf(like)) {
    const found = value === undefined ? "missing" : canonicalJson(value);
    throw new TypeError(`its ${name} must be ${typeOf(like)}: ${found}`);
  }
  if (typeof like !== "object") return;
  const [parts, likes] = [value as JsonObject, like as JsonObject];
  for (const key of Object.keys(Array.isArray(like) ? parts : likes)) {
    checkType(`${name}.${key}`, parts[key], Array.isArray(like) ? like[0] : likes[key]!);
  }
}

function typeOf(value: Json | undefined): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
