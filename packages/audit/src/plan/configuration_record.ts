// A configuration as the files of an audit echo it.

import type { Dataset } from "@fa/data";
import type { JsonObject } from "@fa/protocol";
import { version } from "../version.ts";
import type { AuditConfiguration } from "./configuration.ts";
import { configurationHash } from "./configuration_hash.ts";

/**
 * Everything that the results of an audit depend on: its configuration, which software it is run by,
 * and what its data turned out to be.
 */
export interface ConfigurationRecord extends JsonObject {
  /** Version of this layout. */
  readonly schemaVersion: 1;
  /** What kind of record this is. */
  readonly kind: "fa-audit-configuration" | "fa-control-configuration";
  /** The `configurationHash`. */
  readonly hash: string;
}

/** The record of a configuration and its dataset. */
export async function configurationRecord(
  configuration: AuditConfiguration,
  { description, notes = [] }: Pick<Dataset, "description" | "notes">,
): Promise<ConfigurationRecord> {
  return {
    schemaVersion: 1,
    kind: "fa-audit-configuration",
    software: { name: "@fa/audit", version },
    hash: await configurationHash(configuration),
    ...configuration as unknown as JsonObject,
    data: { ...configuration.data, description, notes: [...notes] },
  };
}
