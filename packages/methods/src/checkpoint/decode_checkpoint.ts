// Reading checkpoints.
import {
  type ByteSource,
  readSafetensors,
  SafetensorsError,
  type SafetensorsFile,
  type Tensor,
} from "@fa/tensor";
import { isHash, noHash, replaceHash, sha256 } from "./_content_hash.ts";
import { kind, readWords, schemaVersion } from "./_metadata.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { CheckpointError } from "./checkpoint_error.ts";

/** Options of {@link decodeCheckpoint}. */
export interface DecodeCheckpointOptions {
  /** What the file is called in errors. Default `"checkpoint"`. */
  readonly name?: string;
}

/**
 * Reads what {@link encodeCheckpoint} wrote, and gives it only if every byte is as it was written:
 * the SHA-256 of the file, with zeros for its own digits, must be the one in its metadata. That
 * finds every accident; it is no protection against somebody who computes a new hash, so everything
 * is checked besides.
 *
 * @param source all bytes, or a place to read them from. Of a {@link ByteSource} the header is read
 * first, and a file that is no checkpoint is refused by it alone.
 * @throws {CheckpointError} if it is no checkpoint, of another version, damaged, or lacks tensors
 * that belong to its trainer. A source that cannot be read rejects with its own error.
 *
 * @example
 * ```ts
 * import { tensor } from "@fa/tensor";
 * import { decodeCheckpoint, encodeCheckpoint } from "@fa/methods";
 *
 * const bytes = await encodeCheckpoint({ model: new Map([["w", tensor([1, 2, 3])]]) });
 * const { model } = await decodeCheckpoint(bytes);
 * if (model.get("w")!.dataSync().join() !== "1,2,3") throw new Error("not what was saved");
 *
 * bytes[bytes.length - 1]! ^= 1;
 * const error = await decodeCheckpoint(bytes, { name: "old.safetensors" }).catch((e) => e);
 * if (!/^Cannot read old.safetensors as .* SHA-256/.test(error.message)) throw error;
 * ```
 */
export async function decodeCheckpoint(
  source: Uint8Array | ByteSource,
  { name = "checkpoint" }: DecodeCheckpointOptions = {},
): Promise<Checkpoint> {
  // A copy in every case: nobody else may change it between the check and the reading.
  const bytes = source instanceof Uint8Array
    ? new Uint8Array(source)
    : await readWhole(source, name);
  const fail = failing(name);
  const file = await openFile(bytes, name);
  const { record, trainer } = readWords(file.metadata, fail);
  const names = new Set(trainer?.names);
  const missing = [...names].filter((name) => !file.entries.has(name));
  if (missing.length > 0) {
    fail(`tensors of its trainer are missing: ${missing.join(", ").slice(0, 1000)}`);
  }
  await checkHash(bytes, file.metadata.get("sha256"), fail);

  const model = new Map<string, Tensor>();
  const tensors = new Map<string, Tensor>();
  for (const [key, value] of await orFail(file.tensors(), name)) {
    (names.has(key) ? tensors : model).set(key, value);
  }
  if (!trainer) return { name, model, trainer: undefined, record };
  const { step, time, rng } = trainer;
  return { name, model, trainer: { step, time, rng, tensors }, record };
}

type Fail = (rule: string, cause?: Error) => never;

function failing(name: string): Fail {
  return (rule, cause) => {
    throw new CheckpointError(`Cannot read ${name} as ${rule}`, cause && { cause });
  };
}

/** Opens a safetensors file that says that it is a checkpoint of this version. */
async function openFile(
  source: Uint8Array | ByteSource,
  name: string,
): Promise<SafetensorsFile> {
  const fail = failing(name);
  const file = await orFail(readSafetensors(source, { name }), name);
  const [found, version] = ["kind", "schemaVersion"].map((key) => file.metadata.get(key));
  if (found !== kind) {
    fail(
      `a checkpoint must have the kind ${kind} in its metadata: ${found?.slice(0, 80) ?? "none"} ` +
        "(for weights alone there are readSafetensors and loadParameters)",
    );
  }
  if (version !== schemaVersion) {
    fail(`its schemaVersion must be ${schemaVersion}: ${version?.slice(0, 80) ?? "none"}`);
  }
  return file;
}

/** All bytes of a source whose header is that of a checkpoint. */
async function readWhole(source: ByteSource, name: string): Promise<Uint8Array> {
  await openFile(source, name);
  const bytes = new Uint8Array(await source.read(0, source.size));
  if (bytes.length !== source.size) {
    failing(name)(`there must be ${source.size} bytes to read: ${bytes.length}`);
  }
  return bytes;
}

/** Checks the hash, whose digits in `bytes` are zeros afterwards. */
async function checkHash(bytes: Uint8Array, hash: string | undefined, fail: Fail): Promise<void> {
  if (!hash || !isHash(hash) || !replaceHash(bytes, hash, noHash)) {
    return fail(
      "sha256 in its metadata must be 64 hexadecimal digits as they were written: " +
        (hash?.slice(0, 80) ?? "nothing"),
    );
  }
  const found = await sha256(bytes);
  if (found !== hash) {
    fail(`its bytes must have the SHA-256 that they were written with, ${hash}: ${found}`);
  }
}

/** What `work` gives; where safetensors are the matter, the error of a checkpoint. */
async function orFail<T>(work: Promise<T>, name: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    const { message } = error;
    const said = `Cannot read ${name} as `;
    const rule = message.startsWith(said) ? message.slice(said.length) : message;
    return failing(name)(`a checkpoint must be a whole safetensors file: ${rule}`, error);
  }
}
