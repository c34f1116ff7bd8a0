// Worker of the test of _spawn: answers each command, or fails in the way it is told to.

import { Rng } from "@fa/tensor";
import process from "node:process";
import { parentPort } from "node:worker_threads";

parentPort!.on("message", async ({ command, value }: { command: string; value: number }) => {
  if (command === "uniform") parentPort!.postMessage(Rng.fromSeed(value).uniform());
  if (command === "throw") throw new RangeError(`Cannot serve ${value}`);
  if (command === "reject") {
    await Promise.resolve();
    throw new RangeError(`Cannot serve ${value}`);
  }
  if (command === "exit") process.exit(value);
  if (command === "spin") { for (;;); }
});
