// Softmax, cross-entropy and one-hot rows of the js backend.
import type { Operand } from "../../backend.ts";
import type { TypedArray } from "../../dtype.ts";
import { expF64 } from "../../elementary/exp.ts";
import { logF64 } from "../../elementary/log.ts";
import { arrayOf } from "./_array.ts";

function largest(x: TypedArray, start: number, n: number): number {
  let m = -Infinity;
  for (let i = start; i < start + n; i++) m = Math.max(m, x[i]!);
  return m;
}

/** e^(x_k − max)/Σ e^(x_j − max) along the last axis. */
export function softmax(x: Operand, out: Operand): void {
  const n = x.shape.at(-1)!;
  const [v, y] = [arrayOf(x), arrayOf(out)];
  const e = new Float64Array(n);
  for (let row = 0; row < v.length; row += n) {
    const m = largest(v, row, n);
    let total = 0;
    for (let i = 0; i < n; i++) total += e[i] = expF64(v[row + i]! - m);
    for (let i = 0; i < n; i++) y[row + i] = e[i]! / total;
  }
}

/** out[b] = log Σ_k e^(z_k − m) + m − z_label. */
export function crossEntropy(logits: Operand, labels: ArrayLike<number>, out: Operand): void {
  const n = logits.shape[1]!;
  const [z, y] = [arrayOf(logits), arrayOf(out)];
  for (let b = 0; b < labels.length; b++) {
    const row = b * n;
    const m = largest(z, row, n);
    let total = 0;
    for (let i = 0; i < n; i++) total += expF64(z[row + i]! - m);
    y[b] = logF64(total) + (m - z[row + labels[b]!]!);
  }
}

/**
 * out[b, k] = p_k for k ≠ y_b, and −Σ_{k≠y} p_k at the label: p_y − 1 would lose all digits for a
 * confident sample.
 */
export function outputError(logits: Operand, labels: ArrayLike<number>, out: Operand): void {
  const n = logits.shape[1]!;
  const [z, y] = [arrayOf(logits), arrayOf(out)];
  const e = new Float64Array(n);
  for (let b = 0; b < labels.length; b++) {
    const row = b * n;
    const label = labels[b]!;
    const m = largest(z, row, n);
    let total = 0;
    let others = 0;
    for (let i = 0; i < n; i++) {
      total += e[i] = expF64(z[row + i]! - m);
      if (i !== label) others += e[i]!;
    }
    for (let i = 0; i < n; i++) y[row + i] = e[i]! / total;
    y[row + label] = -others / total;
  }
}

/** out[b, labels[b]] = 1, elsewhere 0. */
export function oneHot(labels: ArrayLike<number>, out: Operand): void {
  const classes = out.shape[1]!;
  const y = arrayOf(out).fill(0);
  for (let b = 0; b < labels.length; b++) y[b * classes + labels[b]!] = 1;
}
