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

/** Φ(x), given φ(x); NaN stays NaN. */
function distribution(x: v128, t: v128, phi: v128): v128 {
  const tail = f64x2.mul(phi, millsRatio(t)); // Φ(−t)
  return v128.bitselect(tail, f64x2.sub(f64x2.splat(1), tail), f64x2.lt(x, f64x2.splat(0)));
}

function storeSingles(at: usize, y: v128, both: bool): void {
  if (both) v128.store64_lane(at, f32x4.demote_f64x2_zero(y), 0);
  else v128.store32_lane(at, f32x4.demote_f64x2_zero(y), 0);
}

/**
 * out[i] = x[i]·Φ(x[i]) and slope[i] = Φ(x[i]) + x[i]·φ(x[i]) in single precision, each unless its
 * pointer is 0.
 */
export function geluF32(at: usize, out: usize, slope: usize, n: i32): void {
  const end = f64x2.splat(END);
  for (let i = 0; i < n; i += 2, at += 8) {
    const both = i + 1 < n;
    const x = f64x2.promote_low_f32x4(both ? v128.load64_zero(at) : v128.load32_zero(at));
    const magnitude = f64x2.abs(x);
    const t = f64x2.min(magnitude, end);
    const phi = v128.andnot(density(t), f64x2.ge(magnitude, end));
    const Phi = distribution(x, t, phi);
    if (out != 0) {
      storeSingles(out, f64x2.mul(x, Phi), both);
      out += 8;
    }
    if (slope != 0) {
      storeSingles(slope, f64x2.add(Phi, f64x2.mul(x, phi)), both);
      slope += 8;
    }
  }
}
