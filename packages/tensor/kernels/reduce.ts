// Sums, in double. The order is fixed by the length alone.
import { addHalves, loadDouble, loadDoubles } from "./simd";

/** Σ x in four interleaved double sums. */
function sum<T>(x: usize, n: i32): f64 {
  let even = f64x2.splat(0), odd = even;
  let i = 0;
  for (; i + 4 <= n; i += 4, x += 4 * sizeof<T>()) {
    even = f64x2.add(even, loadDoubles<T>(x));
    odd = f64x2.add(odd, loadDoubles<T>(x + 2 * sizeof<T>()));
  }
  let total = addHalves(f64x2.add(even, odd));
  for (; i < n; i++, x += sizeof<T>()) total += loadDouble<T>(x);
  return total;
}

/** See sum. */
export function sumF32(x: usize, n: i32): f64 {
  return sum<f32>(x, n);
}

/** See sum. */
export function sumF64(x: usize, n: i32): f64 {
  return sum<f64>(x, n);
}

/** total[i] += x[i]; `total` holds doubles. */
function addTo<T>(x: usize, total: usize, n: i32): void {
  let i = 0;
  for (; i + 2 <= n; i += 2, x += 2 * sizeof<T>(), total += 16) {
    v128.store(total, f64x2.add(v128.load(total), loadDoubles<T>(x)));
  }
  if (i < n) store<f64>(total, load<f64>(total) + loadDouble<T>(x));
}

/** See addTo. */
export function addToF32(x: usize, total: usize, n: i32): void {
  addTo<f32>(x, total, n);
}

/** See addTo. */
export function addToF64(x: usize, total: usize, n: i32): void {
  addTo<f64>(x, total, n);
}
