// A short name for a configuration.

import type { JsonObject } from "@fa/protocol";
import { canonicalJson } from "./canonical_json.ts";
import type { AuditConfiguration } from "./configuration.ts";

/**
 * The first 8 hex digits of the SHA-256 of the canonical JSON of a configuration without its
 * `preset`, which determines nothing by itself. 32 bits: a name for a folder, not a proof.
 *
 * @example
 * ```ts
 * import { configurationHash, resolveConfiguration } from "@fa/audit";
 *
 * const quick = await configurationHash(resolveConfiguration({}));
 * const same = await configurationHash(resolveConfiguration({ preset: "quick", epochs: 20 }));
 * const other = await configurationHash(resolveConfiguration({ epochs: 21 }));
 * if (!/^[0-9a-f]{8}$/.test(quick) || same !== quick || other === quick) throw new Error("hash");
 * ```
 */
export async function configurationHash(configuration: AuditConfiguration): Promise<string> {
  const { preset: _, ...determining } = configuration;
  const text = canonicalJson(determining as unknown as JsonObject);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest, 0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}
