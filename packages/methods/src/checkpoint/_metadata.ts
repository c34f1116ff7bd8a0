// What a checkpoint says in words: the strings beside its tensors.
import { Rng, type RngState } from "@fa/tensor";
import type { TrainingTime } from "../credit_rule.ts";
import type { TrainerState } from "../trainer.ts";
import { canonicalJson } from "./_canonical_json.ts";
import type { CheckpointRecord } from "./checkpoint.ts";

/** Tells a checkpoint from other safetensors files. */
export const kind = "fa-checkpoint";
/** Version of the layout that is described in docs/checkpoints.md. */
export const schemaVersion = "1";

/** A checkpoint without the values of its tensors. */
export interface Words {
  readonly record: CheckpointRecord;
  /** The trainer's state, with names for tensors; undefined if only weights were saved. */
  readonly trainer:
    | Omit<TrainerState, "tensors"> & { readonly names: readonly string[] }
    | undefined;
}

/** Keys that only the state of a trainer has. */
const trainerKeys = ["step", "time", "rng", "trainerTensors"];

/**
 * The words as strings; the same words give the same strings.
 * @throws {TypeError} if the record holds what JSON cannot.
 */
export function writeWords({ record, trainer }: Words): Map<string, string> {
  const metadata = new Map([
    ["kind", kind],
    ["schemaVersion", schemaVersion],
    ["record", canonicalJson(record, "record")],
  ]);
  if (trainer) {
    const { step, time: { epoch, epochs }, rng = null, names } = trainer;
    metadata.set("step", canonicalJson(step, "step"))
      .set("time", canonicalJson({ epoch, epochs }, "time"))
      .set("rng", canonicalJson(rng, "rng"))
      .set("trainerTensors", canonicalJson([...names].sort(), "trainerTensors"));
  }
  return metadata;
}

/**
 * The words of strings that anybody may have written.
 * @param fail throws the error of a broken rule.
 */
export function readWords(
  metadata: ReadonlyMap<string, string>,
  fail: (rule: string) => never,
): Words {
  function read<T>(key: string, rule: string, check: (value: unknown) => T | undefined): T {
    const text = metadata.get(key);
    let value: T | undefined;
    try {
      value = text === undefined ? undefined : check(JSON.parse(text));
    } catch {
      // said below
    }
    const found = text === undefined
      ? "nothing"
      : text.length < 80
      ? text
      : `${text.slice(0, 80)}…`;
    return value ?? fail(`${key} in its metadata must be ${rule}: ${found}`);
  }

  const record = read("record", "a JSON object", (value) => isObject(value) ? value : undefined);
  if (!trainerKeys.some((key) => metadata.has(key))) return { record, trainer: undefined };
  const { rng } = read("rng", "the state of a random stream, or null", checkRng);
  return {
    record,
    trainer: {
      step: read("step", "a whole number", (value) => isWhole(value) ? value : undefined),
      time: read("time", "an epoch and a number of epochs", checkTime),
      rng,
      names: read("trainerTensors", "a list of different names", checkNames),
    },
  };
}

function isObject(value: unknown): value is CheckpointRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function checkTime(value: unknown): TrainingTime | undefined {
  const { epoch, epochs } = value as TrainingTime;
  return isWhole(epoch) && isWhole(epochs) ? { epoch, epochs } : undefined;
}

function checkRng(value: unknown): { rng: RngState | undefined } {
  return { rng: value === null ? undefined : Rng.fromState(value as RngState).state() };
}

function checkNames(value: unknown): string[] | undefined {
  const good = Array.isArray(value) && value.every((name) => typeof name === "string") &&
    new Set(value).size === value.length;
  return good ? value : undefined;
}
