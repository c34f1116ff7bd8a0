// Files that are no checkpoints, or no longer. Oracle: the layout in docs/checkpoints.md; every byte counts.
import { encodeSafetensors, readSafetensors, tensor } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { replaceHash } from "./_content_hash.ts";
import { headerEnd, rejection, resign, tinyCheckpoint, tinyContent } from "./_test_runs.ts";
import { CheckpointError } from "./checkpoint_error.ts";
import { decodeCheckpoint } from "./decode_checkpoint.ts";

const test = suite("damaged checkpoints");
const text = (value: string) => new TextEncoder().encode(value);
const bytes = await tinyCheckpoint();
const end = headerEnd(bytes);

/** The message with which a file is refused. */
async function refusal(file: Parameters<typeof decodeCheckpoint>[0]): Promise<string> {
  const error = await rejection(decodeCheckpoint(file, { name: "run/e3.safetensors" }));
  assert.instance(error, CheckpointError, `${error}`);
  assert.ok(error.message.startsWith("Cannot read run/e3.safetensors as "), error.message);
  assert.ok(error.message.length < 1500, error.message);
  return error.message;
}

test("every byte of the header, and of the data, changed: refused", async () => {
  for (let at = 0; at < bytes.length; at++) {
    const damaged = bytes.slice();
    damaged[at]! ^= 1 << (at % 8);
    await refusal(damaged);
  }
});

test("cut off at every length, or with more at its end: refused", async () => {
  for (let length = 0; length < bytes.length; length++) await refusal(bytes.subarray(0, length));
  assert.match(await refusal(Uint8Array.of(...bytes, 0)), /must fill its \d+ bytes of data/);
});

test("white space, which changes no meaning, is found as well", async () => {
  assert.is(bytes[end - 1], 0x20, "the header is padded");
  assert.match(await refusal(bytes.with(end - 1, 0x09)), /must have the SHA-256/);
});

test("says what is wrong with files of another kind", async () => {
  const weights = new Map([["w", tensor([1, 2])]]);
  const cases: [string, Uint8Array, RegExp][] = [
    ["empty", new Uint8Array(), /whole safetensors file: it must begin with 8 bytes.*: 0 bytes$/],
    ["JSON", text('{"schemaVersion":1,"kind":"fa-evidence"}'), /header must have at most/],
    ["a zip file, as torch.save writes", text("PK\x03\x04".padEnd(200, "\0")), /header must have/],
    [
      "weights from PyTorch",
      await encodeSafetensors(weights, { metadata: new Map([["format", "pt"]]) }),
      /must have the kind fa-checkpoint in its metadata: none \(for weights alone/,
    ],
    [
      "something else of this project",
      await encodeSafetensors(weights, { metadata: new Map([["kind", "fa-evidence"]]) }),
      /must have the kind fa-checkpoint in its metadata: fa-evidence/,
    ],
    [
      "a checkpoint of the future",
      await encodeSafetensors(weights, {
        metadata: new Map([["kind", "fa-checkpoint"], ["schemaVersion", "2"]]),
      }),
      /its schemaVersion must be 1: 2$/,
    ],
  ];
  for (const [title, file, message] of cases) assert.match(await refusal(file), message, title);
});

const keys = ["record", "rng", "step", "time", "trainerTensors"] as const;
const honest = new Map<string, string>([
  ["kind", "fa-checkpoint"],
  ["schemaVersion", "1"],
  ["sha256", "0".repeat(64)],
  ["record", "{}"],
  ["rng", '{"path":[5,6,7,8],"words":[1,2,3,4]}'],
  ["step", "3"],
  ["time", '{"epoch":1,"epochs":2}'],
  ["trainerTensors", '["optimizer.w.exp_avg"]'],
]);

/** A file with these words and a hash that fits. */
async function forge(changes: Record<string, string | undefined>): Promise<Uint8Array> {
  const metadata = new Map(honest);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) metadata.delete(key);
    else metadata.set(key, value);
  }
  const tensors = new Map([["w", tensor([1])], ["optimizer.w.exp_avg", tensor([2])]]);
  const file = await encodeSafetensors(tensors, { metadata });
  const hash = metadata.get("sha256");
  return hash === undefined ? file : resign(file, hash);
}

