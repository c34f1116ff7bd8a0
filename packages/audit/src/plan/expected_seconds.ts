// How long every run of a plan will take, from the time of single steps.

import type { RunSpec } from "../run/run_spec.ts";

/** What probing a model once takes in training steps of its method, roughly: 4 to 7 s at d = 256. */
const probeSteps: Readonly<Record<string, number>> = {
  bp: 250,
  dfa: 350,
  fa: 350,
  sb: 60,
  cb: 20,
  ep: 20,
};

/**
 * Expected seconds of every run by id. One run of each method is timed for each number of trained
 * blocks, and stands for all of its kind. Beside its training steps an epoch has its measurements:
 * a forward pass over the test set (a third of a step for as many images) and gradients on the
 * evaluation batches (a step); some epochs end with probes.
 *
 * @param runs the runs.
 * @param data sizes of their data.
 * @param secondsPerStep times one training step of a run.
 */
export function expectedSeconds(
  runs: readonly RunSpec[],
  data: { readonly trainSize: number; readonly testSize: number },
  secondsPerStep: (spec: RunSpec) => number,
): Map<string, number> {
  const ofKind = new Map<string, number>();
  return new Map(runs.map((spec) => {
    const { method, trainedBlocks, stopAfter, batch, evaluation, probes } = spec;
    const probed = probes === "none" ? 0 : probes === "final" ? 1 : stopAfter;
    const measured = data.testSize / 3 + evaluation.batches * evaluation.batch; // images per epoch
    const steps = stopAfter * (Math.floor(data.trainSize / batch) + measured / batch) +
      probed * (probeSteps[method] ?? 0);
    const kind = `${method} ${trainedBlocks}`;
    const step = ofKind.get(kind) ?? secondsPerStep(spec);
    ofKind.set(kind, step);
    return [spec.id, steps * step];
  }));
}
