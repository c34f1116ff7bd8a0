// What is known of each start of an audit: the things that may differ and change no result.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { JsonObject } from "@fa/protocol";
import { machine, runtime } from "../machine.ts";
import { toJson } from "../output/to_json.ts";
import { version } from "../version.ts";
import type { AuditFolder } from "./audit_folder.ts";

/** How a start came to its end; `running` also says that nobody could say more. */
export type Outcome = "running" | "finished" | "stopped" | "failed";

const fileName = "run.json";

/** `run.json`: an entry for each start of the audit in which anything was run. */
export class RunFacts {
  readonly #folder: AuditFolder;
  readonly #earlier: readonly unknown[];
  readonly #facts: JsonObject;
  readonly #started = performance.now();

  private constructor(folder: AuditFolder, earlier: readonly unknown[], facts: JsonObject) {
    this.#folder = folder;
    this.#earlier = earlier;
    this.#facts = facts;
  }

  /** Adds an entry. */
  static async start(folder: AuditFolder, about: JsonObject): Promise<RunFacts> {
    const facts = new RunFacts(folder, await readStarts(join(folder.path, fileName)), {
      startedAt: new Date().toISOString(),
      software: { name: "@fa/audit", version },
      runtime: runtime(),
      machine: machine(),
      ...about,
    });
    await facts.end("running");
    return facts;
  }

  /** Says how it ended, and when. */
  async end(outcome: Outcome): Promise<void> {
    const seconds = Math.round(performance.now() - this.#started) / 1000;
    const starts = [...this.#earlier, { ...this.#facts, outcome, seconds }];
    await this.#folder.write(fileName, toJson({ schemaVersion: 1, kind: "fa-run-facts", starts }));
  }
}

/** Which checkpoints the last start was to keep. */
export async function lastKeep(out: string): Promise<{ keepLast: number; keepEpochs: number[] }> {
  const last = (await readStarts(join(out, fileName))).at(-1) as
    | { readonly keep?: { readonly keepLast?: unknown; readonly keepEpochs?: unknown } }
    | undefined;
  const { keepLast, keepEpochs } = last?.keep ?? {};
  return {
    keepLast: isEpoch(keepLast) ? keepLast : 1,
    keepEpochs: Array.isArray(keepEpochs) ? keepEpochs.filter(isEpoch) : [],
  };
}

function isEpoch(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

/** The entries of earlier starts; none where they cannot be read, as no result depends on them. */
async function readStarts(path: string): Promise<readonly unknown[]> {
  try {
    const { starts } = JSON.parse(await readFile(path, "utf8"));
    return Array.isArray(starts) ? starts : [];
  } catch {
    return [];
  }
}
