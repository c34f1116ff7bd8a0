// What a run leaves on the disk while it goes on, and when it is done.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { checkpointsToDelete, type KeepPolicy } from "@fa/methods";
import { type JsonObject, parseEvidence, type RunEvidence } from "@fa/protocol";
import { toJson } from "../output/to_json.ts";
import { canonicalJson } from "../plan/canonical_json.ts";
import { readIfThere } from "./_read_if_there.ts";
import { checkpointName, epochOf } from "./checkpoint_names.ts";
import { formatSums, sha256, type Sums, sumsName } from "./sums.ts";
import { writeAtomic } from "./write_atomic.ts";

/** Where a run keeps its files, and what it has there already. Can be posted to a worker. */
export interface RunPlace {
  /** Folder of the run. */
  readonly path: string;
  /** Finished epochs, of the last of which there is a checkpoint; 0 if it starts afresh. */
  readonly from: number;
  /** SHA-256 of the checkpoints that are there, by name. */
  readonly sums: Sums;
  /** Which checkpoints stay. */
  readonly keep: KeepPolicy;
}

/**
 * The files of a run: `checkpoint-epoch-0003.safetensors` after every epoch, of which those stay that
 * are to be kept; `evidence.json`; and at last `SHA256SUMS`, which says that the run is finished.
 */
export class RunFiles {
  readonly #place: RunPlace;
  readonly #sums: Map<string, string>;

  constructor(place: RunPlace) {
    this.#place = place;
    this.#sums = new Map(Object.entries(place.sums));
  }

  /**
   * The checkpoint to go on from; undefined if there is none.
   *
   * @throws {Error} if it is missing, or cannot be read.
   */
  async resume(): Promise<Uint8Array | undefined> {
    const { from } = this.#place;
    if (from === 0) return undefined;
    const path = this.#path(checkpointName(from));
    const checkpoint = await readIfThere(path);
    if (!checkpoint) throw new Error(`Cannot go on from ${path} as it is missing`);
    return checkpoint;
  }

  /** Keeps the checkpoint of an epoch, then deletes those that need not stay. */
  async save(checkpoint: Uint8Array, epoch: number): Promise<void> {
    const name = checkpointName(epoch);
    await writeAtomic(this.#path(name), checkpoint);
    this.#sums.set(name, await sha256(checkpoint));
    await this.#prune();
  }

  /**
   * Keeps the evidence, and says that the run is finished.
   *
   * @returns the evidence as a reader of the file finds it: the order of its keys, too, is the same
   * whether the run was interrupted or not.
   */
  async finish(evidence: RunEvidence): Promise<RunEvidence> {
    await this.#prune(); // a run that was killed after its last checkpoint comes here at once
    const path = this.#path("evidence.json");
    const read = parseEvidence(canonicalJson(evidence as unknown as JsonObject), path);
    const bytes = new TextEncoder().encode(toJson(read));
    await writeAtomic(path, bytes);
    this.#sums.set("evidence.json", await sha256(bytes));
    await writeAtomic(this.#path(sumsName), formatSums(Object.fromEntries(this.#sums)));
    return read;
  }

  /** Deletes the checkpoints that need not stay. */
  async #prune(): Promise<void> {
    const epochs = [...this.#sums.keys()].map(epochOf).filter((epoch) => epoch !== undefined);
    for (const old of checkpointsToDelete(epochs, this.#place.keep).map(checkpointName)) {
      await rm(this.#path(old), { force: true });
      this.#sums.delete(old);
    }
  }

  #path(name: string): string {
    return join(this.#place.path, name);
  }
}
