// The worker of the grid: gets the dataset once, then executes the runs it is given.

import { parentPort } from "node:worker_threads";
import type { Dataset } from "@fa/data";
import { openBackend, type OpenBackendOptions } from "@fa/tensor";
import { rebuildDataset } from "../data/portable_dataset.ts";
import { RunFiles } from "../folder/run_files.ts";
import { executeRun } from "../run/execute_run.ts";
import type { RunSpec } from "../run/run_spec.ts";
import type { FromWorker, SpareThreads, ToWorker } from "./messages.ts";

const parent = parentPort!;
const say = (message: FromWorker): void => parent.postMessage(message);
let dataset: Dataset | undefined;

let limit: Int32Array | undefined; // the same one each time: backends are known by it

/** Spare threads are a gift: where they cannot start, the run does without. */
async function withSpare(
  { backend }: RunSpec,
  spare: SpareThreads | undefined,
): Promise<OpenBackendOptions | undefined> {
  if (!spare) return undefined;
  limit ??= new Int32Array(spare.limit);
  const cores = { threads: spare.threads, limit };
  return await openBackend(backend, cores).then(() => cores, () => undefined);
}

parent.on("message", async (message: ToWorker) => {
  try {
    if (message.type === "dataset") dataset = rebuildDataset(message.dataset);
    else {
      const { spec, threads, spare, place, selfChecks = true } = message;
      const files = place && new RunFiles(place);
      const resume = await files?.resume();
      const evidence = await executeRun(spec, dataset!, {
        onProgress: (progress) => say({ type: "progress", progress }),
        cores: await withSpare(spec, spare) ?? { threads },
        selfChecks,
        ...(resume && { resume }),
        ...(files && { onCheckpoint: (bytes, epoch) => files.save(bytes, epoch) }),
      });
      say({ type: "done", evidence: await files?.finish(evidence) ?? evidence });
    }
  } catch (error) {
    say({ type: "failed", message: error instanceof Error ? error.message : String(error) });
  }
});
