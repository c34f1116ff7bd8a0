// One run, from its specification to its evidence.
import type { Dataset } from "@fa/data";
import {
  type Accuracy,
  accuracy,
  collectEvidence,
  type EpochEvidence,
  evidenceDefinitions,
  type JsonObject,
  mean,
  measured,
  type RunEvidence,
  type Snapshot,
  unmeasured,
} from "@fa/protocol";
import type { StepReport } from "@fa/methods";
import { cosineLr, openBackend, type OpenBackendOptions } from "@fa/tensor";
import { growthOf, matrixNorms } from "./_parameter_growth.ts";
import { type Setup, setUp } from "./_setup.ts";
import type { Progress, RunSpec } from "./run_spec.ts";

const REPORTS_PER_EPOCH = 20;

/**
 * Trains and measures one run. Deterministic: its evidence depends on the specification and the
 * dataset only. After initialisation and after every epoch the model is measured on the fixed
 * evaluation batches and its accuracy on the whole test set; measuring changes nothing.
 *
 * @param spec what to run.
 * @param dataset what to train on.
 * @param onProgress is told how far the run is.
 * @param cores threads that share large computations, see `openBackend`; changes no bit.
 * @returns the evidence, a plain JSON record.
 *
 * @example
 * ```ts
 * import { executeRun, planRuns, resolveConfiguration } from "@fa/audit";
 * import { synthetic } from "@fa/data";
 *
 * const [spec] = planRuns(resolveConfiguration({ preset: "tiny", width: 8, epochs: 1 })).runs;
 * const evidence = await executeRun(spec!, synthetic({ trainSize: 256, testSize: 1280 }));
 * if (evidence.epochs.length !== 1 || evidence.method !== "bp") throw new Error("wrong run");
 * ```
 */
export async function executeRun(
  spec: RunSpec,
  dataset: Dataset,
  onProgress: (progress: Progress) => void = () => {},
  cores: OpenBackendOptions = {},
): Promise<RunEvidence> {
  const setup = setUp(spec, dataset, await openBackend(spec.backend, cores));
  const { epochs, id } = spec;
  const initialNorms = await matrixNorms(setup.model);
  const initial = await snapshotOf(spec, setup);
  let latest: Partial<Progress> = standing(initial);
  onProgress({ id, epoch: 0, epochs, ...latest });
  const rows: EpochEvidence[] = [];
  let final: Accuracy | undefined;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const learningRate = cosineLr({ lr: spec.learningRate, epoch, epochs });
    const steps = trainEpoch(spec, setup, epoch, learningRate, (part) => {
      onProgress({ id, epoch: epoch + part, epochs, ...latest });
    });
    const { trainLoss, zeroCredits } = await summarize(steps);
    const snapshot = await snapshotOf(spec, setup);
    final = await testAccuracy(spec, setup);
    rows.push({
      epoch: epoch + 1,
      learningRate,
      trainLoss,
      accuracy: final.value,
      snapshot,
      parameterGrowth: growthOf(await matrixNorms(setup.model), initialNorms),
      zeroCredits,
    });
    latest = { accuracy: final.value, ...standing(snapshot) };
    onProgress({ id, epoch: epoch + 1, epochs, ...latest });
  }
  return {
    schemaVersion: 1,
    kind: "fa-evidence",
    method: spec.method,
    role: spec.role,
    seed: spec.seed,
    configuration: configurationOf(spec, setup),
    dataset: {
      name: setup.dataset.name,
      split: setup.dataset.description,
      trainSize: dataset.trainSize,
      testSize: dataset.testSize,
      inputShape: [...dataset.inputShape],
      classes: dataset.classes,
      notes: [...dataset.notes ?? []],
    },
    creditIndex: setup.measuring.creditIndex,
    creditNormalization: setup.creditNormalization,
    definitions: evidenceDefinitions,
    initial,
    epochs: rows,
    finalAccuracy: final ?? await testAccuracy(spec, setup),
  };
}

function trainEpoch(
  spec: RunSpec,
  { dataset, dataRng, trainer, backend }: Setup,
  epoch: number,
  lr: number,
  onPart: (part: number) => void,
): StepReport[] {
  const { batch, dtype } = spec;
  const steps = Math.floor(dataset.trainSize / batch);
  const every = Math.max(1, Math.floor(steps / REPORTS_PER_EPOCH));
  const reports: StepReport[] = [];
  for (const { x, y } of dataset.trainEpoch(epoch, { rng: dataRng, batch, dtype, backend })) {
    reports.push(trainer.step(x, y, { lr }));
    if (reports.length % every === 0 && reports.length < steps) onPart(reports.length / steps);
  }
  return reports;
}

/** Losses and counts of the steps of one epoch; read once, so that nothing waited for them. */
async function summarize(
  steps: readonly StepReport[],
): Promise<Pick<EpochEvidence, "trainLoss" | "zeroCredits">> {
  const losses: number[] = [];
  let zeros: number[] | undefined;
  for (const { loss, zeroCredits } of steps) {
    losses.push((await loss.data())[0]!);
    if (!zeroCredits) continue;
    const counts = await zeroCredits.data();
    zeros = Array.from(counts, (n, l) => n + (zeros?.[l] ?? 0));
  }
  return {
    trainLoss: measured(mean(losses), "mean training CE"),
    zeroCredits: zeros ?? unmeasured("backpropagation has no credits"),
  };
}

function snapshotOf({ evaluation, dtype }: RunSpec, setup: Setup): Promise<Snapshot> {
  const { batches, batch } = evaluation;
  const { dataset, backend } = setup;
  const images = dataset.testBatches({ batch, dtype, backend, limit: batches * batch });
  return collectEvidence(setup.model, images, setup.measuring);
}

function testAccuracy({ evaluation, dtype }: RunSpec, setup: Setup): Promise<Accuracy> {
  const { model, dataset, backend } = setup;
  return accuracy(model, dataset.testBatches({ batch: evaluation.batch, dtype, backend }));
}

function standing({ hiddenNorms, gradientNorms }: Snapshot): Partial<Progress> {
  return { hiddenNorm: hiddenNorms.at(-1)!, gradientNorm: gradientNorms.at(-1)! };
}

/** Every choice that the evidence depends on, also those that are fixed today. */
function configurationOf(spec: RunSpec, setup: Setup): JsonObject {
  const { id: _id, role: _role, method: _method, seed: _seed, ...chosen } = spec;
  return {
    ...chosen,
    model: "resmlp",
    terminalLayerNorm: true,
    residual: true,
    backend: setup.backend.name,
    optimizer: { name: "adamw", betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.01 },
    schedule: "cosine per epoch",
    ...(spec.method === "dfa" ? { feedback: "N(0, 1/C), one matrix for each block" } : {}),
  };
}
