// What all kernels share: vectors of either precision, and reading values as doubles.
// T is f32 or f64; a v128 holds four of the one or two of the other.

/** Values in one vector. */
export function lanes<T>(): i32 {
  return 16 / <i32> sizeof<T>();
}

/** Bytes of `n` values. */
export function bytes<T>(n: i32): usize {
  return <usize> n * sizeof<T>();
}

/** Two neighbouring values as doubles; exact. */
export function loadDoubles<T>(at: usize): v128 {
  if (sizeof<T>() == 4) return f64x2.promote_low_f32x4(v128.load64_zero(at));
  return v128.load(at);
}

/** Stores two doubles as two neighbouring values, each rounded once. */
export function storeDoubles<T>(at: usize, v: v128): void {
  if (sizeof<T>() == 4) v128.store64_lane(at, f32x4.demote_f64x2_zero(v), 0);
  else v128.store(at, v);
}

/** One value as a double; exact. */
export function loadDouble<T>(at: usize): f64 {
  return <f64> load<T>(at);
}

/** Stores a double as one value, rounded once. */
export function storeDouble<T>(at: usize, v: f64): void {
  store<T>(at, <T> v);
}

/** Both halves of a vector of doubles added up. */
export function addHalves(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}
