// A backend whose tensors know how wrong they may be: running error analysis, for tests.
import type { Backend, Operand, Storage, UnaryName } from "../backend.ts";
import { jsBackend } from "../backends/js/mod.ts";
import type { TypedArray } from "../dtype.ts";
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** Unit roundoff of double, in which sums, normalisations and functions are computed everywhere. */
const WORKING = 2 ** -53;
/** The same of single. */
const SINGLE = 2 ** -24;
/** Relative error of the GELU kernel for single precision, by its own account. */
const GELU_SINGLE = 2 ** -32;

/** What is promised about roundings: unit roundoffs, 2⁻²⁴ for single and 2⁻⁵³ for double. */
export interface Precision {
  /** Of values that are stored. */
  readonly stored: number;
  /** Of the arithmetic inside matrix products and AdamW. */
  readonly products: number;
}

/** Single precision; products of some backends are kept in double and rounded once. */
export function singlePrecision(productsInDouble: boolean): Precision {
  return { stored: SINGLE, products: productsInDouble ? WORKING : SINGLE };
}

/** Double precision. */
export const doublePrecision: Precision = { stored: WORKING, products: WORKING };

interface Bounded {
  readonly values: Float64Array<ArrayBuffer>;
  readonly errors: Float64Array<ArrayBuffer>;
}

/** Largest difference between the exact values of a tensor made by {@link errorBounds} and computed ones. */
export function errorsOf(t: Tensor | Operand): Float64Array {
  return (t.storage as Bounded).errors;
}

/** γ_n = nu/(1 − nu): what n roundings in a row do (Higham, Accuracy and Stability, Lemma 3.1). */
function gamma(n: number, u = WORKING): number {
  return n * u / (1 - n * u);
}

/**
 * A backend that computes in double on float64 tensors and keeps for each value a bound on the error
 * of the same computation in another precision: inputs are rounded to it when they are written, each
 * kernel passes on the errors of its operands and adds those of its own roundings (running error
 * analysis: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §3.3). Whatever ops do,
 * gradients of any order included, so comes with its textbook bound.
 */
