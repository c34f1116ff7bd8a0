// A run in the middle: its weights and its evidence so far, as one checkpoint.
import {
  type Checkpoint,
  CheckpointError,
  decodeCheckpoint,
  encodeCheckpoint,
  restoreCheckpoint,
} from "@fa/methods";
import type { Accuracy, DatasetRecord, EpochEvidence, JsonObject, Snapshot } from "@fa/protocol";
import { canonicalJson } from "../plan/canonical_json.ts";
import type { matrixNorms } from "./_parameter_growth.ts";
import type { Setup } from "./_setup.ts";
import type { RunSpec } from "./run_spec.ts";

/** What a run has brought so far. */
export interface RunSoFar {
  /** Norms of the weight matrices at initialisation. */
  readonly initialNorms: Awaited<ReturnType<typeof matrixNorms>>;
  /** The model before training. */
  readonly initial: Snapshot;
  /** A row for each finished epoch. */
  readonly rows: readonly EpochEvidence[];
  /** Accuracy after the last of them. */
  readonly final?: Accuracy | undefined;
}

/** Which run it is. */
export interface AboutRun {
  readonly spec: RunSpec;
  readonly dataset: DatasetRecord;
}

const kind = "fa-run";

/** The bytes of a checkpoint file. */
export function saveRun(
  soFar: RunSoFar,
  about: AboutRun,
  { model, trainer }: Setup,
): Promise<Uint8Array> {
  return encodeCheckpoint({
    model: model.namedParameters(),
    trainer: trainer.state(),
    record: { kind, ...about, ...soFar } as unknown as JsonObject,
  });
}

/**
 * Restores model and trainer, and gives back what the run had brought.
 * @throws {CheckpointError} if the file is damaged, or of another run; nothing is changed then.
 */
export async function loadRun(bytes: Uint8Array, about: AboutRun, setup: Setup): Promise<RunSoFar> {
  const { checkpoint, soFar } = await readRun(bytes, about, `the checkpoint of ${about.spec.id}`);
  restoreCheckpoint(checkpoint, setup);
  return soFar;
}

/**
 * Reads a checkpoint of a run.
 * @throws {CheckpointError} if the file is damaged, or of another run.
 */
export async function readRun(
  bytes: Uint8Array,
  about: AboutRun,
  name: string,
): Promise<{ checkpoint: Checkpoint; soFar: RunSoFar }> {
  const checkpoint = await decodeCheckpoint(bytes, { name });
  const record = checkpoint.record as unknown as AboutRun & RunSoFar & { readonly kind: string };
  if (record.kind !== kind || textOf(record) !== textOf(about)) {
    throw new CheckpointError(
      `Cannot resume ${about.spec.id} from ${name} as that belongs to another run: ` +
        `${record.spec?.id ?? "not a run of an audit"}`,
    );
  }
  const { initialNorms, initial, rows, final } = record;
  return { checkpoint, soFar: { initialNorms, initial, rows, final } };
}

function textOf({ spec, dataset }: AboutRun): string {
  return canonicalJson({ spec, dataset } as unknown as JsonObject);
}
