// Damaged checkpoints, exhaustively. Oracle: one changed bit, one missing byte: no checkpoint. With a hash
// that was computed anew: read, or refused by our own error.
import { Rng } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { headerEnd, resign, startRun, tinyCheckpoint } from "./_test_runs.ts";
import { CheckpointError } from "./checkpoint_error.ts";
import { decodeCheckpoint } from "./decode_checkpoint.ts";
import { encodeCheckpoint } from "./encode_checkpoint.ts";
import { restoreCheckpoint } from "./restore_checkpoint.ts";

const test = suite("damaged checkpoints, exhaustively");
const tiny = await tinyCheckpoint();
const run = startRun({ method: "dfa", dtype: "float64", depth: 1 });
run.step(0);
const real = await encodeCheckpoint(run.content());

/** Whether a file is read; if not, it must be refused by our own error. */
async function isRead(bytes: Uint8Array): Promise<boolean> {
  try {
    await decodeCheckpoint(bytes, { name: "damaged" });
    return true;
  } catch (error) {
    assert.instance(error, CheckpointError, `${(error as Error).stack}`);
    assert.match((error as Error).message, /^Cannot read damaged as .{10}/s);
    return false;
  }
}

test("a small file: every byte with every other value is refused", async () => {
  for (let at = 0; at < tiny.length; at++) {
    for (let value = 0; value < 256; value++) {
      if (value === tiny[at]) continue;
      assert.not(await isRead(tiny.with(at, value)), `byte ${at} with ${value}`);
    }
  }
});

test("a checkpoint of a training: every bit of the header, one bit of every byte of the data", async () => {
  const end = headerEnd(real);
  for (let at = 0; at < real.length; at++) {
    for (let bit = 0; bit < (at < end ? 8 : 1); bit++) {
      const value = real[at]! ^ 1 << (at < end ? bit : at % 8);
      assert.not(await isRead(real.with(at, value)), `bit ${bit} of byte ${at}`);
    }
  }
});

test("a checkpoint of a training cut off anywhere is refused", async () => {
  for (let length = 0; length < real.length; length++) {
    assert.not(await isRead(real.subarray(0, length)), `${length}`);
  }
  assert.ok(await isRead(real));
});

test("20,000 forged files, with a hash that fits: read or refused, and restored whole or not at all", async () => {
  const rng = Rng.fromSeed(20251125, "fuzz");
  const end = headerEnd(tiny);
  const hash = /"sha256":"([0-9a-f]{64})"/.exec(new TextDecoder().decode(tiny))![1]!;
  const syntax = new TextEncoder().encode('{}[]",:0123456789\\u -.eE');
  let read = 0;
  for (let i = 0; i < 20_000; i++) {
    const list = [...tiny];
    for (let edits = 1 + rng.integer(4); edits > 0; edits--) {
      const at = 8 + rng.integer(end - 8);
      const byte = rng.integer(3) ? syntax[rng.integer(syntax.length)]! : rng.integer(256);
      const edit = rng.integer(4);
      if (edit < 2) list[at] = byte;
      else if (edit === 2) list.splice(at, 0, byte);
      else list.splice(at, 1);
    }
    const forged = Uint8Array.from(list);
    const length = BigInt(end - 8 + list.length - tiny.length);
    new DataView(forged.buffer).setBigUint64(0, length, true);
    const signed = await resign(forged, hash).catch(() => forged);
    if (!await isRead(signed)) continue;
    read++;
    const other = startRun({ method: "dfa", depth: 1 });
    const checkpoint = await decodeCheckpoint(signed);
    assert.throws(() => restoreCheckpoint(checkpoint, other), /^Cannot restore a /);
  }
  console.log(`  ${read} of 20000 forged files are checkpoints`);
  assert.ok(read > 200 && read < 15_000, `${read}`);
});

test.run();
