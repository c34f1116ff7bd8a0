/**
 * exp, log, erf, tanh, gelu and its derivative, sin πx and cos πx in fixed-point arithmetic on
 * BigInt: a reference that shares neither code nor library with what it measures, and is quick enough
 * for 10⁵ points.
 *
 * A value is `mantissa · 2^exponent`. The error of each result is below 2^-100 of it, for arguments
 * of at least 2^-60 (log: any distance from 1).
 */

/** mantissa · 2^exponent, exactly. */
export interface Scaled {
  mantissa: bigint;
  exponent: number;
}

const P = 320; // fractional bits
const P_BIG = BigInt(P);
const ONE = 1n << P_BIG;
const mul = (a: bigint, b: bigint): bigint => (a * b) >> P_BIG;
const div = (a: bigint, b: bigint): bigint => (a << P_BIG) / b;

const view = new DataView(new ArrayBuffer(8));

/** The exact value of a finite double. */
export function fromDouble(x: number): Scaled {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = biased === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: x < 0 ? -magnitude : magnitude, exponent: Math.max(biased, 1) - 1075 };
}

function toFixed(x: number): bigint {
  const { mantissa, exponent } = fromDouble(x);
  const shift = BigInt(exponent + P);
  return shift >= 0n ? mantissa << shift : mantissa >> -shift;
}

/** 2 atanh(1/n) or 2 atan(1/n), by their series. */
function twiceInverse(n: bigint, sign: bigint): bigint {
  let power = 2n * ONE / n;
  let sum = power;
  for (let k = 3n; power !== 0n; k += 2n) {
    power = sign * power / (n * n);
    sum += power / k;
  }
  return sum;
}

const LN2 = twiceInverse(3n, 1n); // ln 2 = 2 atanh(1/3)
const PI = 2n * (4n * twiceInverse(5n, -1n) - twiceInverse(239n, -1n)); // Machin
const SQRT_PI = ((): bigint => {
  let root = 2n * ONE;
  for (let i = 0; i < 20; i++) root = (root + div(PI, root)) / 2n; // Newton
  return root;
})();

export function expReference(x: number): Scaled {
  return expOfFixed(toFixed(x));
}

function expOfFixed(value: bigint): Scaled {
  const k = Number((2n * value + LN2) / (2n * LN2));
  const r = (value - BigInt(k) * LN2) >> 8n;
  let term = ONE;
  let sum = ONE;
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    term = mul(term, r) / n;
    sum += term;
  }
  for (let i = 0; i < 8; i++) sum = mul(sum, sum);
  return { mantissa: sum, exponent: k - P };
}

export function logReference(x: number): Scaled {
  const { mantissa, exponent } = fromDouble(x);
  let k = exponent + mantissa.toString(2).length;
  let z = (mantissa << P_BIG) >> BigInt(k - exponent); // [1/2, 1)
  if (10n * z < 7n * ONE) {
    z *= 2n;
    k--;
  }
  const s = div(z - ONE, z + ONE);
  const square = mul(s, s);
  let power = 2n * s;
  let sum = power;
  for (let n = 3n; power !== 0n && power !== -1n; n += 2n) {
    power = mul(power, square);
    sum += power / n;
  }
  return { mantissa: sum + BigInt(k) * LN2, exponent: -P };
}

export function erfReference(x: number): Scaled {
  const value = toFixed(x);
  const square = mul(value, value);
  let term = value; // the alternating series (DLMF 7.6.1); below |x| = 6 it loses 52 bits at most
  let sum = term;
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    term = -mul(term, square) / n;
    sum += term / (2n * n + 1n);
  }
  return { mantissa: div(2n * sum, SQRT_PI), exponent: -P };
}

/** tanh a = (e^2a - 1)/(e^2a + 1), for |x| < 100. */
export function tanhReference(x: number): Scaled {
  const { mantissa, exponent } = expReference(2 * Math.abs(x));
  const growth = (mantissa << BigInt(exponent + P)) - ONE;
  const ratio = div(growth, growth + 2n * ONE);
  return { mantissa: x < 0 ? -ratio : ratio, exponent: -P };
}

