// LayerNorm, its gradient, and RMS normalisation, row by row, in double.
import { addHalves, loadDouble, loadDoubles, storeDouble, storeDoubles } from "./simd";

/** Four doubles' sums, added up. */
function total(a: v128, b: v128, c: v128, d: v128): f64 {
  return addHalves(f64x2.add(f64x2.add(a, b), f64x2.add(c, d)));
}

function mean<T>(x: usize, d: i32): f64 {
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let i = 0;
  for (; i + 8 <= d; i += 8, x += 8 * sizeof<T>()) {
    s0 = f64x2.add(s0, loadDoubles<T>(x));
    s1 = f64x2.add(s1, loadDoubles<T>(x + 2 * sizeof<T>()));
    s2 = f64x2.add(s2, loadDoubles<T>(x + 4 * sizeof<T>()));
    s3 = f64x2.add(s3, loadDoubles<T>(x + 6 * sizeof<T>()));
  }
  let sum = total(s0, s1, s2, s3);
  for (; i < d; i++, x += sizeof<T>()) sum += loadDouble<T>(x);
  return sum / <f64> d;
}

function squareOfDifference<T>(x: usize, m: v128): v128 {
  const u = f64x2.sub(loadDoubles<T>(x), m);
  return f64x2.mul(u, u);
}

/** Σ (x − μ)². */
function squares<T>(x: usize, d: i32, mu: f64): f64 {
  const m = f64x2.splat(mu);
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let i = 0;
  for (; i + 8 <= d; i += 8, x += 8 * sizeof<T>()) {
    s0 = f64x2.add(s0, squareOfDifference<T>(x, m));
    s1 = f64x2.add(s1, squareOfDifference<T>(x + 2 * sizeof<T>(), m));
    s2 = f64x2.add(s2, squareOfDifference<T>(x + 4 * sizeof<T>(), m));
    s3 = f64x2.add(s3, squareOfDifference<T>(x + 6 * sizeof<T>(), m));
  }
  let sum = total(s0, s1, s2, s3);
  for (; i < d; i++, x += sizeof<T>()) {
    const u = loadDouble<T>(x) - mu;
    sum += u * u;
  }
  return sum;
}

/** 1/√(σ² + ε), from deviations, which loses nothing when the mean is large. */
function inverseDeviation<T>(x: usize, d: i32, mu: f64, eps: f64): f64 {
  return 1 / sqrt(squares<T>(x, d, mu) / <f64> d + eps);
}

/** out = (x − μ)/√(σ² + ε)·weight + bias for each of `rows` rows; without weight and bias if 0. */
function layerNorm<T>(
  x: usize,
  weight: usize,
  bias: usize,
  eps: f64,
  rows: i32,
  d: i32,
  out: usize,
): void {
  for (let row = 0; row < rows; row++) {
    const mu = mean<T>(x, d);
    const r = inverseDeviation<T>(x, d, mu, eps);
    const m = f64x2.splat(mu), scale = f64x2.splat(r);
    let w = weight, b = bias;
    let i = 0;
    for (; i + 2 <= d; i += 2) {
      let y = f64x2.mul(f64x2.sub(loadDoubles<T>(x), m), scale);
      if (weight != 0) {
        y = f64x2.add(f64x2.mul(y, loadDoubles<T>(w)), loadDoubles<T>(b));
        w += 2 * sizeof<T>();
        b += 2 * sizeof<T>();
      }
      storeDoubles<T>(out, y);
      x += 2 * sizeof<T>();
      out += 2 * sizeof<T>();
    }
    if (i < d) {
      let y = (loadDouble<T>(x) - mu) * r;
      if (weight != 0) y = y * loadDouble<T>(w) + loadDouble<T>(b);
      storeDouble<T>(out, y);
      x += sizeof<T>();
      out += sizeof<T>();
    }
  }
}

/** See layerNorm. */
export function layerNormF32(
  x: usize,
  weight: usize,
  bias: usize,
  eps: f64,
  rows: i32,
  d: i32,
  out: usize,
): void {
  layerNorm<f32>(x, weight, bias, eps, rows, d, out);
}

/** See layerNorm. */
export function layerNormF64(
  x: usize,
  weight: usize,
  bias: usize,
  eps: f64,
  rows: i32,
  d: i32,
  out: usize,
): void {
  layerNorm<f64>(x, weight, bias, eps, rows, d, out);
}

/** Stores `n` doubles as values, each rounded once. */
function storeAll<T>(from: usize, to: usize, n: i32): void {
  for (let i = 0; i < n; i++, from += 8, to += sizeof<T>()) storeDouble<T>(to, load<f64>(from));
}

/**
 * Gradients of LayerNorm. With n = (x − μ)/√(σ² + ε) and s = seed·weight:
 *
 * - at x: (s − mean s − n·mean(s n))/√(σ² + ε), to `out`;
 * - at weight: Σ_rows seed·n, to `weightOut`, and at bias: Σ_rows seed, to `biasOut`, added up in
 *   double in `totals`, which has room for 2d doubles. All three pointers may be 0: then only `out`.
 */
