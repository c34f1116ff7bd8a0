/**
 * Resident memory over many training steps: it must not grow. Garbage is collected before it is
 * read, where the runtime lets a program do so: otherwise a heap that nobody has swept yet looks
 * like a leak.
 *
 *     deno task bench:memory [--backend wasm] [--dtype float32] [--method bp] [--steps 1000]
 *
 * Prints the slope of a straight line through the samples of the last nine tenths, and fails if that
 * line rises by more than 5 % of its height.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { createTrainer } from "@fa/methods";
import { ResidualMLP } from "@fa/models";
import { type DType, normal, Rng, setDefaultBackend } from "@fa/tensor";
import { defaultBackend, openBackend } from "./backends.ts";
import { fitLine } from "./fit_line.ts";
import { ADAMW, BATCH, CLASSES, INPUT } from "./workloads.ts";

const ALLOWED = 0.05;
const SAMPLES = 100;
const MIB = 2 ** 20;

const { values: options } = parseArgs({
  options: {
    backend: { type: "string", default: defaultBackend },
    dtype: { type: "string", default: "float32" },
    method: { type: "string", default: "bp" },
    steps: { type: "string", default: "1000" },
  },
});
const dtype = options.dtype as DType;
const steps = Number(options.steps);
const every = Math.max(1, Math.floor(steps / SAMPLES));
setDefaultBackend(await openBackend(options.backend));

const rng = Rng.fromSeed(42);
const model = new ResidualMLP({ inputSize: INPUT, dtype, rng: rng.fork("model") });
const trainer = createTrainer(options.method, model, { rng: rng.fork("auxiliary") });
const x = normal(rng.fork("x"), [BATCH, INPUT], { dtype });
const y = Array.from({ length: BATCH }, (_, b) => b % CLASSES);

const { gc: collect } = globalThis as { gc?: () => void };
const samples: { x: number; y: number }[] = [];
for (let step = 1; step <= steps; step++) {
  trainer.step(x, y, ADAMW);
  if (step % every !== 0) continue;
  collect?.();
  await new Promise((resolve) => setTimeout(resolve)); // finalizers run between tasks
  samples.push({ x: step, y: process.memoryUsage().rss / MIB });
}

const settled = samples.filter(({ x }) => x > steps / 10);
const { slope, mean } = fitLine(settled);
const rise = slope * steps * 0.9 / mean;
const show = (mib: number) => `${mib.toFixed(1)} MiB`;
console.log(
  `${options.method} ${options.backend} ${dtype}, ${steps} steps${
    collect ? "" : ", garbage not collected"
  }: resident ${show(samples[0]!.y)} after ${every} steps, ${
    show(samples.at(-1)!.y)
  } at the end, highest ${show(Math.max(...samples.map(({ y }) => y)))}`,
);
console.log(
  `slope after the first tenth: ${(slope * 1024).toFixed(2)} KiB/step, ${
    (100 * rise).toFixed(2)
  } % of the mean in ${steps * 0.9} steps (allowed: ${100 * ALLOWED} %)`,
);
if (!(rise <= ALLOWED)) {
  console.error("Memory grows");
  process.exitCode = 1;
}
