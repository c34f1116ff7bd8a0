/**
 * The oracle of the exact sums of `@fa/tensor`: mathjs BigNumber with enough digits that sums and
 * products of doubles are not rounded at all.
 */
import { type BigNumber, BigNumberDependencies, create } from "mathjs";

/** The class that mathjs makes, which its types leave out. */
type BigNumberClass = new (value: string | number | BigNumber) => BigNumber;

function bigNumbers(precision: number): BigNumberClass {
  const made: unknown = create({ BigNumberDependencies: BigNumberDependencies! }, { precision });
  return (made as { readonly BigNumber: BigNumberClass }).BigNumber;
}

// ⟨x, y⟩ lies below 2^2060 and ends at 2^-2148: at most 621 digits before the point and 2148 after.
const Exact = bigNumbers(2800);
/** For roots and quotients, first of few digits, then of as many as decide every case. */
const classes = [bigNumbers(60), Exact];

const two = new Exact(2);
const powers = new Map<number, BigNumber>();

/** 2^exponent, exactly. */
function powerOfTwo(exponent: number): BigNumber {
  const known = powers.get(exponent);
  if (known) return known;
  const power = two.pow(exponent);
  powers.set(exponent, power);
  return power;
}

/** A finite double, every digit of it. */
export function exactly(value: number): BigNumber {
  let integer = value;
  let halvings = 0;
  while (!Number.isInteger(integer)) {
    integer *= 2; // exact
    halvings++;
  }
  const whole = new Exact(BigInt(integer).toString());
  return halvings === 0 ? whole : whole.times(powerOfTwo(-halvings));
}

/** Σ xᵢ. */
export function bigSum(x: readonly BigNumber[]): BigNumber {
  return x.reduce((sum, value) => sum.plus(value), new Exact(0));
}

/** Σ xᵢyᵢ. */
export function bigDot(x: readonly BigNumber[], y: readonly BigNumber[]): BigNumber {
  return bigSum(x.map((value, i) => value.times(y[i]!)));
}

/** The float64 nearest to an exact value, ties to even; 0 stays 0. */
export function nearestDouble(value: BigNumber): number {
  return rounded(() => value);
}

/** The float64 nearest to √square. */
export function nearestRoot(square: BigNumber): number {
  return rounded((Big) => new Big(square).sqrt());
}

/** The float64 nearest to dot / √squares. */
export function nearestQuotient(dot: BigNumber, squares: BigNumber): number {
  return rounded((Big) => new Big(dot).div(new Big(squares).sqrt()));
}

/** Rounds what `compute` gives; with more digits where few leave open on which side of a tie it is. */
function rounded(compute: (Big: BigNumberClass) => BigNumber): number {
  for (const Big of classes) {
    const value = new Exact(compute(Big));
    const size = value.abs();
    const near = Math.min(Number(size.toPrecision(40)), Number.MAX_VALUE); // a neighbour, at least
    const doubt = Big === classes[0] ? size.times("1e-55") : new Exact(0);
    let open = false;
    let best = near;
    for (const candidate of [below(near), above(near)]) {
      const [low, high] = candidate < best ? [candidate, best] : [best, candidate];
      const fromMidpoint = size.minus(edge(low).plus(edge(high)).times("0.5"));
      if (fromMidpoint.abs().lte(doubt) && !doubt.isZero()) open = true;
      best = fromMidpoint.isZero()
        ? (isEven(low) ? low : high)
        : fromMidpoint.isPositive()
        ? high
        : low;
    }
    if (!open) return value.isNegative() ? -best : best;
  }
  throw new Error("unreachable: 2800 digits decide");
}

/** ±Infinity stands for 2^1024, as IEEE rounding has it. */
function edge(value: number): BigNumber {
  return value === Infinity ? powerOfTwo(1024) : exactly(value);
}

const view = new DataView(new ArrayBuffer(8));

function isEven(value: number): boolean {
  view.setFloat64(0, value);
  return (view.getUint32(4) & 1) === 0;
}

function above(value: number): number {
  view.setFloat64(0, value);
  view.setBigUint64(0, view.getBigUint64(0) + 1n);
  return view.getFloat64(0);
}

function below(value: number): number {
  if (value === 0) return 0;
  view.setFloat64(0, value);
  view.setBigUint64(0, view.getBigUint64(0) - 1n);
  return view.getFloat64(0);
}
