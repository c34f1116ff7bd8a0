// GELU and its derivative for single precision: computed in double to about 1e-10, rounded once.
// tools/kernels/fit_mills.py makes the coefficients and tells their error.

const LOG2E: f64 = 1.4426950408889634;
const LN2: f64 = 0.6931471805599453;
const ONE_OVER_SQRT_TWO_PI: f64 = 0.3989422804014327;
/** Added and subtracted again, it rounds to a whole number, which its low bits then hold. */
const ROUNDER: f64 = 6755399441055744; // 1.5 · 2^52
/** From here on the density is below what single precision holds. */
const END: f64 = 15;

/** Density φ(t) = e^(−t²/2)/√(2π) for 0 ≤ t ≤ 15: 2^k e^r, Taylor polynomial of degree 9. */
function density(t: v128): v128 {
  const y = f64x2.mul(f64x2.mul(t, t), f64x2.splat(-0.5));
  const shifted = f64x2.add(f64x2.mul(y, f64x2.splat(LOG2E)), f64x2.splat(ROUNDER));
  const k = f64x2.sub(shifted, f64x2.splat(ROUNDER));
  const r = f64x2.sub(y, f64x2.mul(k, f64x2.splat(LN2)));
  let p = f64x2.splat(1.0 / 362880);
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 40320));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 5040));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 720));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 120));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 24));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 6));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(0.5));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1));
  const power = i64x2.shl(i64x2.add(shifted, i64x2.splat(1023)), 52); // 2^k
  return f64x2.mul(f64x2.mul(p, f64x2.splat(ONE_OVER_SQRT_TWO_PI)), power);
}

/** Mills' ratio (1 − Φ(t))/φ(t) for 0 ≤ t ≤ 15: s·P(s), s = 1/(1 + t/5). */
function millsRatio(t: v128): v128 {
  const one = f64x2.splat(1);
  const s = f64x2.div(one, f64x2.add(one, f64x2.mul(t, f64x2.splat(0.2))));
  let p = f64x2.splat(0.056900011924964265);
  p = f64x2.add(f64x2.mul(p, s), f64x2.splat(-0.3354671550960268));
  p = f64x2.add(f64x2.mul(p, s), f64x2.splat(0.7527660320316711));
  p = f64x2.add(f64x2.mul(p, s), f64x2.splat(-0.8901303605335884));
  p = f64x2.add(f64x2.mul(p, s), f64x2.splat(0.8364067833536956));
  p = f64x2.add(f64x2.mul(p, s), f64x2.splat(-0.35180274823722446));
  p = f64x2.add(f64x2.mul(p, s), f64x2.splat(0.30702857720548427));
  p = f64x2.add(f64x2.mul(p, s), f64x2.splat(0.10043181381992812));
  p = f64x2.add(f64x2.mul(p, s), f64x2.splat(0.18643922098284965));
  p = f64x2.add(f64x2.mul(p, s), f64x2.splat(0.19064162561308176));
  p = f64x2.add(f64x2.mul(p, s), f64x2.splat(0.20010386081002005));
  p = f64x2.add(f64x2.mul(p, s), f64x2.splat(0.1999964755234933));
  return f64x2.mul(s, p);
}

/** xΦ(x), or Φ(x) + xφ(x); NaN stays NaN. */
function gelu(x: v128, derivative: bool): v128 {
  const magnitude = f64x2.abs(x);
  const t = f64x2.min(magnitude, f64x2.splat(END));
  const phi = v128.andnot(density(t), f64x2.ge(magnitude, f64x2.splat(END)));
  const tail = f64x2.mul(phi, millsRatio(t)); // Φ(−t)
  const upper = f64x2.sub(f64x2.splat(1), tail);
  const Phi = v128.bitselect(tail, upper, f64x2.lt(x, f64x2.splat(0)));
  if (derivative) return f64x2.add(Phi, f64x2.mul(x, phi));
  return f64x2.mul(x, Phi);
}

/** out[i] = gelu(x[i]), or its derivative, in single precision. */
function geluLoop(x: usize, out: usize, n: i32, derivative: bool): void {
  let i = 0;
  for (; i + 2 <= n; i += 2, x += 8, out += 8) {
    const y = gelu(f64x2.promote_low_f32x4(v128.load64_zero(x)), derivative);
    v128.store64_lane(out, f32x4.demote_f64x2_zero(y), 0);
  }
  if (i < n) {
    const y = gelu(f64x2.promote_low_f32x4(v128.load32_zero(x)), derivative);
    v128.store32_lane(out, f32x4.demote_f64x2_zero(y), 0);
  }
}

/** out[i] = x[i]·Φ(x[i]) in single precision. */
export function geluF32(x: usize, out: usize, n: i32): void {
  geluLoop(x, out, n, false);
}

/** out[i] = Φ(x[i]) + x[i]·φ(x[i]) in single precision. */
export function geluDerivativeF32(x: usize, out: usize, n: i32): void {
  geluLoop(x, out, n, true);
}
