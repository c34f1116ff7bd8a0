/**
 * How the synthetic task was chosen: backpropagation against its own frozen blocks for several
 * settings of noise and tint, and nothing else. Prints a Markdown table (about 6 minutes):
 *
 *     npx -y deno run --allow-read tools/synthetic_task/choose.ts
 */
import { synthetic } from "@fa/data";
import { executeRun } from "../../packages/audit/src/run/execute_run.ts";
import type { RunSpec } from "../../packages/audit/src/run/run_spec.ts";

const settings = [
  { noise: 1, tint: 0.35 },
  { noise: 1.5, tint: 0.35 },
  { noise: 2, tint: 0.2 },
  { noise: 2, tint: 0.35 },
  { noise: 2, tint: 0.5 },
];
const spec: RunSpec = {
  id: "bp-42",
  method: "bp",
  role: "method",
  seed: 42,
  rule: {},
  trainedBlocks: 4,
  terminalLayerNorm: true,
  residual: true,
  lambda: 0,
  labels: "true",
  dtype: "float32",
  backend: "wasm",
  width: 64,
  depth: 4,
  batch: 128,
  epochs: 20,
  stopAfter: 20,
  probes: "none",
  learningRate: 1e-3,
  evaluation: { batches: 10, batch: 128 },
};

console.log("| noise | tint | BP | BP, blocks frozen | margin, points |");
console.log("|---|---|---|---|---|");
for (const setting of settings) {
  const dataset = synthetic(setting);
  const accuracies: number[] = [];
  for (const trainedBlocks of [4, 0]) {
    const { finalAccuracy } = await executeRun({ ...spec, trainedBlocks }, dataset);
    accuracies.push(finalAccuracy.value);
  }
  const [trained, frozen] = accuracies as [number, number];
  console.log(
    `| ${setting.noise} | ${setting.tint} | ${trained.toFixed(3)} | ${frozen.toFixed(3)} | ${
      (100 * (trained - frozen)).toFixed(1)
    } |`,
  );
}
