/**
 * The normal distribution in mathjs BigNumber, the oracle of `geluF64` and its derivative. Φ(x) is
 * ½ plus a series; for negative x that cancels: of 60 digits 27 are left for Φ(-12) = 1e-33, and
 * beyond there are 420, of which 87 are left for Φ(-39) = 1e-333.
 */
import { all, type BigNumber, create, type MathJsInstance } from "mathjs";

interface Precision {
  math: MathJsInstance;
  rootTwoPi: BigNumber;
  digits: number;
}

function precision(digits: number): Precision {
  const math = create(all!, { number: "BigNumber", precision: digits });
  const rootTwoPi = (math.acos(math.bignumber(-1)) as BigNumber).times(2).sqrt();
  return { math, rootTwoPi, digits };
}

const near = precision(60);
const far = precision(420);

/** Φ(x) and φ(x) = e^(-x²/2) / √(2π), and x with the same number of digits. */
function normal(value: BigNumber): { x: BigNumber; normal: BigNumber; density: BigNumber } {
  const { math, rootTwoPi, digits } = value.abs().lte(12) ? near : far;
  const x = math.bignumber(value.toString());
  const square = x.times(x);
  const density = square.div(-2).exp().div(rootTwoPi);
  let term = x; // Φ(x) = ½ + φ(x) Σ x^(2n+1) / (2n+1)!! (DLMF 7.6.2)
  let sum = x;
  for (let n = 1; term.e > sum.e - digits; n++) {
    term = term.times(square).div(2 * n + 1);
    sum = sum.plus(term);
  }
  return { x, normal: sum.times(density).plus("0.5"), density };
}

/** xΦ(x). */
export function gelu(value: BigNumber): BigNumber {
  const { x, normal: below } = normal(value);
  return x.times(below);
}

/** Φ(x) + xφ(x). */
export function geluDerivative(value: BigNumber): BigNumber {
  const { x, normal: below, density } = normal(value);
  return x.times(density).plus(below);
}
