// Whether a file is the checkpoint that its name promises.
import type { Dataset } from "@fa/data";
import { CheckpointError } from "@fa/methods";
import { datasetRecord } from "./_measure.ts";
import { readRun } from "./_run_checkpoint.ts";
import { relabelled } from "./_setup.ts";
import type { RunSpec } from "./run_spec.ts";

/** What a file should be the checkpoint of. */
export interface ExpectedCheckpoint {
  /** The run. */
  readonly spec: RunSpec;
  /** What the run is trained on, as it is given to `executeRun`. */
  readonly dataset: Dataset;
  /** Finished epochs. */
  readonly epoch: number;
  /** What the file is called in errors. */
  readonly name: string;
}

/**
 * Checks that bytes are the checkpoint of a run after an epoch, every bit as it was written.
 * @throws {CheckpointError} if not.
 */
export async function checkCheckpoint(
  bytes: Uint8Array,
  { spec, dataset, epoch, name }: ExpectedCheckpoint,
): Promise<void> {
  const about = { spec, dataset: datasetRecord(relabelled(dataset, spec)) };
  const { rows } = (await readRun(bytes, about, name)).soFar;
  if (rows.length !== epoch) {
    throw new CheckpointError(`Cannot use ${name} as it must be of epoch ${epoch}: ${rows.length}`);
  }
}