function layerNormGradients<T>(
  x: usize,
  weight: usize,
  seed: usize,
  eps: f64,
  rows: i32,
  d: i32,
  out: usize,
  totals: usize,
  weightOut: usize,
  biasOut: usize,
): void {
  const line = <usize> d * sizeof<T>();
  const biasTotals = totals + 8 * <usize> d;
  if (totals != 0) memory.fill(totals, 0, 16 * <usize> d);
  for (let row = 0; row < rows; row++, x += line, seed += line, out += line) {
    const mu = mean<T>(x, d);
    const r = inverseDeviation<T>(x, d, mu, eps);
    const m = f64x2.splat(mu), scale = f64x2.splat(r);
    let sums = f64x2.splat(0), products = sums;
    let i = 0;
    let at: usize = 0;
    for (; i + 2 <= d; i += 2, at += 2 * sizeof<T>()) {
      const g = loadDoubles<T>(seed + at);
      const s = f64x2.mul(g, loadDoubles<T>(weight + at));
      const n = f64x2.mul(f64x2.sub(loadDoubles<T>(x + at), m), scale);
      sums = f64x2.add(sums, s);
      products = f64x2.add(products, f64x2.mul(s, n));
      if (totals != 0) {
        const w = totals + (<usize> i << 3), b = biasTotals + (<usize> i << 3);
        v128.store(w, f64x2.add(v128.load(w), f64x2.mul(g, n)));
        v128.store(b, f64x2.add(v128.load(b), g));
      }
    }
    let meanS = addHalves(sums), meanSN = addHalves(products);
    if (i < d) {
      const g = loadDouble<T>(seed + at);
      const s = g * loadDouble<T>(weight + at);
      const n = (loadDouble<T>(x + at) - mu) * r;
      meanS += s;
      meanSN += s * n;
      if (totals != 0) {
        const w = totals + (<usize> i << 3), b = biasTotals + (<usize> i << 3);
        store<f64>(w, load<f64>(w) + g * n);
        store<f64>(b, load<f64>(b) + g);
      }
    }
    meanS /= <f64> d;
    meanSN /= <f64> d;
    const a = f64x2.splat(meanS), b = f64x2.splat(meanSN);
    i = 0;
    at = 0;
    for (; i + 2 <= d; i += 2, at += 2 * sizeof<T>()) {
      const s = f64x2.mul(loadDoubles<T>(seed + at), loadDoubles<T>(weight + at));
      const n = f64x2.mul(f64x2.sub(loadDoubles<T>(x + at), m), scale);
      const y = f64x2.sub(f64x2.sub(s, a), f64x2.mul(n, b));
      storeDoubles<T>(out + at, f64x2.mul(y, scale));
    }
    if (i < d) {
      const s = loadDouble<T>(seed + at) * loadDouble<T>(weight + at);
      const n = (loadDouble<T>(x + at) - mu) * r;
      storeDouble<T>(out + at, (s - meanS - n * meanSN) * r);
    }
  }
  if (totals != 0) {
    storeAll<T>(totals, weightOut, d);
    storeAll<T>(biasTotals, biasOut, d);
  }
}

/** See layerNormGradients. */
export function layerNormGradientsF32(
  x: usize,
  weight: usize,
  seed: usize,
  eps: f64,
  rows: i32,
  d: i32,
  out: usize,
  totals: usize,
  weightOut: usize,
  biasOut: usize,
): void {
  layerNormGradients<f32>(x, weight, seed, eps, rows, d, out, totals, weightOut, biasOut);
}

/** See layerNormGradients. */
export function layerNormGradientsF64(
  x: usize,
  weight: usize,
  seed: usize,
  eps: f64,
  rows: i32,
  d: i32,
  out: usize,
  totals: usize,
  weightOut: usize,
  biasOut: usize,
): void {
  layerNormGradients<f64>(x, weight, seed, eps, rows, d, out, totals, weightOut, biasOut);
}

/** The largest magnitude; NaN if there is one. */
function largest<T>(x: usize, d: i32): f64 {
  let m = f64x2.splat(0);
  let i = 0;
  for (; i + 2 <= d; i += 2, x += 2 * sizeof<T>()) m = f64x2.max(m, f64x2.abs(loadDoubles<T>(x)));
  const both = max(f64x2.extract_lane(m, 0), f64x2.extract_lane(m, 1));
  return i < d ? max(both, abs(loadDouble<T>(x))) : both;
}

/** Σ (x/scale)². */
function scaledSquares<T>(x: usize, d: i32, scale: f64): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < d; i++, x += sizeof<T>()) {
    const c = loadDouble<T>(x) / scale;
    sum += c * c;
  }
  return sum;
}

/** x / rms(x) per row, zero rows stay zero. */
function rmsNormalize<T>(x: usize, rows: i32, d: i32, out: usize): void {
  for (let row = 0; row < rows; row++) {
    // Squares of doubles outside this range could leave it; those of singles never do.
    let scale: f64 = 1;
    if (sizeof<T>() == 8) {
      const most = largest<T>(x, d);
      const safe = most == 0 || most > 1e-140 && most < 1e140 || most == Infinity;
      scale = safe ? 1 : most;
    }
    const sum = scale == 1 ? squares<T>(x, d, 0) : scaledSquares<T>(x, d, scale);
    const rms = sqrt(sum / <f64> d);
    const divisor = rms == 0 ? 1 : rms;
    const s = f64x2.splat(scale), r = f64x2.splat(divisor);
    let i = 0;
    for (; i + 2 <= d; i += 2, x += 2 * sizeof<T>(), out += 2 * sizeof<T>()) {
      const v = loadDoubles<T>(x);
      const scaled = sizeof<T>() == 8 ? f64x2.div(v, s) : v;
      storeDoubles<T>(out, f64x2.div(scaled, r));
    }
    if (i < d) {
      storeDouble<T>(out, loadDouble<T>(x) / scale / divisor);
      x += sizeof<T>();
      out += sizeof<T>();
    }
  }
}

/** See rmsNormalize. */
export function rmsNormalizeF32(x: usize, rows: i32, d: i32, out: usize): void {
  rmsNormalize<f32>(x, rows, d, out);
}

/** See rmsNormalize. */
export function rmsNormalizeF64(x: usize, rows: i32, d: i32, out: usize): void {
  rmsNormalize<f64>(x, rows, d, out);
}