export function errorBounds({ stored, products }: Precision): Backend {
  const js = jsBackend.kernels;
  const smallest = stored === SINGLE ? 2 ** -149 : 2 ** -1074;
  const round = stored === SINGLE ? Math.fround : (x: number) => x;
  const geluError = stored === SINGLE ? GELU_SINGLE : 16 * WORKING;

  const of = (x: Operand) => x.storage as Bounded;
  const plain = (x: Operand, part: "values" | "errors" = "values"): Operand => ({
    shape: x.shape,
    dtype: "float64",
    storage: of(x)[part],
  });
  /** Error after a value whose error is `error` is stored. */
  const store = (value: number, error: number) =>
    (error + stored * (Math.abs(value) + error) + smallest) * (1 + 2 ** -20);
  /** Fills in the errors of a result from those that its values had before they were stored. */
  const storeAll = (out: Operand, error: (i: number) => number) => {
    const { values, errors } = of(out);
    for (let i = 0; i < errors.length; i++) errors[i] = store(values[i]!, error(i));
  };
  const conversion = ({ values, errors }: Bounded) => {
    for (let i = 0; i < values.length; i++) errors[i] = Math.abs(round(values[i]!) - values[i]!);
  };
  /** Values and errors stretched to a shape. */
  const stretch = (x: Operand, shape: Operand["shape"]): Bounded => {
    const out = room(sizeOf(shape));
    for (const part of ["values", "errors"] as const) {
      js.broadcast(plain(x, part), { shape, dtype: "float64", storage: out[part] });
    }
    return out;
  };
  /** The same kernel moves values and errors. */
  const moved = (move: (x: Operand, out: Operand) => void, x: Operand, out: Operand) => {
    move(plain(x), plain(out));
    move(plain(x, "errors"), plain(out, "errors"));
  };

  // Bounds on |f(x̃) − f(x)| for |x̃ − x| ≤ e, and on the error of f itself.
  const unary: Record<UnaryName, (x: number, e: number, y: number) => number> = {
    neg: (_, e) => e,
    reciprocal: (x, e, y) => e < Math.abs(x) ? e * Math.abs(y) / (Math.abs(x) - e) : Infinity,
    square: (x, e) => (2 * Math.abs(x) + e) * e,
    sqrt: (x, e, y) => x > 0 ? e / (y + Math.sqrt(Math.max(0, x - e))) : Math.sqrt(e),
    exp: (_, e, y) => y * Math.expm1(e) + gamma(4) * y,
    log: (x, e, y) => (e < x ? -Math.log1p(-e / x) : Infinity) + gamma(4) * Math.abs(y),
    erf: (x, e, y) =>
      2 / Math.sqrt(Math.PI) * Math.exp(-(Math.max(0, Math.abs(x) - e) ** 2)) * e +
      gamma(4) * Math.abs(y),
    tanh: (x, e, y) =>
      (1 - Math.tanh(Math.max(0, Math.abs(x) - e)) ** 2) * e + gamma(8) * Math.abs(y),
    // |gelu″| ≤ 2φ(0) < 0.8, and so is |gelu‴|.
    gelu: (x, e, y) => (Math.abs(slope(x)) + 0.4 * e) * e + geluError * Math.abs(y) + smallest,
    geluDerivative: (x, e) =>
      (Math.abs(density(x) * (2 - x * x)) + 0.4 * e) * e +
      geluError * (1 + Math.abs(x) * density(x)),
  };
  const slope = (x: number) => {
    const out = new Float64Array(1);
    const operand = (storage: Float64Array): Operand => ({ shape: [1], dtype: "float64", storage });
    js.unary("geluDerivative", operand(Float64Array.of(x)), operand(out));
    return out[0]!;
  };

  /** Deviations of one row, n = (x − μ)/σ with σ = √(mean (x − μ)² + ε), and their errors. */
  function deviations(x: Bounded, start: number, d: number, eps: number, centred: boolean) {
    const part = (a: Float64Array) => a.subarray(start, start + d);
    const [v, e] = [part(x.values), part(x.errors)];
    const mean = (f: (i: number) => number) => v.reduce((sum, _, i) => sum + f(i), 0) / d;
    const mu = centred ? mean((i) => v[i]!) : 0;
    const muError = centred ? mean((i) => e[i]!) + gamma(d) * mean((i) => Math.abs(v[i]!)) : 0;
    const c = v.map((value) => value - mu);
    const dc = c.map((value, i) => e[i]! + muError + WORKING * (Math.abs(value) + muError));
    const sigma = Math.sqrt(mean((i) => c[i]! * c[i]!) + eps);
    // σ is a norm of the deviations: it changes by no more than the norm of their changes.
    const change = Math.sqrt(mean((i) => dc[i]! * dc[i]!));
    const dSigma = change + gamma(d + 4) * (sigma + change);
    const n = c.map((value) => sigma === 0 ? 0 : value / sigma);
    const dn = n.map((value, i) =>
      dSigma === 0 ? 0 : (dc[i]! + Math.abs(value) * dSigma) / Math.max(0, sigma - dSigma) +
        gamma(3) * Math.abs(value)
    );
    return { n, dn, sigma, dSigma };
  }
  const forEachRow = (x: Operand, row: (start: number, d: number) => void) => {
    const d = x.shape.at(-1)!;
    for (let start = 0; start < sizeOf(x.shape); start += d) row(start, d);
  };
  /** Largest error among the logits of a row, rounding of their differences included. */
  const logitError = (x: Bounded, start: number, n: number) => {
    let error = 0, low = Infinity, high = -Infinity;
    for (let i = start; i < start + n; i++) {
      error = Math.max(error, x.errors[i]!);
      low = Math.min(low, x.values[i]!);
      high = Math.max(high, x.values[i]!);
    }
    // Far below the largest logit the exponential is 0 whatever the rounding.
    return error + WORKING * Math.min(high - low, 800);
  };

  return {
    name: "error bounds",
    deterministic: true,
    checkDType(dtype): void {
      if (dtype !== "float64") {
        throw new TypeError("Error bounds are kept for float64 tensors only");
      }
    },
    allocate: (_dtype, size) => room(size),
    release(): void {},
    retain(): void {},
    pin(): void {},
    write(storage: Storage, values: TypedArray): void {
      (storage as Bounded).values.set(values);
      conversion(storage as Bounded);
    },
    read: (storage) => Promise.resolve((storage as Bounded).values.slice()),
    readSync: (storage) => (storage as Bounded).values.slice(),
    kernels: {
      fill(value, out) {
        of(out).values.fill(value);
        conversion(of(out));
      },
      unary(name, x, out) {
        js.unary(name, plain(x), plain(out));
        const [{ values: v, errors: e }, { values: y }] = [of(x), of(out)];
        if (name === "neg") of(out).errors.set(e);
        else storeAll(out, (i) => unary[name](v[i]!, e[i]!, y[i]!));
      },
      geluWithDerivative(x, out, derivative) {
        this.unary("gelu", x, out);
        this.unary("geluDerivative", x, derivative);
      },
      binary(name, a, b, out) {
        js.binary(name, plain(a), plain(b), plain(out));
        const [x, y] = [stretch(a, out.shape), stretch(b, out.shape)];
        const { values, errors } = of(out);
        if (name === "equal") {
          // Values that are not equal must stay so.
          const close = (i: number) =>
            Math.abs(x.values[i]! - y.values[i]!) <= x.errors[i]! + y.errors[i]!;
          values.forEach((v, i) => errors[i] = v === 0 && close(i) ? Infinity : 0);
          return;
        }
        storeAll(out, (i) => {
          const [ea, eb] = [x.errors[i]!, y.errors[i]!];
          const [va, vb] = [Math.abs(x.values[i]!), Math.abs(y.values[i]!)];
          if (name === "mul") return va * eb + vb * ea + ea * eb;
          if (name === "div") {
            return eb < vb ? (ea + Math.abs(values[i]!) * eb) / (vb - eb) : Infinity;
          }
          return ea + eb;
        });
      },
      cast(x, out) {
        moved(js.cast, x, out);
        storeAll(out, (i) => of(x).errors[i]!);
      },
      broadcast: (x, out) => moved(js.broadcast, x, out),
      transpose: (x, out) => moved(js.transpose, x, out),
      copyBlocks: (x, out, blocks) => moved((a, b) => js.copyBlocks(a, b, blocks), x, out),
      reduce(name, x, out) {
        js.reduce(name, plain(x), plain(out));
        js.reduce(name, plain(x, "errors"), plain(out, "errors"));
        if (name === "max") return;
        const magnitudes = room(sizeOf(out.shape)).values;
        const operand = { shape: out.shape, dtype: "float64", storage: magnitudes } as const;
        js.reduce("sum", absolute(plain(x)), operand);
        const n = sizeOf(x.shape) / Math.max(1, magnitudes.length);
        const { errors } = of(out);
        storeAll(out, (i) => errors[i]! + gamma(n) * (magnitudes[i]! + errors[i]!));
      },
      matmul(a, b, out, options) {
        const { bias, ...plainly } = options;
        js.matmul(plain(a), plain(b), plain(out), {
          ...plainly,
          ...(bias && { bias: plain(bias) }),
        });
        const size = sizeOf(out.shape), k = a.shape[options.transposeA ? 0 : 1]!;
        const [va, vb] = [absolute(plain(a)), absolute(plain(b))];
        const [ea, eb] = [plain(a, "errors"), plain(b, "errors")];
        const product = (x: Operand, y: Operand) => {
          const storage = new Float64Array(size);
          js.matmul(x, y, { ...out, storage }, plainly);
          return storage;
        };
        const all = product(sum(va, ea), sum(vb, eb));
        const [left, right] = [product(va, eb), product(ea, sum(vb, eb))];
        const n = out.shape[1]!;
        const added = bias ? of(bias) : undefined;
        const terms = k + (added ? 1 : 0);
        // Any order of the sum, fused or not, in blocks or not: no term meets more roundings than
        // there are terms.
        const error = (i: number) => {
          const own = added ? added.errors[i % n]! : 0;
          const magnitude = all[i]! + (added ? Math.abs(added.values[i % n]!) + own : 0);
          return left[i]! + right[i]! + own + gamma(terms, products) * magnitude + k * smallest;
        };
        if (products === stored) of(out).errors.forEach((_, i, e) => e[i] = error(i));
        else storeAll(out, error);
      },
      softmax(x, out) {
        js.softmax(plain(x), plain(out));
        const { values, errors } = of(out);
        forEachRow(x, (start, n) => {
          const relative = Math.expm1(2 * logitError(of(x), start, n)) + gamma(n + 8);
          for (let i = start; i < start + n; i++) {
            errors[i] = store(values[i]!, values[i]! * relative);
          }
        });
      },
      crossEntropy(logits, labels, out) {
        js.crossEntropy(plain(logits), labels, plain(out));
        const x = of(logits), { values, errors } = of(out);
        forEachRow(logits, (start, n) => {
          const row = start / n;
          const own = gamma(n + 8) * (Math.log(n) + Math.abs(values[row]!));
          errors[row] = store(values[row]!, 2 * logitError(x, start, n) + own);
        });
      },
      outputError(logits, labels, out) {
        js.outputError(plain(logits), labels, plain(out));
        const { values, errors } = of(out);
        forEachRow(logits, (start, n) => {
          const relative = Math.expm1(2 * logitError(of(logits), start, n)) + gamma(n + 8);
          for (let i = start; i < start + n; i++) {
            errors[i] = store(values[i]!, Math.abs(values[i]!) * relative);
          }
        });
      },
      oneHot(labels, out) {
        js.oneHot(labels, plain(out));
        of(out).errors.fill(0);
      },
      layerNorm(x, weight, bias, eps, out) {
        const [w, b] = [of(weight), of(bias)], { values, errors } = of(out);
        forEachRow(x, (start, d) => {
          const { n, dn } = deviations(of(x), start, d, eps, true);
          for (let i = 0; i < d; i++) {
            const [wi, bi] = [w.values[i]!, b.values[i]!];
            const y = values[start + i] = n[i]! * wi + bi;
            const error = Math.abs(wi) * dn[i]! + (Math.abs(n[i]!) + dn[i]!) * w.errors[i]! +
              b.errors[i]! + gamma(2) * (Math.abs(n[i]! * wi) + Math.abs(bi));
            errors[start + i] = store(y, error);
          }
        });
      },
      normalize(x, eps, out) {
        const { values, errors } = of(out);
        forEachRow(x, (start, d) => {
          const { n, dn } = deviations(of(x), start, d, eps, true);
          values.set(n, start);
          dn.forEach((e, i) => errors[start + i] = store(n[i]!, e));
        });
      },
      layerNormGradients(x, weight, seed, eps, out, parameters) {
        js.layerNormGradients(
          ...[plain(x), plain(weight), plain(seed), eps, plain(out)] as const,
          parameters && { weight: plain(parameters.weight), bias: plain(parameters.bias) },
        );
        const [w, g] = [of(weight), of(seed)], { values, errors } = of(out);
        // Along the rows: errors of what is added up, and magnitudes.
        const size = w.values.length;
        const [atWeight, atBias] = [room(size), room(size)];
        forEachRow(x, (start, d) => {
          const { n, dn, sigma, dSigma } = deviations(of(x), start, d, eps, true);
          const indices = Array.from(n.keys());
          const mean = (f: (i: number) => number) => indices.reduce((a, i) => a + f(i), 0) / d;
          const seeds = indices.map((i) => Math.abs(g.values[start + i]!));
          const weights = indices.map((i) => Math.abs(w.values[i]!));
          const dg = indices.map((i) => g.errors[start + i]!);
          const s = indices.map((i) => seeds[i]! * weights[i]!);
          const ds = indices.map((i) =>
            seeds[i]! * w.errors[i]! + weights[i]! * dg[i]! + dg[i]! * w.errors[i]!
          );
          const meanDs = mean((i) => ds[i]!), meanS = mean((i) => s[i]!);
          const meanSn = mean((i) => s[i]! * Math.abs(n[i]!));
          const meanDsn = mean((i) => s[i]! * dn[i]! + Math.abs(n[i]!) * ds[i]! + ds[i]! * dn[i]!);
          for (let i = 0; i < d; i++) {
            const ni = Math.abs(n[i]!);
            const error = ds[i]! + meanDs + dn[i]! * meanSn + (ni + dn[i]!) * meanDsn +
              gamma(d + 8) * (s[i]! + meanS + ni * meanSn);
            const y = Math.abs(values[start + i]!);
            errors[start + i] = store(y, (error + y * dSigma) / Math.max(0, sigma - dSigma));
            atWeight.errors[i]! += seeds[i]! * dn[i]! + (ni + dn[i]!) * dg[i]!;
            atWeight.values[i]! += seeds[i]! * ni;
            atBias.errors[i]! += dg[i]!;
            atBias.values[i]! += seeds[i]!;
          }
        });
        if (!parameters) return;
        const rows = size === 0 ? 0 : sizeOf(x.shape) / size;
        const sums = [[parameters.weight, atWeight], [parameters.bias, atBias]] as const;
        for (const [to, { errors, values }] of sums) {
          storeAll(to, (i) => errors[i]! + gamma(rows + 2) * (values[i]! + errors[i]!));
        }
      },
      rmsNormalize(x, out) {
        js.rmsNormalize(plain(x), plain(out));
        const { values, errors } = of(out);
        forEachRow(x, (start, d) => {
          const { dn } = deviations(of(x), start, d, 0, false);
          dn.forEach((e, i) => errors[start + i] = store(values[start + i]!, e));
        });
      },
      adamw(parameter, gradient, first, second, constants) {
        const [p, g, m, v] = [of(parameter), of(gradient), of(first), of(second)];
        const [m0, v0, p0] = [m.values.slice(), v.values.slice(), p.values.slice()];
        js.adamw(plain(parameter), plain(gradient), plain(first), plain(second), constants);
        const { lr, beta1, beta2, eps, weightDecay, correction1, correction2 } = constants;
        const [rest1, rest2] = [1 - beta1, 1 - beta2];
        const [decay, step] = [Math.abs(1 - lr * weightDecay), lr / correction1];
        const root = 1 / Math.sqrt(correction2);
        // So many roundings; constants, which are doubles, may be rounded as well.
        const rounded = (n: number) => gamma(n, products) + gamma(4);
        for (let i = 0; i < p0.length; i++) {
          const [gi, dg] = [Math.abs(g.values[i]!), g.errors[i]!];
          const dm = beta1 * m.errors[i]! + rest1 * dg +
            rounded(3) * (beta1 * Math.abs(m0[i]!) + rest1 * gi);
          const dv = beta2 * v.errors[i]! + rest2 * (2 * gi + dg) * dg +
            rounded(4) * (beta2 * v0[i]! + rest2 * gi * gi) + 2 * smallest;
          const [m1, v1] = [m.values[i]!, v.values[i]!];
          m.errors[i] = store(m1, dm);
          v.errors[i] = store(v1, dv);
          const divisor = root * Math.sqrt(v1) + eps;
          const dDivisor = root * unary.sqrt(v1, v.errors[i]!, Math.sqrt(v1)) +
            rounded(4) * divisor;
          const change = Math.abs(step * m1 / divisor);
          const dChange =
            (step * m.errors[i]! + change * dDivisor + smallest) / Math.max(0, divisor - dDivisor) +
            rounded(3) * change;
          const kept = decay * Math.abs(p0[i]!);
          p.errors[i] = store(
            p.values[i]!,
            decay * p.errors[i]! + dChange + rounded(3) * (kept + change),
          );
        }
      },
    },
  };
}

function room(size: number): Bounded {
  return { values: new Float64Array(size), errors: new Float64Array(size) };
}

function absolute(x: Operand): Operand {
  return { ...x, storage: (x.storage as Float64Array).map(Math.abs) };
}

function sum(x: Operand, y: Operand): Operand {
  const b = y.storage as Float64Array;
  return { ...x, storage: (x.storage as Float64Array).map((v, i) => v + b[i]!) };
}

/** φ(x) = e^(−x²/2)/√(2π). */
function density(x: number): number {
  return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
}
