// How long a training step takes on this machine.
import type { Dataset } from "@fa/data";
import type { Backend } from "@fa/tensor";
import { setUp } from "./_setup.ts";
import type { RunSpec } from "./run_spec.ts";

const WARM_UP_SECONDS = 0.1;
const MEASURED_SECONDS = 0.2;

/**
 * Seconds of one training step of a run, measured for a third of a second on a model of its own. For
 * estimates only: it differs from machine to machine and from call to call.
 *
 * @param onStep is called before every step, as no timer runs meanwhile.
 */
export function secondsPerStep(
  spec: RunSpec,
  dataset: Dataset,
  backend: Backend,
  onStep: () => void = () => {},
): number {
  const { trainer, dataset: data, dataRng } = setUp(spec, dataset, backend);
  const { batch, dtype, learningRate: lr } = spec;
  const [first] = data.trainEpoch(0, { rng: dataRng, batch, dtype, backend });
  const repeat = (seconds: number): number => {
    const start = performance.now();
    let steps = 0;
    let elapsed = 0;
    do {
      onStep();
      trainer.step(first!.x, first!.y, { lr });
      steps++;
      elapsed = (performance.now() - start) / 1000;
    } while (elapsed < seconds);
    return elapsed / steps;
  };
  repeat(WARM_UP_SECONDS);
  return repeat(MEASURED_SECONDS);
}
