/**
 * Wall time of a training step on 1, 2, … threads of one backend: best of many, taken in turns, as
 * threads need cores that nobody else uses.
 *
 *     deno run --allow-read bench/threads.ts [--threads 1,2] [--seconds 5] [--dtype float32]
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { createTrainer } from "@fa/methods";
import { ResidualMLP } from "@fa/models";
import { type DType, normal, openBackend, Rng } from "@fa/tensor";
import { ADAMW, BATCH, CLASSES, DEPTH, INPUT, WIDTH } from "./workloads.ts";

const { values: options } = parseArgs({
  options: {
    threads: { type: "string", default: "1,2" },
    seconds: { type: "string", default: "5" },
    dtype: { type: "string", default: "float32" },
  },
});
const dtype = options.dtype as DType;
const counts = options.threads.split(",").map(Number);
const sizes = [
  { inputSize: INPUT, width: WIDTH, depth: DEPTH },
  { inputSize: 192, width: 64, depth: 4 }, // as in the quick preset
];

console.log("step                        threads   best ms   median ms   speed-up");
for (const size of sizes) {
  for (const method of ["bp", "dfa"] as const) {
    const runs = [];
    for (const threads of counts) {
      const backend = await openBackend("wasm", { threads });
      const rng = Rng.fromSeed(42);
      const model = new ResidualMLP({ ...size, dtype, backend, rng: rng.fork("model") });
      const trainer = createTrainer(method, model, { rng: rng.fork("auxiliary") });
      const x = normal(rng.fork("x"), [BATCH, size.inputSize], { dtype, backend });
      const y = Array.from({ length: BATCH }, (_, b) => b % CLASSES);
      runs.push({ threads, step: () => void trainer.step(x, y, ADAMW), ms: [] as number[] });
    }
    for (const { step } of runs) for (let i = 0; i < 20; i++) step();
    const end = performance.now() + Number(options.seconds) * 1000;
    while (performance.now() < end) {
      for (const { step, ms } of runs) {
        for (let i = 0; i < 5; i++) {
          const start = performance.now();
          step();
          ms.push(performance.now() - start);
        }
      }
    }
    const best = runs.map(({ ms }) => Math.min(...ms));
    runs.forEach(({ threads, ms }, i) => {
      const median = ms.sort((a, b) => a - b)[ms.length >> 1]!;
      console.log(
        `${method} d ${size.width} from ${size.inputSize}, ${dtype}`.padEnd(29) +
          String(threads).padStart(6) + best[i]!.toFixed(2).padStart(10) +
          median.toFixed(2).padStart(12) + (best[0]! / best[i]!).toFixed(2).padStart(11),
      );
    });
  }
}
const runtime = "deno" in process.versions ? "deno" : "bun" in process.versions ? "bun" : "node";
console.log(`${runtime}, ${process.platform} ${process.arch}`);
