// One run, from its specification to its evidence.
import type { Dataset } from "@fa/data";
import {
  type Accuracy,
  type EpochEvidence,
  evidenceDefinitions,
  type JsonObject,
  mean,
  measured,
  type RunEvidence,
  type Snapshot,
  unmeasured,
} from "@fa/protocol";
import { locateNonFinite, SelfCheckAlarm, SelfChecks, type StepReport } from "@fa/methods";
import { cosineLr, openBackend, type OpenBackendOptions } from "@fa/tensor";
import { accuracyOfEpoch, datasetRecord, snapshotOf, testAccuracy } from "./_measure.ts";
import { growthOf, matrixNorms } from "./_parameter_growth.ts";
import { loadRun, type RunSoFar, saveRun } from "./_run_checkpoint.ts";
import { probesOf } from "./_probe.ts";
import { type Setup, setUp } from "./_setup.ts";
import type { Progress, RunSpec } from "./run_spec.ts";

const REPORTS_PER_EPOCH = 20;

/** How to execute a run; nothing here changes its evidence. */
export interface ExecuteRunOptions {
  /** Is told how far the run is. */
  readonly onProgress?: (progress: Progress) => void;
  /** Threads that share large computations, see `openBackend`. */
  readonly cores?: OpenBackendOptions;
  /** A checkpoint of the same run, to go on from. */
  readonly resume?: Uint8Array;
  /** Keeps a checkpoint; called after every epoch, the last one included, and awaited. */
  readonly onCheckpoint?: (checkpoint: Uint8Array, epoch: number) => Promise<void>;
  /** Whether training is watched, see `SelfChecks`. Default true. */
  readonly selfChecks?: boolean;
}

/**
 * Trains and measures one run. Deterministic: its evidence depends on the specification and the
 * dataset only, however often it is interrupted and resumed. After initialisation and after every
 * epoch the model is measured on the fixed evaluation batches and its accuracy on the whole test set;
 * after the epochs that `spec.probes` names it is probed too. Measuring changes nothing.
 *
 * @param spec what to run.
 * @param dataset what to train on.
 * @param options how to run it.
 * @returns the evidence, a plain JSON record.
 * @throws {CheckpointError} if `resume` is damaged, or belongs to another run.
 * @throws {SelfCheckAlarm} if training went wrong: see `SelfChecks`.
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
  { onProgress = () => {}, cores = {}, resume, onCheckpoint, selfChecks = true }:
    ExecuteRunOptions = {},
): Promise<RunEvidence> {
  const backend = await openBackend(spec.backend, cores);
  const setup = setUp(spec, dataset, backend);
  const { id, stopAfter: epochs } = spec; // those that are trained
  const about = { spec, dataset: datasetRecord(setup.dataset) };
  const start: RunSoFar = resume ? await loadRun(resume, about, setup) : {
    initialNorms: await matrixNorms(setup.model),
    initial: await snapshotOf(spec, setup),
    rows: [],
  };
  const { initialNorms, initial } = start;
  const rows: EpochEvidence[] = [...start.rows];
  let final = start.final;
  let latest = standing(rows.at(-1)?.snapshot ?? initial, final);
  onProgress({ id, epoch: rows.length, epochs, ...latest });
  const { method } = spec;
  const { model, trainer, rule } = setup;
  const checks = selfChecks ? new SelfChecks({ method, model, trainer, rule }) : undefined;
  let saved = resume;
  for (let epoch = rows.length; epoch < epochs; epoch++) {
    const onPart = (part: number) => onProgress({ id, epoch: epoch + part, epochs, ...latest });
    const steps = await watched(
      checks,
      epoch,
      () => trainEpoch(spec, setup, { epoch, checks, onPart }),
      async () => {
        const again = setUp(spec, dataset, backend);
        const from = saved ? (await loadRun(saved, about, again)).rows.length : 0;
        for (let e = from; e < epoch; e++) trainEpoch(spec, again, { epoch: e });
        return again;
      },
      (again) => trainEpoch(spec, again, { epoch }),
    );
    const { trainLoss, zeroCredits } = await summarize(steps);
    const snapshot = await snapshotOf(spec, setup);
    final = await testAccuracy(spec, setup);
    rows.push({
      epoch: epoch + 1,
      learningRate: learningRateOf(spec, epoch),
      trainLoss,
      accuracy: accuracyOfEpoch(final),
      snapshot,
      parameterGrowth: growthOf(await matrixNorms(setup.model), initialNorms),
      zeroCredits,
      ...(isProbed(spec, epoch + 1) && { probes: await probesOf(spec, setup) }),
    });
    if (onCheckpoint) {
      saved = await saveRun({ initialNorms, initial, rows, final }, about, setup);
      await onCheckpoint(saved, epoch + 1);
    }
    latest = standing(snapshot, final);
    onProgress({ id, epoch: epoch + 1, epochs, ...latest });
  }
  const last = rows.at(-1);
  if (last && !last.probes && isProbed(spec, last.epoch)) { // it was trained to be measured otherwise
    rows[rows.length - 1] = { ...last, probes: await probesOf(spec, setup) };
  }
  return {
    schemaVersion: 2,
    kind: "fa-evidence",
    method: spec.method,
    role: spec.role,
    seed: spec.seed,
    configuration: configurationOf(spec, setup),
    dataset: about.dataset,
    creditIndex: setup.measuring.creditIndex,
    creditNormalization: setup.creditNormalization,
    definitions: evidenceDefinitions,
    initial,
    epochs: rows,
    finalAccuracy: final ?? await testAccuracy(spec, setup),
  };
}

/** Whether the model is probed after that many epochs. */
function isProbed({ probes, stopAfter }: RunSpec, epoch: number): boolean {
  return probes === "every-epoch" || (probes === "final" && epoch === stopAfter);
}