test("words that nobody wrote here are refused even with the right hash", async () => {
  await decodeCheckpoint(await forge({}));
  const cases: Record<typeof keys[number], string[]> = {
    record: ["", "[]", "null", "3", '{"a":}', "[".repeat(100_000)],
    rng: ["", "7", "{}", '{"path":[5,6,7,8],"words":[0,0,0,0]}', '{"path":[5],"words":[1,2,3,4]}'],
    step: ["", "-1", "1.5", "1e400", "9007199254740992", '"3"', "null", "three"],
    time: ["", "null", "1", "{}", '{"epoch":1}', '{"epoch":-1,"epochs":2}', '{"epoch":"1"}'],
    trainerTensors: ["", "null", '"w"', "[1]", '["w","w"]', '{"w":1}'],
  };
  for (const key of keys) {
    for (const value of [undefined, ...cases[key]]) {
      const message = await refusal(await forge({ [key]: value }));
      assert.match(message, new RegExp(`as ${key} in its metadata must be `), `${value}`);
    }
  }
});

test("a trainer's tensor that is gone is named", async () => {
  const gone = '["auxiliary.feedback.0","auxiliary.feedback.1","optimizer.w.exp_avg"]';
  assert.match(
    await refusal(await forge({ trainerTensors: gone })),
    /as tensors of its trainer are missing: auxiliary\.feedback\.0, auxiliary\.feedback\.1$/,
  );
});

test("a hash that is missing, or not in the letters that were written, is no hash", async () => {
  assert.match(await refusal(await forge({ sha256: undefined })), /sha256 .* digits .*: nothing$/);
  const hash = (await readSafetensors(bytes)).metadata.get("sha256")!;
  const damaged = bytes.slice();
  assert.ok(replaceHash(damaged, hash, hash.toUpperCase()));
  assert.match(await refusal(damaged), new RegExp(`sha256 .* digits .*: ${hash.toUpperCase()}$`));
});

test("reads a source piece by piece, and refuses other files by their header alone", async () => {
  const asked: [number, number][] = [];
  const sourceOf = (file: Uint8Array, size = file.length) => ({
    size,
    read(offset: number, length: number) {
      asked.push([offset, length]);
      return Promise.resolve(file.slice(offset, offset + length));
    },
  });
  const { record } = await decodeCheckpoint(sourceOf(bytes));
  assert.equal(record, tinyContent().record);

  asked.length = 0;
  const large = await encodeSafetensors(new Map([["w", tensor(new Float32Array(10_000))]]));
  assert.match(await refusal(sourceOf(large)), /must have the kind/);
  assert.ok(asked.reduce((sum, [, length]) => sum + length, 0) < 200, "more than the header");
  assert.match(await refusal(sourceOf(bytes, bytes.length + 8)), /must fill its/);

  const broken = { size: bytes.length, read: () => Promise.reject(new Error("no such disk")) };
  assert.is((await rejection(decodeCheckpoint(broken))).message, "no such disk");
});

test("takes a part of a larger buffer, and leaves it as it is", async () => {
  const larger = new Uint8Array(bytes.length + 20).fill(7);
  larger.set(bytes, 11);
  const before = larger.slice();
  const { model } = await decodeCheckpoint(larger.subarray(11, 11 + bytes.length));
  assert.equal([...model.get("w")!.dataSync()], [1, -2, 0.5, 1e-3].map(Math.fround));
  assert.equal(larger, before);
});

test("the name in errors may look like a message", async () => {
  const name = "Cannot read x as y";
  const error = await rejection(decodeCheckpoint(bytes.subarray(0, 5), { name }));
  assert.match(
    error.message,
    /^Cannot read Cannot read x as y as a checkpoint must be .*: it must/,
  );
  assert.is((error.cause as Error).name, "SafetensorsError");
});

test.run();
