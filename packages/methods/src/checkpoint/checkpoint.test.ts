// Stopping and going on. Oracle: metamorphic: a training that was saved and restored elsewhere is, bit
// for bit, the training that never stopped.
import { type DType, jsBackend, setDefaultBackend, wasmBackend } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { methodNames } from "../create_trainer.ts";
import { bytesOf, startRun, type TestRun, tinyCheckpoint, tinyContent } from "./_test_runs.ts";
import { decodeCheckpoint } from "./decode_checkpoint.ts";
import { encodeCheckpoint } from "./encode_checkpoint.ts";
import { restoreCheckpoint } from "./restore_checkpoint.ts";

const test = suite("checkpoints");

/** Where two trainings first differ, down to the last bit; undefined if they do not. */
function firstDifference(a: TestRun, b: TestRun): string | undefined {
  const [one, other] = [a, b].map(({ model, trainer }) => {
    const { tensors, ...rest } = trainer.state();
    return { tensors: new Map([...model.namedParameters(), ...tensors]), rest };
  });
  assert.equal([...one!.tensors.keys()], [...other!.tensors.keys()]);
  for (const [name, tensor] of one!.tensors) {
    const wanted = bytesOf(other!.tensors.get(name)!);
    if (bytesOf(tensor).some((byte, i) => byte !== wanted[i])) return name;
  }
  const [rest, otherRest] = [one!.rest, other!.rest].map((each) => JSON.stringify(each));
  return rest === otherRest ? undefined : rest;
}

for (const method of methodNames) {
  for (const backend of [wasmBackend, jsBackend]) {
    for (const dtype of ["float32", "float64"] as DType[]) {
      test(`${method} on ${backend.name} in ${dtype}: 3 steps, a checkpoint, 3 steps more`, async () => {
        const through = startRun({ method, backend, dtype });
        for (let i = 0; i < 3; i++) through.step(i);
        const bytes = await encodeCheckpoint(through.content());
        for (let i = 3; i < 6; i++) through.step(i);

        const resumed = startRun({ method, backend, dtype, seed: 2 });
        assert.is(firstDifference(resumed, through), "embed.weight"); // it can tell
        restoreCheckpoint(await decodeCheckpoint(bytes), resumed);
        const again = await encodeCheckpoint(resumed.content());
        assert.ok(bytes.every((byte, i) => byte === again[i]) && bytes.length === again.length);
        for (let i = 3; i < 6; i++) resumed.step(i);
        assert.is(firstDifference(resumed, through), undefined);
      });
    }
  }
}

test("what one backend saved another one restores, with the same bytes", async () => {
  const wasm = startRun({ method: "dfa", backend: wasmBackend });
  wasm.step(0);
  const bytes = await encodeCheckpoint(wasm.content());
  const js = startRun({ method: "dfa", backend: jsBackend, seed: 2 });
  for (const backend of [wasmBackend, jsBackend]) {
    const before = setDefaultBackend(backend); // where the tensors that were read live
    restoreCheckpoint(await decodeCheckpoint(bytes), js);
    setDefaultBackend(before);
    assert.equal(await encodeCheckpoint(js.content()), bytes);
    js.step(1);
  }
});

test("holds the state of the moment, while training goes on", async () => {
  for (const backend of [wasmBackend, jsBackend]) {
    const run = startRun({ method: "dfa", backend });
    run.step(0);
    const bytes = await encodeCheckpoint(run.content());
    const later = encodeCheckpoint(run.content());
    run.step(1);
    assert.equal(await later, bytes);
    assert.not.equal(await encodeCheckpoint(run.content()), bytes);
  }
});

