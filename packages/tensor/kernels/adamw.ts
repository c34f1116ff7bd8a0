// One AdamW step, in place (Loshchilov & Hutter 2019, Algorithm 2).
import { lanes } from "./simd";

/**
 * m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; p ← decay·p − step·m/(root·√v + ε), in the precision of T.
 * `rest1` = 1−β₁, `rest2` = 1−β₂, `root` = 1/√(1−β₂ᵗ).
 */
function adamw<T>(
  p: usize,
  g: usize,
  m: usize,
  v: usize,
  n: i32,
  beta1: T,
  rest1: T,
  beta2: T,
  rest2: T,
  decay: T,
  step: T,
  root: T,
  eps: T,
): void {
  const beta1s = v128.splat<T>(beta1), rest1s = v128.splat<T>(rest1);
  const beta2s = v128.splat<T>(beta2), rest2s = v128.splat<T>(rest2);
  const decays = v128.splat<T>(decay), steps = v128.splat<T>(step);
  const roots = v128.splat<T>(root), epss = v128.splat<T>(eps);
  let i = 0;
  for (; i + lanes<T>() <= n; i += lanes<T>(), p += 16, g += 16, m += 16, v += 16) {
    const gi = v128.load(g);
    const mi = v128.add<T>(v128.mul<T>(beta1s, v128.load(m)), v128.mul<T>(rest1s, gi));
    const vi = v128.add<T>(
      v128.mul<T>(beta2s, v128.load(v)),
      v128.mul<T>(v128.mul<T>(rest2s, gi), gi), // gi² alone overflows earlier
    );
    v128.store(m, mi);
    v128.store(v, vi);
    const divisor = v128.add<T>(v128.mul<T>(roots, v128.sqrt<T>(vi)), epss);
    const change = v128.div<T>(v128.mul<T>(steps, mi), divisor);
    v128.store(p, v128.sub<T>(v128.mul<T>(decays, v128.load(p)), change));
  }
  for (; i < n; i++, p += sizeof<T>(), g += sizeof<T>(), m += sizeof<T>(), v += sizeof<T>()) {
    const gi = load<T>(g);
    const mi = beta1 * load<T>(m) + rest1 * gi;
    const vi = beta2 * load<T>(v) + rest2 * gi * gi;
    store<T>(m, mi);
    store<T>(v, vi);
    store<T>(p, decay * load<T>(p) - step * mi / (root * sqrt<T>(vi) + eps));
  }
}

/** See adamw. */
export function adamwF32(
  p: usize,
  g: usize,
  m: usize,
  v: usize,
  n: i32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  decay: f32,
  step: f32,
  root: f32,
  eps: f32,
): void {
  adamw<f32>(p, g, m, v, n, beta1, rest1, beta2, rest2, decay, step, root, eps);
}

/** See adamw. */
export function adamwF64(
  p: usize,
  g: usize,
  m: usize,
  v: usize,
  n: i32,
  beta1: f64,
  rest1: f64,
  beta2: f64,
  rest2: f64,
  decay: f64,
  step: f64,
  root: f64,
  eps: f64,
): void {
  adamw<f64>(p, g, m, v, n, beta1, rest1, beta2, rest2, decay, step, root, eps);
}
