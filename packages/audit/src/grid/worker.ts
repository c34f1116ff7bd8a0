// The worker of the grid: gets the dataset once, then executes the runs it is given.

import { parentPort } from "node:worker_threads";
import type { Dataset } from "@fa/data";
import { rebuildDataset } from "../data/portable_dataset.ts";
import { executeRun } from "../run/execute_run.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

const parent = parentPort!;
const say = (message: FromWorker): void => parent.postMessage(message);
let dataset: Dataset | undefined;

parent.on("message", async (message: ToWorker) => {
  try {
    if (message.type === "dataset") dataset = rebuildDataset(message.dataset);
    else {
      const onProgress = (progress: (FromWorker & { type: "progress" })["progress"]) =>
        say({ type: "progress", progress });
      const { spec, threads } = message;
      say({ type: "done", evidence: await executeRun(spec, dataset!, onProgress, threads) });
    }
  } catch (error) {
    say({ type: "failed", message: error instanceof Error ? error.message : String(error) });
  }
});
