// Measures a finished run again, from its last checkpoint alone.
import type { Dataset } from "@fa/data";
import type { Accuracy, Probes, Snapshot } from "@fa/protocol";
import { openBackend } from "@fa/tensor";
import { datasetRecord, snapshotOf, testAccuracy } from "./_measure.ts";
import { probesOf } from "./_probe.ts";
import { loadRun } from "./_run_checkpoint.ts";
import { relabelled, setUp } from "./_setup.ts";
import type { RunSpec } from "./run_spec.ts";

/** What came of measuring again. */
export interface Remeasured {
  readonly snapshot: Snapshot;
  readonly accuracy: Accuracy;
  /** Where the run was probed after its last epoch. */
  readonly probes?: Probes;
  /** Epochs that the checkpoint says are finished. */
  readonly epochs: number;
  /** Number of auxiliary tensors that the method's credits were computed with. */
  readonly auxiliary: number;
}

/**
 * Measures what `executeRun` measured last. The model and the auxiliary tensors are drawn from another
 * seed before the checkpoint is loaded, so that anything it lacks would show.
 *
 * @throws {CheckpointError} if the checkpoint is damaged, or of another run.
 */
export async function remeasure(
  spec: RunSpec,
  dataset: Dataset,
  checkpoint: Uint8Array,
): Promise<Remeasured> {
  const about = { spec, dataset: datasetRecord(relabelled(dataset, spec)) };
  const other = { ...spec, seed: spec.seed === 0 ? 1 : spec.seed - 1 };
  const setup = setUp(other, dataset, await openBackend(spec.backend));
  const { rows } = await loadRun(checkpoint, about, setup);
  return {
    snapshot: await snapshotOf(spec, setup),
    accuracy: await testAccuracy(spec, setup),
    ...(spec.probes !== "none" && { probes: await probesOf(spec, setup) }),
    epochs: rows.length,
    auxiliary: setup.trainer.auxiliary.size,
  };
}
