// Time of the exact functions for each element, and relative to a plain loop in float64.
import { exactCosine, exactDot, exactNorm, exactSum, normal, Rng } from "@fa/tensor";
import process from "node:process";

type Vector = Float32Array | Float64Array;

function plainDot(x: Vector, y: Vector): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}

/** Nanoseconds for each element: the best of several rounds of about 20 ms. */
function measure(length: number, run: () => number): number {
  const calls = Math.ceil(4e6 / length);
  let best = Infinity;
  for (let round = 0; round < 12; round++) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) kept += run();
    best = Math.min(best, (performance.now() - start) * 1e6 / (calls * length));
  }
  return best;
}
let kept = 0; // results are used, so that no loop is optimised away

const runtime = "deno" in process.versions ? "deno" : "bun" in process.versions ? "bun" : "node";
console.log(`runtime ${runtime}, ${process.platform} ${process.arch}; ns per element`);
console.log("dtype     length     plain dot   dot  ratio   sum  norm  cosine");
for (const dtype of ["float32", "float64"] as const) {
  for (const length of [256, 4096, 1 << 20]) {
    const rng = Rng.fromSeed(1, dtype, length);
    const [x, y] = ["x", "y"].map((name) => normal(rng.fork(name), [length], { dtype }).dataSync());
    const plain = measure(length, () => plainDot(x!, y!));
    const dot = measure(length, () => exactDot(x!, y!));
    const rest = [exactSum, exactNorm].map((f) => measure(length, () => f(x!)));
    const cosine = measure(length, () => exactCosine(x!, y!));
    console.log(
      dtype + String(length).padStart(9) + plain.toFixed(2).padStart(14) +
        dot.toFixed(1).padStart(6) + (dot / plain).toFixed(1).padStart(7) +
        rest.map((ns) => ns.toFixed(1).padStart(6)).join("") + cosine.toFixed(1).padStart(8),
    );
  }
}
if (Number.isNaN(kept)) throw new Error("Cannot trust these times as a result was NaN");
