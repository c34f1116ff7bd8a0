// Elementwise kernels of the js backend.
import type { BinaryName, Operand, UnaryName } from "../../backend.ts";
import type { TypedArray } from "../../dtype.ts";
import { erfF64 } from "../../elementary/erf.ts";
import { expF64 } from "../../elementary/exp.ts";
import { logF32 } from "../../elementary/float32.ts";
import { geluDerivativeF64 } from "../../elementary/gelu_derivative.ts";
import { geluF64 } from "../../elementary/gelu.ts";
import { logF64 } from "../../elementary/log.ts";
import { tanhF64 } from "../../elementary/tanh.ts";
import { arrayOf } from "./_array.ts";
import { forEachRun } from "../_runs.ts";

type UnaryLoop = (x: TypedArray, out: TypedArray) => void;

const unaryLoops: Record<UnaryName, UnaryLoop> = {
  neg(x, out) {
    for (let i = 0; i < out.length; i++) out[i] = -x[i]!;
  },
  reciprocal(x, out) {
    for (let i = 0; i < out.length; i++) out[i] = 1 / x[i]!;
  },
  square(x, out) {
    for (let i = 0; i < out.length; i++) out[i] = x[i]! * x[i]!;
  },
  sqrt(x, out) {
    for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(x[i]!);
  },
  exp(x, out) {
    for (let i = 0; i < out.length; i++) out[i] = expF64(x[i]!);
  },
  log(x, out) {
    if (out instanceof Float32Array) {
      for (let i = 0; i < out.length; i++) out[i] = logF32(x[i]!); // five are not logF64, rounded
    } else {
      for (let i = 0; i < out.length; i++) out[i] = logF64(x[i]!);
    }
  },
  erf(x, out) {
    for (let i = 0; i < out.length; i++) out[i] = erfF64(x[i]!);
  },
  tanh(x, out) {
    for (let i = 0; i < out.length; i++) out[i] = tanhF64(x[i]!);
  },
  gelu(x, out) {
    for (let i = 0; i < out.length; i++) out[i] = geluF64(x[i]!);
  },
  geluDerivative(x, out) {
    for (let i = 0; i < out.length; i++) out[i] = geluDerivativeF64(x[i]!);
  },
};

/** out[i] = f(x[i]), computed in double and rounded once. */
export function unary(name: UnaryName, x: Operand, out: Operand): void {
  unaryLoops[name](arrayOf(x), arrayOf(out));
}

type BinaryLoop = (
  out: TypedArray,
  o: number,
  a: TypedArray,
  ia: number,
  sa: number,
  b: TypedArray,
  ib: number,
  sb: number,
  n: number,
) => void;

const binaryLoops: Record<BinaryName, BinaryLoop> = {
  add(out, o, a, ia, sa, b, ib, sb, n) {
    for (let i = 0; i < n; i++, ia += sa, ib += sb) out[o + i] = a[ia]! + b[ib]!;
  },
  sub(out, o, a, ia, sa, b, ib, sb, n) {
    for (let i = 0; i < n; i++, ia += sa, ib += sb) out[o + i] = a[ia]! - b[ib]!;
  },
  mul(out, o, a, ia, sa, b, ib, sb, n) {
    for (let i = 0; i < n; i++, ia += sa, ib += sb) out[o + i] = a[ia]! * b[ib]!;
  },
  div(out, o, a, ia, sa, b, ib, sb, n) {
    for (let i = 0; i < n; i++, ia += sa, ib += sb) out[o + i] = a[ia]! / b[ib]!;
  },
  equal(out, o, a, ia, sa, b, ib, sb, n) {
    for (let i = 0; i < n; i++, ia += sa, ib += sb) out[o + i] = a[ia] === b[ib] ? 1 : 0;
  },
};

/** out = f(a, b) with broadcasting, computed in double and rounded once. */
export function binary(name: BinaryName, a: Operand, b: Operand, out: Operand): void {
  const loop = binaryLoops[name];
  const [x, y, z] = [arrayOf(a), arrayOf(b), arrayOf(out)];
  forEachRun(out.shape, a.shape, b.shape, (o, ia, sa, ib, sb, n) => {
    loop(z, o, x, ia, sa, y, ib, sb, n);
  });
}

/** x stretched to the shape of out. */
export function broadcast(x: Operand, out: Operand): void {
  const [from, to] = [arrayOf(x), arrayOf(out)];
  forEachRun(out.shape, x.shape, [], (o, i, step, _b, _stepB, n) => {
    if (step === 0) to.fill(from[i]!, o, o + n);
    else to.set(from.subarray(i, i + n), o);
  });
}
