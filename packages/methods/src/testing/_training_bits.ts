// A training whose every bit is hashed: the same program for Node, Deno, Bun and a page in a browser.
import { ResidualMLP } from "@fa/models";
import { type Backend, cosineLr, type DType, normal, Rng, setDefaultBackend } from "@fa/tensor";
import { createTrainer } from "../create_trainer.ts";
import { fnv1a } from "./_hash.ts";

/** Which training. */
export interface TrainingBits {
  readonly method: "bp" | "dfa";
  readonly dtype: DType;
}

/** All trainings that are compared. */
export const trainings: readonly TrainingBits[] = (["bp", "dfa"] as const).flatMap((method) =>
  (["float32", "float64"] as const).map((dtype) => ({ method, dtype }))
);

const STEPS = 50;
// Sizes that fill no tile, no vector and no block of terms, and one that needs two of these.
const INPUTS = 300, WIDTH = 37, DEPTH = 3, BATCH = 27;

/** Hash of all parameters after 50 steps, and of the loss of each step. */
export function trainingBits(backend: Backend, { method, dtype }: TrainingBits): string {
  const before = setDefaultBackend(backend);
  try {
    const rng = Rng.fromSeed(2024);
    const model = new ResidualMLP({
      inputSize: INPUTS,
      width: WIDTH,
      depth: DEPTH,
      dtype,
      rng: rng.fork("model"),
    });
    const trainer = createTrainer(method, model, { rng: rng.fork("auxiliary"), lambda: 1e-2 });
    const data = rng.fork("data");
    const losses = new Float64Array(STEPS);
    for (let step = 0; step < STEPS; step++) {
      const x = normal(data, [BATCH, INPUTS], { dtype });
      const y = Array.from({ length: BATCH }, () => data.integer(10));
      const lr = cosineLr({ lr: 3e-3, epoch: Math.floor(step / 5), epochs: STEPS / 5 });
      losses[step] = trainer.step(x, y, { lr }).loss.item();
    }
    const values = [...model.namedParameters().values()].map((p) => p.dataSync());
    return fnv1a([...values, losses].map(({ buffer }) => new Uint8Array(buffer)));
  } finally {
    setDefaultBackend(before);
  }
}
