/**
 * How much faster a grid of runs is on two workers than on one, taken in turns, beside what the
 * machine itself gives: two threads of plain arithmetic against one. Two cores of a virtual machine
 * can be halves of one, and a core alone can be clocked higher.
 *
 *     deno run --allow-read --allow-sys --allow-env bench/grid.ts [--rounds 3] [--preset quick]
 *         [--epochs 20] [--width 64] [--seeds 42,123]
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { resolveConfiguration, runAudit } from "@fa/audit";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    preset: { type: "string", default: "quick" },
    epochs: { type: "string" },
    width: { type: "string" },
    seeds: { type: "string" },
  },
});
const configuration = resolveConfiguration({
  preset: options.preset,
  ...(options.epochs && { epochs: Number(options.epochs) }),
  ...(options.width && { width: Number(options.width) }),
  ...(options.seeds && { seeds: options.seeds.split(",").map(Number) }),
});

/** Wall seconds and CPU seconds of a grid. */
async function grid(workers: number): Promise<{ wall: number; cpu: number }> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await runAudit(configuration, { workers });
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}

const arithmetic = `
import { parentPort } from "node:worker_threads";
parentPort.once("message", (milliseconds) => {
  let z = 1, rounds = 0;
  const start = performance.now();
  for (; performance.now() - start < milliseconds; rounds++) {
    for (let i = 0; i < 100_000; i++) z = z * 1.0000001 + 1e-9;
  }
  parentPort.postMessage(z > 0 ? rounds : 0);
});`;

/** Rounds of arithmetic that so many threads do in two seconds. */
async function machine(threads: number): Promise<number> {
  const counts = await Promise.all(Array.from({ length: threads }, async () => {
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(arithmetic)}`));
    const count = await new Promise<number>((resolve) => {
      worker.on("message", resolve);
      worker.postMessage(2000);
    });
    await worker.terminate();
    return count;
  }));
  return counts.reduce((a, b) => a + b);
}

console.log("round   1 worker   2 workers   speed-up   CPU 2 : 1   the machine's own");
const rows = [];
for (let round = 1; round <= Number(options.rounds); round++) {
  const [before, one, two] = [await machine(2) / await machine(1), await grid(1), await grid(2)];
  const own = (before + await machine(2) / await machine(1)) / 2;
  const row = { one: one.wall, two: two.wall, speedUp: one.wall / two.wall, own };
  rows.push(row);
  console.log(
    String(round).padStart(5) + `${row.one.toFixed(1)} s`.padStart(11) +
      `${row.two.toFixed(1)} s`.padStart(12) + row.speedUp.toFixed(2).padStart(11) +
      (two.cpu / one.cpu).toFixed(2).padStart(12) + row.own.toFixed(2).padStart(20),
  );
}
const speedUps = rows.map(({ speedUp }) => speedUp).sort((a, b) => a - b);
console.log(`median speed-up ${speedUps[speedUps.length >> 1]!.toFixed(2)}`);
