// What the folder of an audit says of the audit in it.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { JsonObject } from "@fa/protocol";
import { toJson } from "../output/to_json.ts";
import type { ConfigurationRecord } from "../plan/configuration_record.ts";
import { differences } from "./differences.ts";
import { writeAtomic } from "./write_atomic.ts";

const fileName = "configuration.json";
const maxLines = 8; // of what differs
const wholeRule = /^rules\.\w+: /; // that there is one follows from the methods

/**
 * The record in `configuration.json`.
 *
 * @param expected what kind of record it must be.
 * @returns undefined if there is no such file.
 * @throws {Error} if it cannot be read, or is no such record.
 */
export async function readConfiguration(
  out: string,
  expected: ConfigurationRecord["kind"] = "fa-audit-configuration",
): Promise<ConfigurationRecord | undefined> {
  const path = join(out, fileName);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (["ENOENT", "ENOTDIR"].includes((cause as { code: string }).code)) return undefined;
    throw new Error(`Cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
  let record: JsonObject;
  try {
    record = JSON.parse(text);
  } catch (cause) {
    throw unusable(path, `it is no JSON: ${(cause as Error).message}`);
  }
  const { kind, schemaVersion } = record ?? {};
  if (kind !== expected || schemaVersion !== 1) {
    throw unusable(path, `its kind and version are ${kind} ${schemaVersion}`);
  }
  return record as ConfigurationRecord;
}

/**
 * Refuses a folder that holds the audit of another configuration: what two audits bring must not be
 * mixed.
 *
 * @returns whether the folder holds this one.
 * @throws {Error} if it holds another; the message names what differs.
 */
export async function checkConfiguration(
  out: string,
  asked: ConfigurationRecord,
): Promise<boolean> {
  const there = await readConfiguration(out, asked.kind);
  if (!there) {
    await checkNoResults(out);
    return false;
  }
  const each = differences(determining(there), determining(asked));
  // Where both train all of their epochs, it is said with the epochs.
  const follows = trainsAll(there) && trainsAll(asked);
  const all = each.filter((line) => !(follows && line.startsWith("stopAfter: ")));
  if (all.length === 0) return true;
  const telling = all.filter((line) => !wholeRule.test(line));
  const lines = telling.length > 0 ? telling : all;
  const more = lines.length > maxLines ? [`and ${lines.length - maxLines} more`] : [];
  const said = [...lines.slice(0, maxLines), ...more].join("; ");
  throw new Error(
    `Cannot go on in ${out} as it holds an audit of another configuration (${said}): ` +
      `choose another folder with --out, or leave these options out to go on with what is there`,
  );
}

/** Writes `configuration.json`. */
export async function writeConfiguration(out: string, record: ConfigurationRecord): Promise<void> {
  await writeAtomic(join(out, fileName), toJson(record));
}

/** Results that say nothing of where they come from are not written over. */
async function checkNoResults(out: string): Promise<void> {
  const names = await readdir(out).catch((): string[] => []);
  const found = ["audit.json", "control.json", "runs"].filter((name) => names.includes(name));
  if (found.length === 0) return;
  throw new Error(
    `Cannot go on in ${out} as it has ${found.join(" and ")} but no ${fileName}: ` +
      `choose another folder with --out, or delete this one`,
  );
}

/** Without the hash, which differs wherever anything does, and the preset, which determines nothing. */
function determining({ hash: _, ...record }: ConfigurationRecord): JsonObject {
  const { preset: __, ...rest } = record as JsonObject;
  return rest;
}

/** Whether all epochs are trained; records that do not say so are of a version that always did. */
function trainsAll({ epochs, stopAfter = epochs }: JsonObject): boolean {
  return stopAfter === epochs;
}

function unusable(path: string, reason: string): Error {
  return new Error(
    `Cannot use ${path} as ${reason}; choose another folder with --out, or delete this one`,
  );
}
