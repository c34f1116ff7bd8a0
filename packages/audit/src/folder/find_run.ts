// What an earlier start has left of a run, once it is known to be whole.

import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Json, parseEvidence, type RunEvidence } from "@fa/protocol";
import { canonicalJson } from "../plan/canonical_json.ts";
import type { RunSpec } from "../run/run_spec.ts";
import { checkpointName, epochOf } from "./checkpoint_names.ts";
import { parseSums, sha256, type Sums, sumsName } from "./sums.ts";

/** What is left of a run. */
export type FoundRun =
  | {
    /** All of it. */
    readonly state: "finished";
    readonly evidence: RunEvidence;
  }
  | {
    /** Checkpoints, or nothing. */
    readonly state: "open";
    /** Epoch of the checkpoint that it goes on from; 0 if it starts afresh. */
    readonly from: number;
    /** SHA-256 of the checkpoints that are there, by name. */
    readonly sums: Sums;
    /** What was damaged, and what comes of it, in a line. */
    readonly damage?: string;
  };

/** Throws unless the bytes are the checkpoint of this run after that many epochs. */
export type CheckCheckpoint = (bytes: Uint8Array, epoch: number, name: string) => Promise<void>;

/**
 * Looks for what an earlier start has left of a run. It is finished if all its files have the
 * checksums of `SHA256SUMS`. If it is not, or a file is missing or damaged, it goes on from the newest
 * checkpoint that is older than the first damaged one, so that in the end every file is what it would
 * have been; all that is newer is removed.
 *
 * @param folder folder of the run.
 * @param spec the run.
 * @param check tells good checkpoints from others.
 */
export async function findRun(
  folder: string,
  spec: RunSpec,
  check: CheckCheckpoint,
): Promise<FoundRun> {
  const names = await namesIn(folder);
  const marked = names.includes(sumsName)
    ? await readMarked(folder, spec)
    : { names: [], damage: undefined };
  if ("evidence" in marked) return { state: "finished", evidence: marked.evidence };
  const { from, sums, damage } = await goodCheckpoints(folder, [...names, ...marked.names], check);
  for (const name of names.filter((name) => isOver(name, from))) {
    await rm(join(folder, name), { force: true });
  }
  const reasons = [marked.damage, damage].filter((reason) => reason !== undefined);
  if (reasons.length === 0) {
    if (!names.includes(sumsName)) return { state: "open", from, sums };
    reasons.push(`${sumsName} is damaged`); // all that it speaks of is whole
  }
  const way = from > 0 ? `goes on from epoch ${from}` : "starts again";
  return { state: "open", from, sums, damage: `${spec.id} ${way}: ${reasons.join("; ")}` };
}

/** Whether a file has no place in a run that goes on from an epoch. */
function isOver(name: string, from: number): boolean {
  return name === sumsName || name === "evidence.json" || (epochOf(name) ?? 0) > from;
}

/** A run that is marked as finished: its evidence if it is, otherwise its files and what is wrong. */
async function readMarked(
  folder: string,
  spec: RunSpec,
): Promise<{ evidence: RunEvidence } | { names: readonly string[]; damage: string | undefined }> {
  const sums = parseSums(await readFile(join(folder, sumsName), "utf8"));
  if (!sums) return { names: [], damage: `${sumsName} is damaged` };
  const names = Object.keys(sums);
  let evidence: RunEvidence | undefined;
  for (const name of new Set(["evidence.json", checkpointName(spec.epochs), ...names])) {
    const path = join(folder, name);
    const bytes = await readIfThere(path);
    const good = bytes && await sha256(bytes) === sums[name];
    // What is wrong with a checkpoint is found, and said, when the last good one is looked for.
    if (!good && epochOf(name) !== undefined) return { names, damage: undefined };
    if (!good) return { names, damage: `${name} is ${bytes ? "damaged" : "missing"}` };
    if (name === "evidence.json") evidence = parse(bytes, path);
  }
  if (evidence && isOf(spec, evidence)) return { evidence };
  return { names, damage: "evidence.json is not of this run" };
}

function parse(bytes: Uint8Array, path: string): RunEvidence | undefined {
  try {
    return parseEvidence(new TextDecoder().decode(bytes), path);
  } catch {
    return undefined; // such as the evidence of another version
  }
}

/** Whether evidence is that of a run: it echoes all that the run is specified by. */
function isOf({ id: _, ...spec }: RunSpec, evidence: RunEvidence): boolean {
  const { configuration, method, role, seed } = evidence;
  const echo: Readonly<Record<string, Json | undefined>> = { ...configuration, method, role, seed };
  return Object.entries(spec).every(([key, value]) =>
    echo[key] !== undefined && canonicalJson(echo[key]) === canonicalJson(value as Json)
  );
}

/** The checkpoints before the first one that is missing or damaged. */
async function goodCheckpoints(
  folder: string,
  names: readonly string[],
  check: CheckCheckpoint,
): Promise<{ from: number; sums: Sums; damage?: string }> {
  const epochs = new Set(names.map(epochOf).filter((epoch) => epoch !== undefined));
  const sums: Record<string, string> = {};
  let from = 0;
  for (const epoch of [...epochs].sort((a, b) => a - b)) {
    const name = checkpointName(epoch);
    const bytes = await readIfThere(join(folder, name));
    if (!bytes) return { from, sums, damage: `${name} is missing` };
    try {
      await check(bytes, epoch, name);
    } catch (error) {
      return { from, sums, damage: (error as Error).message };
    }
    sums[name] = await sha256(bytes);
    from = epoch;
  }
  return { from, sums };
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw new Error(`Cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return [];
    throw new Error(`Cannot read ${folder}: ${(error as Error).message}`, { cause: error });
  }
}
