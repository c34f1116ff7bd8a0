// Elementwise arithmetic. IEEE fixes every bit of these: they equal the reference exactly.
import { lanes } from "./simd";

/** Numbers of the operations; the caller knows them by the same. */
const SUB: i32 = 1;
const MUL: i32 = 2;
const DIV: i32 = 3;
const EQUAL: i32 = 4;
const RECIPROCAL: i32 = 1;
const SQUARE: i32 = 2;

function combine<T>(op: i32, a: v128, b: v128): v128 {
  if (op == MUL) return v128.mul<T>(a, b);
  if (op == SUB) return v128.sub<T>(a, b);
  if (op == DIV) return v128.div<T>(a, b);
  if (op == EQUAL) return v128.and(v128.eq<T>(a, b), v128.splat<T>(1));
  return v128.add<T>(a, b);
}

function combineOne<T>(op: i32, a: T, b: T): T {
  if (op == MUL) return a * b;
  if (op == SUB) return a - b;
  if (op == DIV) return a / b;
  if (op == EQUAL) return <T> (a == b);
  return a + b;
}

/** out[i] = a[i·stepA] op b[i·stepB]; steps are 0 (one value for all) or 1. */
function binary<T>(
  op: i32,
  a: usize,
  stepA: i32,
  b: usize,
  stepB: i32,
  out: usize,
  n: i32,
): void {
  let x = v128.load_splat<T>(a), y = v128.load_splat<T>(b);
  let i = 0;
  for (; i + lanes<T>() <= n; i += lanes<T>(), out += 16) {
    if (stepA != 0) {
      x = v128.load(a);
      a += 16;
    }
    if (stepB != 0) {
      y = v128.load(b);
      b += 16;
    }
    v128.store(out, combine<T>(op, x, y));
  }
  for (; i < n; i++, out += sizeof<T>()) {
    store<T>(out, combineOne<T>(op, load<T>(a), load<T>(b)));
    a += stepA * sizeof<T>();
    b += stepB * sizeof<T>();
  }
}

/** See binary. */
export function binaryF32(
  op: i32,
  a: usize,
  stepA: i32,
  b: usize,
  stepB: i32,
  out: usize,
  n: i32,
): void {
  binary<f32>(op, a, stepA, b, stepB, out, n);
}

/** See binary. */
export function binaryF64(
  op: i32,
  a: usize,
  stepA: i32,
  b: usize,
  stepB: i32,
  out: usize,
  n: i32,
): void {
  binary<f64>(op, a, stepA, b, stepB, out, n);
}

function map<T>(op: i32, x: v128): v128 {
  if (op == SQUARE) return v128.mul<T>(x, x);
  if (op == RECIPROCAL) return v128.div<T>(v128.splat<T>(1), x);
  return op == 0 ? v128.neg<T>(x) : v128.sqrt<T>(x);
}

function mapOne<T>(op: i32, x: T): T {
  if (op == SQUARE) return x * x;
  if (op == RECIPROCAL) return <T> 1 / x;
  return op == 0 ? -x : sqrt<T>(x);
}

/** out[i] = f(x[i]); op: 0 negation, 1 reciprocal, 2 square, 3 square root. */
function unary<T>(op: i32, x: usize, out: usize, n: i32): void {
  let i = 0;
  for (; i + lanes<T>() <= n; i += lanes<T>(), x += 16, out += 16) {
    v128.store(out, map<T>(op, v128.load(x)));
  }
  for (; i < n; i++, x += sizeof<T>(), out += sizeof<T>()) {
    store<T>(out, mapOne<T>(op, load<T>(x)));
  }
}

/** See unary. */
export function unaryF32(op: i32, x: usize, out: usize, n: i32): void {
  unary<f32>(op, x, out, n);
}

/** See unary. */
export function unaryF64(op: i32, x: usize, out: usize, n: i32): void {
  unary<f64>(op, x, out, n);
}