const ROOT_TWO_PI = ((): bigint => {
  let root = 2n * ONE;
  for (let i = 0; i < 20; i++) root = (root + div(2n * PI, root)) / 2n; // Newton
  return root;
})();

/** The density φ(a) of the normal distribution and Mills' ratio Φ(-a)/φ(a), a = |x|. */
function normalParts(x: number): [density: Scaled, mills: bigint] {
  const a = toFixed(Math.abs(x));
  const half = mul(a, a) / 2n;
  const gaussian = expOfFixed(-half);
  const density = { mantissa: div(gaussian.mantissa, ROOT_TWO_PI), exponent: gaussian.exponent };
  if (Math.abs(x) < 3) {
    // √(π/2) e^(a²/2) - Σ a^(2n+1) / (2n+1)!! (DLMF 7.6.2)
    let term = a;
    let sum = term;
    for (let n = 3n; term !== 0n; n += 2n) {
      term = 2n * mul(term, half) / n;
      sum += term;
    }
    const { mantissa, exponent } = expOfFixed(half);
    return [density, mul(ROOT_TWO_PI / 2n, mantissa << BigInt(exponent + P)) - sum];
  }
  let fraction = a; // 1/(a + 1/(a + 2/(a + …))) (DLMF 7.9.1)
  for (let n = BigInt(Math.ceil(3000 / x ** 2) + 30); n > 0n; n--) {
    fraction = a + div(n * ONE, fraction);
  }
  return [density, div(ONE, fraction)];
}

/** xΦ(x), for |x| < 100. */
export function geluReference(x: number): Scaled {
  const [{ mantissa, exponent }, mills] = normalParts(x);
  const left = { mantissa: mul(mantissa, mills), exponent }; // Φ(-|x|)
  const normal = x < 0 ? left : lessThanOne(left);
  const factor = fromDouble(x);
  return {
    mantissa: factor.mantissa * normal.mantissa,
    exponent: factor.exponent + normal.exponent,
  };
}

/** Φ(x) + xφ(x), for |x| < 100. */
export function geluDerivativeReference(x: number): Scaled {
  const [{ mantissa, exponent }, mills] = normalParts(x);
  const left = { mantissa: mul(mantissa, mills - toFixed(Math.abs(x))), exponent }; // at -|x|
  return x < 0 ? left : lessThanOne(left);
}

/** 1 - value. */
function lessThanOne({ mantissa, exponent }: Scaled): Scaled {
  const shift = BigInt(exponent + P);
  return { mantissa: ONE - (shift > 0n ? mantissa << shift : mantissa >> -shift), exponent: -P };
}

/** sin πx or cos πx. */
export function piReference(x: number, kind: "sin" | "cos"): Scaled {
  let turn = toFixed(x) % (2n * ONE); // x mod 2, exactly
  if (turn < 0n) turn += 2n * ONE;
  if (kind === "cos") turn += ONE / 2n; // cos πx = sin π(x + 1/2)
  turn %= 2n * ONE;
  let sign = 1n;
  if (turn >= ONE) [turn, sign] = [turn - ONE, -1n];
  if (2n * turn > ONE) turn = ONE - turn; // [0, 1/2]
  const angle = mul(PI, turn);
  const square = mul(angle, angle);
  let term = angle;
  let sum = term;
  for (let n = 2n; term !== 0n && term !== -1n; n += 2n) {
    term = -mul(term, square) / (n * (n + 1n));
    sum += term;
  }
  return { mantissa: sign * sum, exponent: -P };
}

/** |got - want| in units of the last place of a double next to `want` (2^-1074 if subnormal). */
export function ulpError(got: number, want: Scaled): number {
  const size = want.mantissa < 0n ? -want.mantissa : want.mantissa;
  const binade = size.toString(2).length - 1 + want.exponent;
  const ulp = Math.max(binade, -1022) - 52;
  const { mantissa, exponent } = fromDouble(got);
  // both as integers in units of ulp · 2^-60
  const at = (m: bigint, e: number): bigint => {
    const shift = e - ulp + 60;
    return shift >= 0 ? m << BigInt(shift) : m >> BigInt(-shift);
  };
  const error = at(mantissa, exponent) - at(want.mantissa, want.exponent);
  return Math.abs(Number(error)) * 2 ** -60;
}
