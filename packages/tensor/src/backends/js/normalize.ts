// Row normalisations of the js backend: LayerNorm, its gradient, RMS.
import type { Operand } from "../../backend.ts";
import type { TypedArray } from "../../dtype.ts";
import { arrayOf } from "./_array.ts";

function rowLength(x: Operand): number {
  return x.shape.at(-1)!;
}

function mean(x: TypedArray, start: number, d: number): number {
  let s = 0;
  for (let i = start; i < start + d; i++) s += x[i]!;
  return s / d;
}

// 1/√(σ² + ε) from deviations, which loses nothing when the mean is large.
function inverseDeviation(x: TypedArray, start: number, d: number, mu: number, eps: number) {
  let s = 0;
  for (let i = start; i < start + d; i++) {
    const c = x[i]! - mu;
    s += c * c;
  }
  return 1 / Math.sqrt(s / d + eps);
}

/** y = (x − μ)/√(σ² + ε)·weight + bias over the last axis. */
export function layerNorm(
  x: Operand,
  weight: Operand,
  bias: Operand,
  eps: number,
  out: Operand,
): void {
  const d = rowLength(x);
  const [v, w, b, y] = [arrayOf(x), arrayOf(weight), arrayOf(bias), arrayOf(out)];
  for (let row = 0; row < v.length; row += d) {
    const mu = mean(v, row, d);
    const r = inverseDeviation(v, row, d, mu, eps);
    for (let i = 0; i < d; i++) y[row + i] = (v[row + i]! - mu) * r * w[i]! + b[i]!;
  }
}

/** (x − μ)/√(σ² + ε) over the last axis. */
export function normalize(x: Operand, eps: number, out: Operand): void {
  const d = rowLength(x);
  const [v, y] = [arrayOf(x), arrayOf(out)];
  for (let row = 0; row < v.length; row += d) {
    const mu = mean(v, row, d);
    const r = inverseDeviation(v, row, d, mu, eps);
    for (let i = row; i < row + d; i++) y[i] = (v[i]! - mu) * r;
  }
}

/**
 * With s = seed·weight and n = (x − μ)/√(σ² + ε): (s − mean s − n·mean(s n))/√(σ² + ε) at x,
 * Σ_rows seed·n at weight, Σ_rows seed at bias.
 */
export function layerNormGradients(
  x: Operand,
  weight: Operand,
  seed: Operand,
  eps: number,
  out: Operand,
  parameters?: { readonly weight: Operand; readonly bias: Operand },
): void {
  const d = rowLength(x);
  const [v, w, g, y] = [arrayOf(x), arrayOf(weight), arrayOf(seed), arrayOf(out)];
  const atWeight = new Float64Array(d);
  const atBias = new Float64Array(d);
  for (let row = 0; row < v.length; row += d) {
    const mu = mean(v, row, d);
    const r = inverseDeviation(v, row, d, mu, eps);
    let meanS = 0;
    let meanSN = 0;
    for (let i = 0; i < d; i++) {
      const s = g[row + i]! * w[i]!;
      const n = (v[row + i]! - mu) * r;
      meanS += s;
      meanSN += s * n;
      atWeight[i]! += g[row + i]! * n;
      atBias[i]! += g[row + i]!;
    }
    meanS /= d;
    meanSN /= d;
    for (let i = 0; i < d; i++) {
      const n = (v[row + i]! - mu) * r;
      y[row + i] = (g[row + i]! * w[i]! - meanS - n * meanSN) * r;
    }
  }
  if (parameters) {
    arrayOf(parameters.weight).set(atWeight);
    arrayOf(parameters.bias).set(atBias);
  }
}

/** x / rms(x) per row; a row of zeros stays zero. */
export function rmsNormalize(x: Operand, out: Operand): void {
  const d = rowLength(x);
  const [v, y] = [arrayOf(x), arrayOf(out)];
  for (let row = 0; row < v.length; row += d) {
    let largest = 0;
    for (let i = row; i < row + d; i++) largest = Math.max(largest, Math.abs(v[i]!));
    if (largest === 0) {
      y.fill(0, row, row + d);
      continue;
    }
    // Squares of values outside this range could leave the range of doubles.
    const scale = (largest > 1e-140 && largest < 1e140) || largest === Infinity ? 1 : largest;
    let s = 0;
    for (let i = row; i < row + d; i++) {
      const c = v[i]! / scale;
      s += c * c;
    }
    const rms = Math.sqrt(s / d);
    for (let i = row; i < row + d; i++) y[i] = v[i]! / scale / rms;
  }
}
