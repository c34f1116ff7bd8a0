/**
 * The constants of the elementary functions of `@fa/tensor`, computed from their definitions with
 * mathjs BigNumber (80 digits): nothing here is fitted, and nothing is copied from another library.
 */
import { big, type BigNumber, math } from "./oracle.ts";

/** The double nearest to `value`. */
export function nearest(value: BigNumber): number {
  return Number(value.toString());
}

/** `value` as an unevaluated sum of two doubles: the nearest one, and the one nearest to the rest. */
export function split(value: BigNumber): [hi: number, lo: number] {
  const hi = nearest(value);
  return [hi, nearest(value.sub(big(hi)))];
}

/** As {@link split}, but hi is a float32: the product of two such is exact. */
function splitSingle(value: BigNumber): [hi: number, lo: number] {
  const hi = Math.fround(nearest(value));
  return [hi, nearest(value.sub(big(hi)))];
}

/** As {@link split}, but hi is a multiple of `step` (a power of two), so that products stay exact. */
export function splitAt(value: BigNumber, step: number): [hi: number, lo: number] {
  const hi = nearest(value.div(big(step)).round()) * step;
  return [hi, nearest(value.sub(big(hi)))];
}

const ln2 = math.bignumber(2).ln();
const pi = math.acos(math.bignumber(-1)) as BigNumber;

/** Row j of the table of exp: 2^(j/128) as hi + lo. */
export function expRow(j: number): [hi: number, lo: number] {
  return split(big(2).pow(big(j / 128)));
}

/** ln 2 / 128 as hi + lo; 18 bits of k times hi is exact. */
export function ln2Over128(): [hi: number, lo: number] {
  return splitAt(ln2.div(128), 2 ** -42);
}

/** ln 2 as hi + lo; 11 bits of k times hi is exact. */
export function ln2Parts(): [hi: number, lo: number] {
  return splitAt(ln2, 2 ** -42);
}

/**
 * Row i of the table of log, for z from 11/16 + i/256 (below 1) or 1 + (i - 80)/128: a multiple
 * `inverse` of 2^-9 near the reciprocal of the middle of the interval, and -ln(inverse) as hi + lo.
 * The two intervals that touch 1 have inverse = 1, so that log is relatively accurate there.
 */
export function logRow(i: number): [inverse: number, hi: number, lo: number] {
  if (i === 79 || i === 80) return [1, 0, 0];
  const middle = i < 80 ? 0.6875 + (i + 0.5) / 256 : 1 + (i - 79.5) / 128;
  const inverse = Math.round(512 / middle) / 512;
  return [inverse, ...splitAt(big(inverse).ln().neg(), 2 ** -42)];
}

/** Row i of the table of erf: erf(i/32) as hi + lo. */
export function erfRow(i: number): [hi: number, lo: number] {
  const x = big(i / 32);
  // erf x = 2/√π e^(-x²) Σ 2^n x^(2n+1) / (2n+1)!!  (DLMF 7.6.2): all terms are positive
  let term = x;
  let sum = x;
  for (let n = 1; term.gt(sum.times("1e-85")); n++) {
    term = term.times(x).times(x).times(2).div(2 * n + 1);
    sum = sum.plus(term);
  }
  return split(sum.times(2).div(pi.sqrt()).times(x.times(x).neg().exp()));
}

/** Coefficient n of erf(x)/x - 9/8 in x²: 2/√π (-1)^n / (n! (2n+1)), less 9/8 for n = 0. */
export function erfCoefficient(n: number): number {
  const c = big(2).div(pi.sqrt()).times(n % 2 === 0 ? 1 : -1)
    .div(factorial(n)).div(2 * n + 1);
  return nearest(n === 0 ? c.sub(big(1.125)) : c);
}

/** 2/√π, the derivative of erf at 0. */
export function erfSlope(): number {
  return nearest(big(2).div(pi.sqrt()));
}

/** Row i of the table of tanh: tanh(i/32) as hi + lo. */
export function tanhRow(i: number): [hi: number, lo: number] {
  return split(math.tanh(big(i / 32)) as BigNumber);
}

