/**
 * CPU time of a training step as the network grows: in width d at L = 4, in depth L at d = 256.
 *
 *     deno task bench:scaling [--backend wasm] [--dtype float32] [--max-width 2048]
 *
 * Draws bench/results/scaling.svg and prints the figures.
 */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { parseArgs, promisify } from "node:util";
import { createTrainer } from "@fa/methods";
import { ResidualMLP } from "@fa/models";
import { type DType, normal, Rng, setDefaultBackend } from "@fa/tensor";
import { defaultBackend, openBackend } from "./backends.ts";
import { drawChart, type Panel, type Point } from "./chart.ts";
import { time } from "./child.ts";
import { root } from "./runtimes.ts";
import { ADAMW, BATCH, CLASSES, DEPTH, INPUT, type Method, stepGflop, WIDTH } from "./workloads.ts";

const { values: options } = parseArgs({
  options: {
    backend: { type: "string", default: defaultBackend },
    dtype: { type: "string", default: "float32" },
    "max-width": { type: "string", default: "2048" },
  },
});
const dtype = options.dtype as DType;
setDefaultBackend(await openBackend(options.backend));

const widths = [64, 128, 256, 512, 1024, 2048].filter((d) => d <= Number(options["max-width"]));
const depths = [2, 4, 8, 16, 32];

interface Size {
  readonly width: number;
  readonly depth: number;
}

/** CPU ms and GFLOP/s of one step. */
async function measure(method: Method, { width, depth }: Size): Promise<[number, number]> {
  const rng = Rng.fromSeed(42);
  const model = new ResidualMLP({ inputSize: INPUT, width, depth, dtype, rng: rng.fork("model") });
  const trainer = createTrainer(method, model, { rng: rng.fork("auxiliary") });
  const x = normal(rng.fork("x"), [BATCH, INPUT], { dtype });
  const y = Array.from({ length: BATCH }, (_, b) => b % CLASSES);
  const step = () => trainer.step(x, y, ADAMW).loss.item();
  const { cpuMs, wallMs, n } = await time(step, { warmUpMs: 500, budgetMs: 3000 });
  const gflops = stepGflop({ width, depth }) / cpuMs * 1000;
  console.log(
    method.padEnd(6) + `d ${width}`.padEnd(8) + `L ${depth}`.padEnd(6) +
      `${cpuMs.toFixed(1)} CPU ms`.padStart(16) + `${wallMs.toFixed(1)} wall ms`.padStart(17) +
      `${gflops.toFixed(1)} GFLOP/s`.padStart(15) + `  n = ${n}`,
  );
  return [cpuMs, gflops];
}

/** One panel, in which the size called `axis` grows. */
async function panel(axis: "width" | "depth", sizes: readonly Size[]): Promise<Panel> {
  const series = [];
  for (const method of ["bp", "dfa"] as const) {
    const points: Point[] = [];
    for (const size of sizes) {
      const [cpuMs, gflops] = await measure(method, size);
      points.push({ x: size[axis], y: cpuMs, label: gflops.toFixed(gflops < 10 ? 1 : 0) });
    }
    series.push({ name: method, points });
  }
  const [title, xName] = axis === "width"
    ? [`L = ${DEPTH}`, "d, width of the stream"]
    : [`d = ${WIDTH}`, "L, number of blocks"];
  return {
    title: `One step, ${title} (${options.backend}, ${dtype})`,
    xName: `${xName}; at the points: GFLOP/s`,
    yName: "CPU ms",
    series,
  };
}

const panels = [
  await panel("width", widths.map((width) => ({ width, depth: DEPTH }))),
  await panel("depth", depths.map((depth) => ({ width: WIDTH, depth }))),
];
const path = join(root, "bench/results/scaling.svg");
await mkdir(join(root, "bench/results"), { recursive: true });
await writeFile(path, drawChart(panels));
await promisify(execFile)(process.execPath, ["fmt", "-q", path]); // as the repository wants it
console.log("drawn: bench/results/scaling.svg");
