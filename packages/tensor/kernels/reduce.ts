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

/** total[j] += Σ_i x[i, j], rows in order, four at a time; `total` holds doubles. */
function addRows<T>(x: usize, rows: i32, d: i32, total: usize): void {
  const line = <usize> d * sizeof<T>();
  for (let row = 0; row < rows;) {
    const four = rows - row >= 4;
    let at = x, to = total;
    let i = 0;
    for (; i + 2 <= d; i += 2, at += 2 * sizeof<T>(), to += 16) {
      let sum = f64x2.add(v128.load(to), loadDoubles<T>(at));
      if (four) {
        sum = f64x2.add(sum, loadDoubles<T>(at + line));
        sum = f64x2.add(sum, loadDoubles<T>(at + 2 * line));
        sum = f64x2.add(sum, loadDoubles<T>(at + 3 * line));
      }
      v128.store(to, sum);
    }
    if (i < d) {
      let sum = load<f64>(to) + loadDouble<T>(at);
      if (four) {
        sum += loadDouble<T>(at + line);
        sum += loadDouble<T>(at + 2 * line);
        sum += loadDouble<T>(at + 3 * line);
      }
      store<f64>(to, sum);
    }
    const done = four ? 4 : 1;
    row += done;
    x += line * done;
  }
}

/** See addRows. */
export function addRowsF32(x: usize, rows: i32, d: i32, total: usize): void {
  addRows<f32>(x, rows, d, total);
}

/** See addRows. */
export function addRowsF64(x: usize, rows: i32, d: i32, total: usize): void {
  addRows<f64>(x, rows, d, total);
}