test("gives everything back: tensors, step, time, stream, record (definition)", async () => {
  const content = tinyContent();
  const checkpoint = await decodeCheckpoint(await tinyCheckpoint(), { name: "tiny" });
  assert.is(checkpoint.name, "tiny");
  assert.equal(checkpoint.record, content.record);
  const { tensors, ...rest } = checkpoint.trainer!;
  const { tensors: expected, ...expectedRest } = content.trainer!;
  assert.equal(rest, expectedRest);
  for (const [got, wanted] of [[checkpoint.model, content.model], [tensors, expected]] as const) {
    assert.equal([...got.keys()].sort(), [...wanted.keys()].sort());
    for (const [name, tensor] of got) {
      assert.equal(tensor.shape, wanted.get(name)!.shape);
      assert.equal(bytesOf(tensor), bytesOf(wanted.get(name)!), name); // −0 is not 0
    }
  }
});

test("the same state gives the same bytes, in whatever order it is told", async () => {
  const { model, trainer } = tinyContent();
  const reversed = <T>(map: ReadonlyMap<string, T>) => new Map([...map].reverse());
  const bytes = await encodeCheckpoint({
    record: { list: [1, null, true], note: 'größe "1"' },
    trainer: {
      tensors: reversed(trainer!.tensors),
      rng: { path: trainer!.rng!.path, words: trainer!.rng!.words },
      time: { epochs: 2, epoch: 1 },
      step: 3,
    },
    model: reversed(model),
  });
  assert.equal(bytes, await tinyCheckpoint());
});

test("a difference anywhere in the state is one in the bytes", async () => {
  const { model, trainer, record } = tinyContent();
  const bytes = await tinyCheckpoint();
  const rng = { ...trainer!.rng!, words: [1, 2, 3, 5] } as const;
  const others = [
    { model, trainer: { ...trainer!, step: 4 } },
    { model, trainer: { ...trainer!, time: { epoch: 2, epochs: 2 } } },
    { model, trainer: { ...trainer!, rng } },
    { model, trainer: { ...trainer!, rng: undefined } },
    { model, trainer: trainer!, record: {} },
    { model },
  ];
  const all = [bytes];
  for (const other of others) all.push(await encodeCheckpoint({ record: record!, ...other }));
  assert.is(new Set(all.map(String)).size, others.length + 1);
});

test("weights alone, without a trainer, come back", async () => {
  const { model } = tinyContent();
  const checkpoint = await decodeCheckpoint(await encodeCheckpoint({ model }));
  assert.is(checkpoint.trainer, undefined);
  assert.equal(checkpoint.record, {});
  assert.equal([...checkpoint.model.keys()], ["b", "w"]);
});

test("writes nothing that could not be read", async () => {
  const { model, trainer } = tinyContent();
  const [b] = model.values();
  const cases: [Parameters<typeof encodeCheckpoint>[0], RegExp][] = [
    [{ model: new Map([["optimizer.w", b!]]) }, /a parameter must not begin .*: optimizer\.w$/],
    [{ model: new Map([["auxiliary.w", b!]]) }, /a parameter must not begin .*: auxiliary\.w$/],
    [
      { model, trainer: { ...trainer!, tensors: new Map([["w", b!]]) } },
      /trainer's tensor must begin with auxiliary\. or optimizer\.: w$/,
    ],
    [{ model, trainer: { ...trainer!, step: 1.5 } }, /as step in .* a whole number: 1\.5$/],
    [{ model, trainer: { ...trainer!, step: -1 } }, /as step in .* a whole number: -1$/],
    [
      { model, trainer: { ...trainer!, time: { epoch: 0.5, epochs: 1 } } },
      /as time in .* an epoch and a number of epochs: \{"epoch":0\.5,"epochs":1\}$/,
    ],
    [{ model, record: { loss: NaN } }, /Cannot write record\.loss as JSON holds .*: NaN$/],
    [{ model, record: [] as unknown as { a: 1 } }, /as record in .* a JSON object: \[\]$/],
  ];
  for (const [content, message] of cases) {
    let error: unknown;
    await encodeCheckpoint(content).catch((e) => error = e);
    assert.match((error as Error)?.message, message);
    assert.ok(error instanceof RangeError || error instanceof TypeError);
  }
});

test.run();
