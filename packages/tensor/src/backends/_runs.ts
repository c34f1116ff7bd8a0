// Walks two broadcast operands and a result together, in runs along the last axes.
import { broadcastStrides, type Shape } from "../shape.ts";

/**
 * One run: elements i = 0 … n−1 of the result at `out + i`, of the operands at `a + i·stepA` and
 * `b + i·stepB`; steps are 0 (stretched) or 1.
 */
export type Run = (
  out: number,
  a: number,
  stepA: number,
  b: number,
  stepB: number,
  n: number,
) => void;

/** Calls `run` for each run of `target`, in row-major order. */
export function forEachRun(target: Shape, shapeA: Shape, shapeB: Shape, run: Run): void {
  const all = target.map((n, i) => ({ n, i }));
  if (all.some(({ n }) => n === 0)) return;
  const fullA = broadcastStrides(shapeA, target);
  const fullB = broadcastStrides(shapeB, target);
  // Neighbouring axes merge where both operands walk on evenly: most ops become one or two loops.
  const dims: number[] = [];
  const stepsA: number[] = [];
  const stepsB: number[] = [];
  for (let i = target.length - 1; i >= 0; i--) {
    const n = target[i]!;
    if (n === 1) continue;
    const last = dims.length - 1;
    if (
      last >= 0 && fullA[i] === stepsA[last]! * dims[last]! &&
      fullB[i] === stepsB[last]! * dims[last]!
    ) {
      dims[last]! *= n;
    } else {
      dims.push(n);
      stepsA.push(fullA[i]!);
      stepsB.push(fullB[i]!);
    }
  }
  if (dims.length === 0) return run(0, 0, 0, 0, 0, 1);
  const [inner] = dims;
  const outer = dims.length - 1;
  const index = new Array<number>(dims.length).fill(0);
  let a = 0;
  let b = 0;
  for (let out = 0;; out += inner!) {
    run(out, a, stepsA[0]!, b, stepsB[0]!, inner!);
    let axis = 1;
    for (; axis <= outer; axis++) {
      a += stepsA[axis]!;
      b += stepsB[axis]!;
      if (++index[axis]! < dims[axis]!) break;
      a -= stepsA[axis]! * dims[axis]!;
      b -= stepsB[axis]! * dims[axis]!;
      index[axis] = 0;
    }
    if (axis > outer) return;
  }
}
