// CPU time of one training step and of one matrix product, on this machine.
import { createTrainer } from "@fa/methods";
import { ResidualMLP } from "@fa/models";
import { type DType, matmul, normal, Rng, scope } from "@fa/tensor";
import process from "node:process";

interface Row {
  readonly engine: "fa";
  readonly backend: string;
  readonly dtype: DType;
  readonly runtime: string;
  readonly workload: string;
  readonly cpuMsPerStep: number;
  readonly wallMs: number;
  readonly gflops: number;
  readonly n: number;
}

const BATCH = 128;
const INPUT = 3072;
const WIDTH = 256;
const DEPTH = 4;
// Multiply-adds of forward and backward; the input needs no gradient.
const STEP_GFLOP = (2 * 2 * BATCH * INPUT * WIDTH + DEPTH * 2 * 3 * 2 * BATCH * WIDTH * WIDTH) /
  1e9;
const GEMM_GFLOP = 2 * BATCH * INPUT * WIDTH / 1e9;
const BLOCKS = 5;

const runtime = "deno" in process.versions ? "deno" : "bun" in process.versions ? "bun" : "node";

function measure(step: () => void, dtype: DType, workload: string, gflop: number): Row {
  for (let i = 0; i < 3; i++) step();
  const cpu: number[] = [];
  const wall: number[] = [];
  const perBlock = workload.startsWith("gemm") ? 10 : 4;
  for (let block = 0; block < BLOCKS; block++) {
    const before = process.cpuUsage();
    const start = performance.now();
    for (let i = 0; i < perBlock; i++) step();
    wall.push((performance.now() - start) / perBlock);
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000 / perBlock);
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
  const cpuMsPerStep = median(cpu);
  return {
    engine: "fa",
    backend: "js",
    dtype,
    runtime,
    workload,
    cpuMsPerStep,
    wallMs: median(wall),
    gflops: gflop / cpuMsPerStep * 1000,
    n: BLOCKS * perBlock,
  };
}

const rows: Row[] = [];
for (const dtype of ["float32", "float64"] as const) {
  const rng = Rng.fromSeed(42);
  const x = normal(rng.fork("x"), [BATCH, INPUT], { dtype });
  const y = Array.from({ length: BATCH }, (_, b) => b % 10);
  for (const method of ["bp", "dfa"]) {
    const options = { inputSize: INPUT, width: WIDTH, depth: DEPTH, dtype };
    const model = new ResidualMLP({ ...options, rng: rng.fork("model") });
    const trainer = createTrainer(method, model, { rng: rng.fork("auxiliary") });
    const step = () => void trainer.step(x, y, { lr: 1e-3 });
    rows.push(measure(step, dtype, `${method}-step`, STEP_GFLOP));
  }
  const w = normal(rng.fork("w"), [INPUT, WIDTH], { dtype });
  const product = () => scope(() => void matmul(x, w));
  rows.push(measure(product, dtype, `gemm:${BATCH}x${INPUT}x${WIDTH}`, GEMM_GFLOP));
}

console.log(`runtime ${runtime}, ${process.platform} ${process.arch}`);
console.log("workload              dtype     backend  CPU ms/step  wall ms  GFLOP/s");
for (const { workload, dtype, backend, cpuMsPerStep, wallMs, gflops } of rows) {
  console.log(
    workload.padEnd(20) + dtype.padStart(9) + backend.padStart(9) +
      cpuMsPerStep.toFixed(1).padStart(13) + wallMs.toFixed(1).padStart(9) +
      gflops.toFixed(2).padStart(9),
  );
}
