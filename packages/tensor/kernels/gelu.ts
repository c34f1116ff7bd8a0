// GELU and its derivative for single precision: computed in double to about 1e-10, rounded once.
// tools/kernels/fit_mills.py makes the coefficients and tells their error.

/** Constants of the loop, in memory: a load that spreads one over a vector costs less than a literal. */
const CONSTANTS: usize = memory.data<f64>([
  // Mills' ratio
  0.1999964755234933,
  0.20010386081002005,
  0.19064162561308176,
  0.18643922098284965,
  0.10043181381992812,
  0.30702857720548427,
  -0.35180274823722446,
  0.8364067833536956,
  -0.8901303605335884,
  0.7527660320316711,
  -0.3354671550960268,
  0.056900011924964265,
  // e^r, Taylor
  1,
  1,
  0.5,
  0.16666666666666666,
  0.041666666666666664,
  0.008333333333333333,
  0.001388888888888889,
  0.0001984126984126984,
  0.0000248015873015873,
  0.0000027557319223985893,
  // single ones
  -0.7213475204444817,
  6755399441055744,
  -0.6931471805599453,
  0.3989422804014327,
  15,
  0.2,
]);
/** Where e^r starts among the constants. */
const EXP: usize = CONSTANTS + 12 * 8;
/** −½ log₂ e. */
const SCALE: usize = CONSTANTS + 22 * 8;
/** 1.5·2^52: added and subtracted again, it rounds to a whole number, which its low bits then hold. */
const ROUNDER: usize = CONSTANTS + 23 * 8;
/** −ln 2. */
const MINUS_LN2: usize = CONSTANTS + 24 * 8;
/** 1/√(2π). */
const PEAK: usize = CONSTANTS + 25 * 8;
/** From here on the density is below what single precision holds. */
const END: usize = CONSTANTS + 26 * 8;
const FIFTH: usize = CONSTANTS + 27 * 8;
const HALF: usize = EXP + 2 * 8;
const ONE: usize = EXP;

/** A constant in both lanes. */
function constant(at: usize): v128 {
  return v128.load64_splat(at);
}

/** Two neighbouring constants as a line: a + b·x. */
function line(at: usize, x: v128): v128 {
  return f64x2.add(v128.load64_splat(at), f64x2.mul(v128.load64_splat(at, 8), x));
}

/** a + b·x. */
function pair(a: v128, b: v128, x: v128): v128 {
  return f64x2.add(a, f64x2.mul(b, x));
}

/** Four constants as a cubic, in pairs (Estrin's scheme), as chains would wait for each other. */
function cubic(at: usize, x: v128, x2: v128): v128 {
  return pair(line(at, x), line(at + 16, x), x2);
}

/** Density φ(t) = e^(−t²/2)/√(2π) for 0 ≤ t ≤ 15: 2^k e^r, Taylor polynomial of degree 9. */
function density(t: v128): v128 {
  const square = f64x2.mul(t, t);
  const shifted = f64x2.add(f64x2.mul(square, constant(SCALE)), constant(ROUNDER));
  const k = f64x2.sub(shifted, constant(ROUNDER));
  const r = f64x2.sub(f64x2.mul(k, constant(MINUS_LN2)), f64x2.mul(square, constant(HALF)));
  const r2 = f64x2.mul(r, r), r4 = f64x2.mul(r2, r2);
  const high = pair(cubic(EXP + 32, r, r2), line(EXP + 64, r), r4);
  const p = pair(cubic(EXP, r, r2), high, r4);
  const power = i64x2.shl(i64x2.add(shifted, i64x2.splat(1023)), 52); // 2^k
  return f64x2.mul(f64x2.mul(p, constant(PEAK)), power);
}

/** Mills' ratio (1 − Φ(t))/φ(t) for 0 ≤ t ≤ 15: s·P(s), s = 1/(1 + t/5). */
function millsRatio(t: v128): v128 {
  const one = constant(ONE);
  const s = f64x2.div(one, f64x2.add(one, f64x2.mul(t, constant(FIFTH))));
  const s2 = f64x2.mul(s, s), s4 = f64x2.mul(s2, s2);
  const high = pair(cubic(CONSTANTS + 32, s, s2), cubic(CONSTANTS + 64, s, s2), s4);
  return f64x2.mul(s, pair(cubic(CONSTANTS, s, s2), high, s4));
}

/** Φ(x), given φ(x); NaN stays NaN. */
function distribution(x: v128, t: v128, phi: v128): v128 {
  const tail = f64x2.mul(phi, millsRatio(t)); // Φ(−t)
  return v128.bitselect(tail, f64x2.sub(constant(ONE), tail), f64x2.lt(x, f64x2.splat(0)));
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
  const end = constant(END);
  for (let i = 0; i < n; i += 2, at += 8) {
    const both = i + 1 < n;
    const x = f64x2.promote_low_f32x4(both ? v128.load64_zero(at) : v128.load32_zero(at));
    const magnitude = f64x2.abs(x);
    const t = f64x2.pmin(end, magnitude);
    const phi = v128.andnot(density(t), f64x2.ge(magnitude, end));
    const Phi = distribution(x, t, phi);
    const beyond = f64x2.eq(phi, f64x2.splat(0)); // there φ is 0 and ±∞·φ would be NaN
    if (out != 0) {
      const y = f64x2.mul(x, Phi);
      storeSingles(out, v128.bitselect(f64x2.splat(-0.0), y, f64x2.eq(Phi, f64x2.splat(0))), both);
      out += 8;
    }
    if (slope != 0) {
      const limit = v128.or(Phi, v128.and(x, f64x2.splat(-0.0))); // −0 or 1
      const y = f64x2.add(Phi, f64x2.mul(x, phi));
      storeSingles(slope, v128.bitselect(limit, y, beyond), both);
      slope += 8;
    }
  }
}
