// Tests of _spawn. Oracle: the same computation in this thread, and the life of a worker as told.

import { Rng } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { _spawn, type _SpawnedWorker } from "./_spawn.ts";

interface Command {
  command: "uniform" | "throw" | "reject" | "exit" | "spin";
  value: number;
}
const url = new URL("./_test_worker.ts", import.meta.url);

/** Sends the commands at once and settles with the answers, after `count` of them or an error. */
function ask(commands: Command[], count: number): Promise<{ answers: number[]; error?: Error }> {
  const answers: number[] = [];
  let worker: _SpawnedWorker<Command> | undefined;
  const told = new Promise<{ answers: number[]; error?: Error }>((resolve) => {
    worker = _spawn<Command, number>(url, {
      message: (answer) => {
        if (answers.push(answer) === count) resolve({ answers });
      },
      error: (error) => resolve({ answers, error }),
    });
  });
  for (const command of commands) worker!.post(command);
  return told.finally(() => worker!.terminate());
}

const test = suite("_spawn");

test("answers in order, with the bits of this thread, what was posted before it listened", async () => {
  const seeds = [1, 2, 3];
  const commands = seeds.map((value): Command => ({ command: "uniform", value }));
  const { answers, error } = await ask(commands, seeds.length);
  assert.is(error, undefined);
  assert.equal(answers, seeds.map((seed) => Rng.fromSeed(seed).uniform()));
});

for (const command of ["throw", "reject"] as const) {
  test(`surfaces what a worker ${command}s`, async () => {
    const { error } = await ask([{ command, value: 7 }], 1);
    assert.instance(error, Error);
    assert.match(error!.message, "Cannot serve 7");
  });
}

test("surfaces that a worker exits by itself", async () => {
  const { error } = await ask([{ command: "exit", value: 3 }], 1);
  assert.match(error!.message, "exited by itself with code 3");
});

test("surfaces that a module cannot be loaded", async () => {
  const error = await new Promise<Error>((resolve, reject) => {
    const missing = new URL("./_no_such_worker.ts", import.meta.url);
    _spawn(missing, { message: reject, error: resolve });
  });
  assert.match(error.message, "_no_such_worker");
});

test("terminates a worker in the middle of a loop, and tells no error of it", async () => {
  let answered: () => void;
  const started = new Promise<void>((resolve) => answered = resolve);
  const errors: Error[] = [];
  const worker = _spawn<Command, number>(url, {
    message: () => answered(),
    error: (error) => errors.push(error),
  });
  worker.post({ command: "uniform", value: 1 });
  await started;
  worker.post({ command: "spin", value: 0 });
  await worker.terminate();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(errors, []);
});

test.run();
