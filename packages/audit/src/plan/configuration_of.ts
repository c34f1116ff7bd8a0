// Back from a record to the configuration that it echoes.

import type { JsonObject } from "@fa/protocol";
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
 * @throws {TypeError | RangeError} if it is not.
 */
export function configurationOf(record: JsonObject): AuditConfiguration {
  const { schemaVersion: _, kind: __, hash: ___, software: ____, ...echo } = record;
  const { description: _____, notes: ______, ...data } = echo["data"] as JsonObject;
  const choices = { ...echo, data: data["name"], limit: data["trainSize"] };
  const configuration = resolveConfiguration(choices as unknown as AuditChoices);
  const found = canonicalJson({ ...echo, data });
  if (found !== canonicalJson(configuration as unknown as JsonObject)) {
    throw new RangeError(`its fields contradict each other, or this version lacks one: ${found}`);
  }
  return configuration;
}
