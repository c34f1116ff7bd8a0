// Reductions of the js backend.
import type { Operand, ReduceName } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import { arrayOf } from "./_array.ts";
import { forEachRun } from "../_runs.ts";

/**
 * Sum or maximum over the axes that have length 1 in `out`. Values are visited in row-major order
 * and accumulated in double, so the result is the same everywhere, and rounded once.
 */
export function reduce(name: ReduceName, x: Operand, out: Operand): void {
  const values = arrayOf(x);
  const total = new Float64Array(sizeOf(out.shape)).fill(name === "sum" ? 0 : -Infinity);
  forEachRun(x.shape, out.shape, [], (i, o, step, _b, _stepB, n) => {
    if (name === "sum") {
      if (step === 0) {
        let s = total[o]!;
        for (let k = 0; k < n; k++) s += values[i + k]!;
        total[o] = s;
      } else {
        for (let k = 0; k < n; k++) total[o + k]! += values[i + k]!;
      }
    } else {
      for (let k = 0; k < n; k++, o += step) total[o] = Math.max(total[o]!, values[i + k]!);
    }
  });
  arrayOf(out).set(total);
}