/** Coefficient of x^(2n+1) in tanh x, from f′ = 1 - f²: 1, -1/3, 2/15, -17/315 … */
export function tanhCoefficient(n: number): BigNumber {
  const odd = [big(1)]; // (2k + 1) f_k = -Σ f_i f_j over i + j = k - 1
  for (let k = 1; k <= n; k++) {
    const products = odd.map((f, i) => f.times(odd[k - 1 - i]!));
    odd.push(products.reduce((sum, product) => sum.plus(product)).div(-(2 * k + 1)));
  }
  return odd[n]!;
}

/** 1/√(2π), the normal density at 0. */
const density0 = big(1).div(pi.times(2).sqrt());

/** The normal density φ(x) = e^(-x²/2) / √(2π). */
function density(x: BigNumber): BigNumber {
  return x.times(x).div(-2).exp().times(density0);
}

/** Φ(-x) = ½ - φ(x) Σ x^(2n+1) / (2n+1)!! (DLMF 7.6.2), for 0 ≤ x ≤ 2. */
function lowerNormal(x: BigNumber): BigNumber {
  let term = x;
  let sum = x;
  for (let n = 1; term.gt(sum.times("1e-85")); n++) {
    term = term.times(x).times(x).div(2 * n + 1);
    sum = sum.plus(term);
  }
  return big(0.5).sub(sum.times(density(x)));
}

/** Row i of the table of Φ: Φ(-i/32) as hi + lo; hi has 24 bits. */
export function normalRow(i: number): [hi: number, lo: number] {
  return splitSingle(lowerNormal(big(i / 32)));
}

/** Φ(-x) - x φ(x), the derivative of xΦ(x) at -x. */
function lowerSlope(x: BigNumber): BigNumber {
  return lowerNormal(x).sub(x.times(density(x)));
}

/** Row i of the table of the derivative of xΦ(x): its value at -i/32 as hi + lo. */
export function slopeRow(i: number): [hi: number, lo: number] {
  return split(lowerSlope(big(i / 32)));
}

/** Where xΦ(x) is least: the zero of its derivative, by Newton's method. */
export function geluMinimum(): BigNumber {
  let x = big(0.75);
  // d(Φ(-x) - xφ(x)) = (x² - 2) φ(x) dx
  for (let i = 0; i < 8; i++) {
    x = x.sub(lowerSlope(x).div(x.times(x).sub(2).times(density(x))));
  }
  return x.neg();
}

/** The middle of interval i of the normal tail: 32 intervals in each binade from 2 on. */
function tailCentre(i: number): number {
  return (32.5 + i % 32) / 32 * 2 ** (1 + Math.floor(i / 32));
}

/**
 * Row i of the table of the normal tail: e^(c²/2) Φ(-c) at the middle c of interval i as hi + lo, hi
 * of 24 bits. By Laplace's continued fraction 1/√(2π) / (c + 1/(c + 2/(c + 3/(c + …)))) (DLMF 7.9.1),
 * to at least 44 digits.
 */
export function tailRow(i: number): [hi: number, lo: number] {
  const c = big(tailCentre(i));
  let fraction = c;
  for (let n = Math.ceil(3000 / tailCentre(i) ** 2) + 30; n > 0; n--) {
    fraction = c.add(big(n).div(fraction));
  }
  return splitSingle(density0.div(fraction));
}

/** Coefficient of r^n in sin πr (odd n) or cos πr (even n): ±π^n / n!. */
export function piCoefficient(n: number): BigNumber {
  return pi.pow(n).div(factorial(n)).times((n >> 1) % 2 === 0 ? 1 : -1);
}

