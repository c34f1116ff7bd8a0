// Small trainings to save and restore, and ways to damage their files.
import { ResidualMLP } from "@fa/models";
import { type Backend, type DType, normal, Rng, type Tensor, tensor } from "@fa/tensor";
import { createTrainer } from "../create_trainer.ts";
import type { Trainer } from "../trainer.ts";
import { replaceHash, sha256 } from "./_content_hash.ts";
import { type CheckpointContent, encodeCheckpoint } from "./encode_checkpoint.ts";
import type { RestoreTargets } from "./restore_checkpoint.ts";

const INPUTS = 6, WIDTH = 8, CLASSES = 4, BATCH = 5, EPOCHS = 10;

/** What distinguishes one training from another. */
export interface RunOptions {
  readonly method: string;
  readonly seed?: number;
  readonly dtype?: DType;
  readonly backend?: Backend;
  readonly depth?: number;
  readonly classes?: number;
  readonly trainedBlocks?: number;
}

/** A training that can be stepped. */
export interface TestRun extends RestoreTargets {
  readonly trainer: Trainer;
  /** Step `i`, counted from 0: its batch, learning rate and epoch depend on i only. */
  step(i: number): void;
  /** What a checkpoint of this moment holds. */
  content(): CheckpointContent;
}

/** A model of d = 8 and its trainer. */
export function startRun(
  { method, seed = 1, dtype = "float32", backend, depth = 2, classes = CLASSES, trainedBlocks }:
    RunOptions,
): TestRun {
  const rng = Rng.fromSeed(seed);
  const create = { dtype, ...(backend && { backend }) };
  const sizes = { inputSize: INPUTS, width: WIDTH, depth, classes };
  const model = new ResidualMLP({ ...sizes, ...create, rng: rng.fork("model") });
  const trainer = createTrainer(method, model, {
    rng: rng.fork("auxiliary"),
    lambda: 1e-3,
    ...(trainedBlocks !== undefined && { trainedBlocks }),
  });
  const data = Rng.fromSeed(99);
  return {
    model,
    trainer,
    step(i) {
      const x = normal(data.fork("x", i), [BATCH, INPUTS], create);
      const y = Array.from({ length: BATCH }, (_, b) => (b + i) % classes);
      trainer.step(x, y, { lr: 1e-2 / (i + 1), epoch: i + 1, epochs: EPOCHS });
    },
    content: () => ({
      model: model.namedParameters(),
      trainer: trainer.state(),
      record: { configuration: { method, dtype } },
    }),
  };
}

/** A checkpoint with every part that one can have, and but a few bytes. */
export function tinyContent(): CheckpointContent {
  const make = (values: number[], shape: number[]) => tensor(Float32Array.from(values), { shape });
  return {
    model: new Map([["w", make([1, -2, 0.5, 1e-3], [2, 2])], ["b", make([0, -0], [2])]]),
    trainer: {
      step: 3,
      time: { epoch: 1, epochs: 2 },
      rng: { words: [1, 2, 3, 4], path: [5, 6, 7, 2 ** 32 - 1] },
      tensors: new Map([
        ["auxiliary.feedback.0", make([0.1, 0.2, 0.3, 0.4], [2, 2])],
        ["optimizer.w.exp_avg", make([1, 2, 3, 4], [2, 2])],
      ]),
    },
    record: { note: 'größe "1"', list: [1, null, true] },
  };
}

/** {@link tinyContent} as a file. */
export function tinyCheckpoint(): Promise<Uint8Array> {
  return encodeCheckpoint(tinyContent());
}

/** Bytes of the header, with the eight before it. */
export function headerEnd(bytes: Uint8Array): number {
  return 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
}

/** The file with a new hash, as somebody makes it who wants it to be believed. */
export async function resign(bytes: Uint8Array, hash: string): Promise<Uint8Array> {
  const zeros = "0".repeat(64);
  const signed = bytes.slice();
  if (!replaceHash(signed, hash, zeros)) throw new Error(`There is no hash ${hash}`);
  replaceHash(signed, zeros, await sha256(signed));
  return signed;
}

/** The bytes of a tensor's values. */
export function bytesOf(tensor: Tensor): Uint8Array {
  const { buffer, byteOffset, byteLength } = tensor.dataSync();
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The error that a promise is rejected with. */
export async function rejection(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error("Nothing was thrown");
}
