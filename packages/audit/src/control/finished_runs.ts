// The finished runs of an audit that is already there.

import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { decodeCheckpoint, encodeCheckpoint } from "@fa/methods";
import { type JsonObject, parseEvidence, type RunEvidence } from "@fa/protocol";
import { checkDatasetName, type DatasetName } from "@fa/data";
import { readIfThere } from "../folder/_read_if_there.ts";
import { epochOf } from "../folder/checkpoint_names.ts";
import { parseSums, sha256, type Sums, sumsName } from "../folder/sums.ts";
import type { RunSpec } from "../run/run_spec.ts";

/** A finished run. */
export interface FinishedRun {
  /** Its id in the audit. */
  readonly id: string;
  /** Its folder. */
  readonly folder: string;
  /** SHA-256 of its files by name. */
  readonly sums: Sums;
  readonly evidence: RunEvidence;
  /** What it ran; of evidence of older versions with what they always did. */
  readonly spec: RunSpec;
}

/** What a folder of an audit has. */
export interface FinishedAudit {
  readonly runs: readonly FinishedRun[];
  /** Ids of runs that are not finished. */
  readonly unfinished: readonly string[];
  /** Dataset and the sizes that are used of it. */
  readonly data: {
    readonly name: DatasetName;
    readonly trainSize: number;
    readonly testSize: number;
  };
}

/**
 * Reads the finished runs of an audit, or of a control. Nothing is written. Files whose checksums
 * do not hold are refused.
 *
 * @throws {Error} if there is no audit, or a file is missing or damaged.
 */
export async function readFinishedRuns(out: string): Promise<FinishedAudit> {
  const path = join(out, "configuration.json");
  const bytes = await readIfThere(path);
  if (!bytes) throw new Error(`Cannot measure the runs of ${out} as it has no configuration.json`);
  const data = dataOf(parse(bytes, path), path);
  const runs: FinishedRun[] = [];
  const unfinished: string[] = [];
  const ids = await readdir(join(out, "runs")).catch(() => []);
  for (const id of ids.sort()) {
    const folder = join(out, "runs", id);
    const run = await readRun(folder);
    if (run) runs.push(run);
    else unfinished.push(id);
  }
  if (runs.length === 0) {
    throw new Error(`Cannot measure the runs of ${out} as none of them is finished`);
  }
  return { runs, unfinished, data };
}

async function readRun(folder: string): Promise<FinishedRun | undefined> {
  const list = await readIfThere(join(folder, sumsName));
  if (!list) return undefined;
  const sums = parseSums(new TextDecoder().decode(list));
  if (!sums) throw new Error(`Cannot use ${join(folder, sumsName)} as it is damaged`);
  const path = join(folder, "evidence.json");
  const evidence = parseEvidence(
    new TextDecoder().decode(await checked(folder, "evidence.json", sums)),
    path,
  );
  const id = basename(folder);
  return { id, folder, sums, evidence, spec: specOfEvidence(id, evidence) };
}

/** The bytes of a file with the checksum that the run was finished with. */
async function checked(folder: string, name: string, sums: Sums): Promise<Uint8Array> {
  const path = join(folder, name);
  const bytes = await readFile(path).catch((cause) => {
    throw new Error(`Cannot read ${path}: ${(cause as Error).message}`, { cause });
  });
  if (await sha256(bytes) !== sums[name]) {
    throw new Error(`Cannot use ${path} as it has not the checksum in ${sumsName}`);
  }
  return bytes;
}

/** What was run, as its evidence echoes it. */
function specOfEvidence(id: string, { configuration, method, role, seed }: RunEvidence): RunSpec {
  const { frozenBlocks: _, model: __, optimizer: ___, schedule: ____, ...spec } = configuration;
  return upgraded({ ...spec, id, method, role, seed });
}

/** A specification of an older version with what that version always did. */
function upgraded(spec: JsonObject): RunSpec {
  return { stopAfter: spec["epochs"]!, probes: "none", ...spec } as unknown as RunSpec;
}

/** The last checkpoint of a finished run, as that of a run of another specification. */
export async function checkpointAs(
  { folder, sums }: FinishedRun,
  spec: RunSpec,
  dataset: JsonObject,
): Promise<{ readonly bytes: Uint8Array; readonly epoch: number; readonly sum: string }> {
  const epochs = Object.keys(sums).map(epochOf).filter((epoch) => epoch !== undefined);
  const epoch = Math.max(...epochs);
  const name = Object.keys(sums).find((each) => epochOf(each) === epoch);
  if (name === undefined) throw new Error(`Cannot measure ${folder} as it has no checkpoint`);
  const path = join(folder, name);
  const { model, trainer, record } = await decodeCheckpoint(await checked(folder, name, sums), {
    name: path,
  });
  const found = record as JsonObject;
  if (found["kind"] !== "fa-run" || !trainer) {
    throw new Error(`Cannot measure ${path} as it is no checkpoint of a run`);
  }
  const { id: _, role: __, probes: ___, ...own } = upgraded(found["spec"] as JsonObject);
  const { id: ____, role: _____, probes: ______, ...asked } = spec;
  if (JSON.stringify(sorted(own)) !== JSON.stringify(sorted(asked)) || epoch !== spec.stopAfter) {
    throw new Error(`Cannot measure ${path} as it is not of the run that its evidence names`);
  }
  const bytes = await encodeCheckpoint({
    model,
    trainer,
    record: { ...found, spec: spec as unknown as JsonObject, dataset },
  });
  return { bytes, epoch, sum: sums[name]! };
}

function sorted(record: object): unknown[] {
  return Object.entries(record).sort(([a], [b]) => a < b ? -1 : 1)
    .map(([key, value]) => [key, typeof value === "object" ? sorted(value) : value]);
}

function parse(bytes: Uint8Array, path: string): JsonObject {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new Error(`Cannot use ${path} as it is no JSON: ${(cause as Error).message}`, { cause });
  }
}

function dataOf(record: JsonObject | null, path: string): FinishedAudit["data"] {
  const { name, trainSize, testSize } = (record?.["data"] ?? {}) as JsonObject;
  if (typeof name !== "string" || typeof trainSize !== "number" || typeof testSize !== "number") {
    throw new Error(`Cannot use ${path} as it names no data with their sizes`);
  }
  return { name: checkDatasetName(name), trainSize, testSize };
}