function factorial(n: number): BigNumber {
  return math.factorial(math.bignumber(n)) as BigNumber;
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** One generated file: rows of numbers, one row per line. */
function table(name: string, doc: string, rows: number[][]): string {
  const lines = rows.map((row) => `  ${row.map(String).join(", ")},\n`).join("");
  return `/** ${doc} */\nexport const ${name}: Float64Array = /* @__PURE__ */ new Float64Array([\n${lines}]);\n`;
}

function constant(name: string, doc: string, value: number): string {
  return `/** ${doc} */\nexport const ${name}: number = ${value};\n`;
}

/** The text of every generated file, by its name in `packages/tensor/src/elementary/`. */
export function generatedFiles(): Map<string, string> {
  const head = (purpose: string): string =>
    `// ${purpose} Written by tools/elementary/generate.ts: do not edit.\n// deno-fmt-ignore-file\n`;
  const [n128Hi, n128Lo] = ln2Over128();
  const [ln2Hi, ln2Lo] = ln2Parts();
  const [piHi, piLo] = splitAt(pi, 2 ** -24);
  const [densityHi, densityLo] = splitSingle(density0);
  const [minimumHi, minimumLo] = split(geluMinimum());
  const [cos2Hi, cos2Lo] = splitAt(piCoefficient(2).neg(), 2 ** -21);
  return new Map([
    [
      "_exp_table.gen.ts",
      head("Constants of exp.") +
      constant("STEPS_PER_UNIT", "128 / ln 2.", nearest(big(128).div(ln2))) +
      constant("STEP_HI", "ln 2 / 128, a multiple of 2^-42.", n128Hi) +
      constant("STEP_LO", "ln 2 / 128 less STEP_HI.", n128Lo) +
      table("EXP_TABLE", "2^(j/128) as hi, lo; j = 0 … 127.", range(128).map(expRow)),
    ],
    [
      "_log_table.gen.ts",
      head("Constants of log.") +
      constant("LN2_HI", "ln 2, a multiple of 2^-42.", ln2Hi) +
      constant("LN2_LO", "ln 2 less LN2_HI.", ln2Lo) +
      table(
        "LOG_TABLE",
        "1/c, then ln c as hi, lo: c is near the middle of interval i = 0 … 127 of [11/16, 11/8).",
        range(128).map(logRow),
      ),
    ],
    [
      "_erf_table.gen.ts",
      head("Constants of erf.") +
      constant("ERF_SLOPE", "2/√π.", erfSlope()) +
      table(
        "ERF_SMALL",
        "Coefficients of erf(x)/x - 9/8 in powers of x².",
        range(8).map((n) => [erfCoefficient(n)]),
      ) +
      table("ERF_CENTRES", "erf(i/32) as hi, lo; i = 0 … 192.", range(193).map(erfRow)),
    ],
    [
      "_tanh_table.gen.ts",
      head("Constants of tanh.") +
      table(
        "TANH_SMALL",
        "Coefficients of x³, x⁵ … x¹⁷ in tanh x.",
        range(8).map((n) => [nearest(tanhCoefficient(n + 1))]),
      ) +
      table("TANH_CENTRES", "tanh(i/32) as hi, lo; i = 0 … 64.", range(65).map(tanhRow)),
    ],
    [
      "_normal_table.gen.ts",
      head("Constants of gelu.") +
      constant("DENSITY_HI", "1/√(2π), a float32.", densityHi) +
      constant("DENSITY_LO", "1/√(2π) less DENSITY_HI.", densityLo) +
      constant("MINIMUM_HI", "Where xΦ(x) is least.", minimumHi) +
      constant("MINIMUM_LO", "That place less MINIMUM_HI.", minimumLo) +
      table(
        "NORMAL_CENTRES",
        "Φ(-i/32) as hi, a float32, and lo; i = 0 … 64.",
        range(65).map(normalRow),
      ) +
      table(
        "SLOPE_CENTRES",
        "The derivative of xΦ(x) at -i/32 as hi, lo; i = 0 … 64.",
        range(65).map(slopeRow),
      ) +
      table(
        "TAIL_CENTRES",
        "e^(c²/2) Φ(-c) as hi, a float32, and lo: 32 middles c of each binade from 2 on, up to 39.",
        range(135).map(tailRow),
      ),
    ],
    [
      "_pi_series.gen.ts",
      head("Constants of cosPi and sinPi.") +
      constant("PI_HI", "π, a multiple of 2^-24 (26 bits).", piHi) +
      constant("PI_LO", "π less PI_HI.", piLo) +
      constant("COS2_HI", "π²/2, a multiple of 2^-21 (24 bits).", cos2Hi) +
      constant("COS2_LO", "π²/2 less COS2_HI.", cos2Lo) +
      table(
        "SIN_PI",
        "Coefficients of r³, r⁵ … r¹⁷ in sin πr.",
        range(8).map((i) => [nearest(piCoefficient(2 * i + 3))]),
      ) +
      table(
        "COS_PI",
        "Coefficients of r⁴, r⁶ … r¹⁸ in cos πr.",
        range(8).map((i) => [nearest(piCoefficient(2 * i + 4))]),
      ),
    ],
  ]);
}
