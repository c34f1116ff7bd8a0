// Checkpoints that are not of this model and trainer. Oracle: nothing may change unless all of it fits.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startRun, type TestRun } from "./_test_runs.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { CheckpointError } from "./checkpoint_error.ts";
import { decodeCheckpoint } from "./decode_checkpoint.ts";
import { encodeCheckpoint } from "./encode_checkpoint.ts";
import { restoreCheckpoint } from "./restore_checkpoint.ts";

const test = suite("restoreCheckpoint");
const name = "e3.safetensors";

async function checkpointOf(run: TestRun, withTrainer = true): Promise<Checkpoint> {
  const { model, trainer, record } = run.content();
  const bytes = await encodeCheckpoint({ model, record: record!, ...(withTrainer && { trainer }) });
  return decodeCheckpoint(bytes, { name });
}

/** The message with which a checkpoint is refused; the run must be what it was. */
async function refusal(checkpoint: Checkpoint, run: TestRun): Promise<string> {
  run.step(0);
  const before = await encodeCheckpoint(run.content());
  let error: unknown;
  try {
    restoreCheckpoint(checkpoint, run);
  } catch (thrown) {
    error = thrown;
  }
  assert.instance(error, CheckpointError, `${error}`);
  assert.equal(await encodeCheckpoint(run.content()), before, "something has changed");
  return (error as Error).message;
}

const dfa = await checkpointOf(startRun({ method: "dfa" }));
const auxiliaryMissing =
  "Cannot restore a trainer from e3.safetensors as auxiliary tensors feedback.0, feedback.1 are " +
  "missing: fresh ones would give other credits";

test("weights alone are not enough, and what is missing is said", async () => {
  const weights = await checkpointOf(startRun({ method: "dfa" }), false);
  assert.is(await refusal(weights, startRun({ method: "dfa" })), auxiliaryMissing);
  assert.match(
    await refusal(weights, startRun({ method: "bp" })),
    /^Cannot restore a trainer from e3\.safetensors as tensors are missing: optimizer\.embed\..* more$/,
  );
});

test("a checkpoint whose auxiliary tensors are gone is refused, all else being there", async () => {
  const tensors = new Map(dfa.trainer!.tensors);
  for (const key of [...tensors.keys()]) if (key.startsWith("auxiliary.")) tensors.delete(key);
  const without = { ...dfa, trainer: { ...dfa.trainer!, tensors } };
  assert.is(await refusal(without, startRun({ method: "dfa" })), auxiliaryMissing);
  // Backpropagation has the same moments, and no auxiliary tensors.
  assert.is(
    await refusal(await checkpointOf(startRun({ method: "bp" })), startRun({ method: "dfa" })),
    auxiliaryMissing,
  );
});

test("a trainer of another kind, size or dtype is refused", async () => {
  const cases: [string, TestRun, RegExp][] = [
    [
      "method",
      startRun({ method: "bp" }),
      /trainer .* no such tensors: auxiliary\.feedback\.0, aux/,
    ],
    [
      "frozen blocks",
      startRun({ method: "dfa", trainedBlocks: 0 }),
      /trainer .* no such tensors: optimizer\.blocks\.0\..* and 16 more$/,
    ],
    [
      "deeper",
      startRun({ method: "dfa", depth: 3 }),
      /model .* are missing: blocks\.2\.ln\.weight,/,
    ],
    [
      "shallower",
      startRun({ method: "dfa", depth: 1 }),
      /model .* such tensors: blocks\.1\.ln\.bias/,
    ],
    [
      "classes",
      startRun({ method: "dfa", classes: 3 }),
      /model from e3\.safetensors as out_head\.\w+ must be \[3(,8)?\] float32: \[4(,8)?\] float32$/,
    ],
    [
      "dtype",
      startRun({ method: "dfa", dtype: "float64" }),
      /as .* must be \[.*\] float64: \[.*\] float32$/,
    ],
  ];
  for (const [title, run, message] of cases) assert.match(await refusal(dfa, run), message, title);
});

test("a random stream that is missing, or that nobody wants, is refused", async () => {
  const without = { ...dfa, trainer: { ...dfa.trainer!, rng: undefined } };
  assert.match(await refusal(without, startRun({ method: "dfa" })), /only the trainer has one$/);
  const { rng } = dfa.trainer!;
  const bp = await checkpointOf(startRun({ method: "bp" }));
  const withOne = { ...bp, trainer: { ...bp.trainer!, rng } };
  assert.match(await refusal(withOne, startRun({ method: "bp" })), /only the checkpoint has one$/);
});

test("a trainer that refuses for reasons of its own leaves the model as it is", async () => {
  const run = startRun({ method: "dfa" });
  const { trainer } = run;
  const refusing: TestRun["trainer"] = {
    auxiliary: trainer.auxiliary,
    stage: "",
    step: (x, y, options) => trainer.step(x, y, options),
    state: () => trainer.state(),
    restore() {
      throw new CheckpointError("not today");
    },
  };
  assert.is(await refusal(dfa, { ...run, trainer: refusing }), "not today");
});

test.run();
