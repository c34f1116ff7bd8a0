// What a checkpoint is.
import type { Tensor } from "@fa/tensor";
import type { TrainerState } from "../trainer.ts";

/** What JSON can hold. */
export type CheckpointValue =
  | null
  | boolean
  | number
  | string
  | readonly CheckpointValue[]
  | { readonly [key: string]: CheckpointValue };

/** The caller's own words in a checkpoint, such as the configuration of the run: plain JSON. */
export type CheckpointRecord = { readonly [key: string]: CheckpointValue };

/** A checkpoint that has been read and found whole. Its tensors belong to nobody else. */
export interface Checkpoint {
  /** What the file is called in errors. */
  readonly name: string;
  /** The model's parameters by their PyTorch names. */
  readonly model: ReadonlyMap<string, Tensor>;
  /** Everything else that decides how training goes on; undefined if only weights were saved. */
  readonly trainer: TrainerState | undefined;
  /** What the caller had written. */
  readonly record: CheckpointRecord;
}
