// What is measured of a run, and on which data.
import type { Dataset } from "@fa/data";
import {
  type Accuracy,
  accuracy,
  collectEvidence,
  type DatasetRecord,
  type Measured,
  type Snapshot,
  unmeasured,
} from "@fa/protocol";
import type { Setup } from "./_setup.ts";
import type { RunSpec } from "./run_spec.ts";

/** The model as it is, on the fixed evaluation batches, its gradients checked against float64. */
export async function snapshotOf(
  { evaluation, dtype }: RunSpec,
  setup: Setup,
): Promise<Snapshot> {
  const { batches, batch } = evaluation;
  const { dataset, backend } = setup;
  const images = dataset.testBatches({ batch, dtype, backend, limit: batches * batch });
  const exactModel = setup.exactModel();
  return await collectEvidence(setup.model, images, {
    ...setup.measuring,
    ...(exactModel && { exactModel }),
    feedbackHash: await setup.feedbackHash(),
  });
}

/** Its accuracy on the whole test set. */
export function testAccuracy({ evaluation, dtype }: RunSpec, setup: Setup): Promise<Accuracy> {
  const { model, dataset, backend } = setup;
  return accuracy(model, dataset.testBatches({ batch: evaluation.batch, dtype, backend }));
}

/** Which data a run saw. */
export function datasetRecord(dataset: Dataset): DatasetRecord {
  return {
    name: dataset.name,
    split: dataset.description,
    trainSize: dataset.trainSize,
    testSize: dataset.testSize,
    inputShape: [...dataset.inputShape],
    classes: dataset.classes,
    notes: [...dataset.notes ?? []],
  };
}

/** NaN logits are no wrong answers: without all predictions there is no accuracy to compare. */
export function accuracyOfEpoch({ value, total, withoutPrediction }: Accuracy): Measured {
  return withoutPrediction === 0
    ? value
    : unmeasured(`${withoutPrediction} of ${total} test samples have no prediction`);
}
