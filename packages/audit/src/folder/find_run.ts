// What an earlier start has left of a run, once it is known to be whole.

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RunEvidence } from "@fa/protocol";
import type { RunSpec } from "../run/run_spec.ts";
import { readIfThere } from "./_read_if_there.ts";
import { checkpointName, epochOf } from "./checkpoint_names.ts";
import { readFinished } from "./read_finished.ts";
import { sha256, type Sums, sumsName } from "./sums.ts";

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
  const marked = names.includes(sumsName) ? await readFinished(folder, spec) : undefined;
  if (marked?.evidence) return { state: "finished", evidence: marked.evidence };
  const promised = marked?.names ?? [];
  const { from, sums, damage } = await goodCheckpoints(folder, [...names, ...promised], check);
  for (const name of names.filter((name) => isOver(name, from))) {
    await rm(join(folder, name), { force: true });
  }
  // What is wrong with a checkpoint has been found out above.
  const first = marked && epochOf(marked.file) === undefined
    ? `${marked.file} ${marked.problem}`
    : undefined;
  const reasons = [first, damage].filter((reason) => reason !== undefined);
  if (marked && reasons.length === 0) reasons.push(`${sumsName} is damaged`);
  if (reasons.length === 0) return { state: "open", from, sums };
  const way = from > 0 ? `goes on from epoch ${from}` : "starts again";
  return { state: "open", from, sums, damage: `${spec.id} ${way}: ${reasons.join("; ")}` };
}

/** Whether a file has no place in a run that goes on from an epoch. */
function isOver(name: string, from: number): boolean {
  return name === sumsName || name === "evidence.json" || (epochOf(name) ?? 0) > from;
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

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return [];
    throw new Error(`Cannot read ${folder}: ${(error as Error).message}`, { cause: error });
  }
}