interface EpochAtWork {
  readonly epoch: number;
  readonly checks?: SelfChecks | undefined;
  readonly onPart?: (part: number) => void;
}

function learningRateOf({ learningRate, epochs }: RunSpec, epoch: number): number {
  return cosineLr({ lr: learningRate, epoch, epochs });
}

function trainEpoch(
  spec: RunSpec,
  { dataset, dataRng, trainer, backend }: Setup,
  { epoch, checks, onPart = () => {} }: EpochAtWork,
): StepReport[] {
  const { batch, dtype, epochs } = spec;
  const steps = Math.floor(dataset.trainSize / batch);
  const every = Math.max(1, Math.floor(steps / REPORTS_PER_EPOCH));
  const reports: StepReport[] = [];
  const when = {
    lr: learningRateOf(spec, epoch),
    epoch: epoch + 1,
    epochs,
    ...(checks && { inspect: checks.inspect }),
  };
  for (const { x, y } of dataset.trainEpoch(epoch, { rng: dataRng, batch, dtype, backend })) {
    const report = trainer.step(x, y, when);
    checks?.afterStep(report);
    reports.push(report);
    if (reports.length % every === 0 && reports.length < steps) onPart(reports.length / steps);
  }
  return reports;
}

/**
 * Trains an epoch under the self-checks; where something is not finite, says where it began: `goBack`
 * makes the run again as it was at the start of the epoch, `replay` trains it once more.
 */
async function watched(
  checks: SelfChecks | undefined,
  epoch: number,
  train: () => StepReport[],
  goBack: () => Promise<Setup>,
  replay: (again: Setup) => void,
): Promise<StepReport[]> {
  if (!checks) return train();
  try {
    checks.startEpoch(epoch + 1);
    const steps = train();
    await checks.endEpoch();
    return steps;
  } catch (alarm) {
    if (!(alarm instanceof SelfCheckAlarm) || alarm.check !== "non-finite") throw alarm;
    const again = await goBack();
    const { model, trainer } = again;
    throw await locateNonFinite({ alarm, model, trainer, replay: () => replay(again) });
  }
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

function standing(
  { hiddenNorms, gradientNorms }: Snapshot,
  accuracy: Accuracy | undefined,
): Partial<Progress> {
  return {
    ...(accuracy && { accuracy: accuracy.value }),
    hiddenNorm: hiddenNorms.at(-1)!,
    gradientNorm: gradientNorms.at(-1)!,
  };
}

/** Every choice that the evidence depends on, also those that are fixed today. */
function configurationOf(spec: RunSpec, setup: Setup): JsonObject {
  const { id: _id, role: _role, method: _method, seed: _seed, ...chosen } = spec;
  return {
    ...chosen,
    frozenBlocks: spec.trainedBlocks === 0,
    model: "resmlp",
    backend: setup.backend.name,
    optimizer: { name: "adamw", betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.01 },
    schedule: "cosine per epoch",
  };
}
