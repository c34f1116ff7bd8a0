// Dot products, norms and cosines to as many digits as are asked for.
import { allFinite } from "../evidence/_power_of_two.ts";
import { type Unmeasured, unmeasured } from "../evidence/measured.ts";
import { bigNumbers } from "./_big_number.ts";
import { decimalText, type Dyadic, dyadicDot, exactRoot, times } from "./_dyadic.ts";

/** Options of {@link cosineToDigits}, {@link dotToDigits} and {@link normToDigits}. */
export interface DigitsOptions {
  /** Significant decimal digits of the result, 1 … 10,000. */
  readonly digits: number;
}

/**
 * ⟨a, b⟩ of the given doubles to any number of significant digits, correctly rounded (ties away from
 * zero): the sum is taken exactly, in integers, from the last place of every double and not from its
 * decimal text. For settling doubts about what float64 says; slow.
 *
 * Takes mathjs, an optional peer dependency that is loaded when this is called.
 *
 * @param a one vector.
 * @param b the other, of the same length.
 * @param options how many digits.
 * @returns decimal text with that many significant digits, `0` where the sum is exactly zero; or why
 * there is none: a value is not finite.
 * @throws {RangeError} if the lengths differ, or `digits` is no integer from 1 to 10,000.
 * @throws {Error} if mathjs is not installed.
 *
 * @example
 * ```ts
 * import { dotToDigits } from "@fa/protocol";
 *
 * // The double 0.1 is a little more than 1/10.
 * const text = await dotToDigits([0.1], [1], { digits: 30 });
 * if (text !== "0.100000000000000005551115123126") throw new Error(String(text));
 * ```
 */
export async function dotToDigits(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { digits }: DigitsOptions,
): Promise<string | Unmeasured> {
  checkDigits(digits);
  checkLengths(a, b);
  if (!allFinite(a) || !allFinite(b)) return unmeasured("a vector is not finite");
  const dot = dyadicDot(a, b);
  if (dot.n === 0n) return "0";
  const Big = await bigNumbers(digits);
  return new Big(decimalText(dot)).toPrecision(digits);
}

/**
 * ‖v‖₂ of the given doubles to any number of significant digits, correctly rounded, as
 * {@link dotToDigits} does.
 *
 * @param v the vector.
 * @param options how many digits.
 * @returns decimal text with that many significant digits, `0` for a zero vector; or why there is
 * none: a value is not finite.
 * @throws {RangeError} if `digits` is no integer from 1 to 10,000.
 * @throws {Error} if mathjs is not installed.
 *
 * @example
 * ```ts
 * import { normToDigits } from "@fa/protocol";
 *
 * const text = await normToDigits([1, 1], { digits: 40 });
 * if (text !== "1.414213562373095048801688724209698078570") throw new Error(String(text));
 * ```
 */
export async function normToDigits(
  v: ArrayLike<number>,
  { digits }: DigitsOptions,
): Promise<string | Unmeasured> {
  checkDigits(digits);
  if (!allFinite(v)) return unmeasured("the vector is not finite");
  const square = dyadicDot(v, v);
  if (square.n === 0n) return "0";
  const Big = await bigNumbers(digits);
  return new Big(decimalText(square)).sqrt().toPrecision(digits);
}

/**
 * cos(a, b) = ⟨a, b⟩ / (‖a‖‖b‖) of the given doubles to any number of significant digits, correctly
 * rounded (ties away from zero), as {@link dotToDigits} does; no ε.
 *
 * @param a one vector.
 * @param b the other, of the same length.
 * @param options how many digits.
 * @returns decimal text with that many significant digits, `0` where the vectors are exactly
 * orthogonal; or why there is none: a vector is zero or not finite.
 * @throws {RangeError} if the lengths differ, or `digits` is no integer from 1 to 10,000.
 * @throws {Error} if mathjs is not installed.
 *
 * @example
 * ```ts
 * import { cosine, cosineToDigits } from "@fa/protocol";
 *
 * // The vector of pytorch/pytorch#115786.
 * const a = [2606.66824394, 2477.72226966, 3251.84008903];
 * const b = [3.46822161e-9, 1.82536693e-9, 8.35245752e-9];
 * const text = await cosineToDigits(a, b, { digits: 30 });
 * if (typeof text !== "string" || !text.startsWith("0.91036362205118")) throw new Error("wrong");
 * if (Number(text) !== cosine(a, b)) throw new Error("cosine rounds it correctly");
 * ```
 */
export async function cosineToDigits(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { digits }: DigitsOptions,
): Promise<string | Unmeasured> {
  checkDigits(digits);
  checkLengths(a, b);
  if (!allFinite(a) || !allFinite(b)) return unmeasured("a vector is not finite");
  const squares = times(dyadicDot(a, a), dyadicDot(b, b));
  if (squares.n === 0n) return unmeasured("a vector is zero");
  const dot = dyadicDot(a, b);
  return dot.n === 0n ? "0" : await quotientByRoot(dot, squares, digits);
}

/** dot / √squares. */
async function quotientByRoot(dot: Dyadic, squares: Dyadic, digits: number): Promise<string> {
  const root = exactRoot(squares);
  if (root) { // the only case where the quotient may be a tie
    const Big = await bigNumbers(digits);
    return new Big(decimalText(dot)).div(new Big(decimalText(root))).toPrecision(digits);
  }
  // Root and quotient are rounded to `precision` digits, so both together err by less than a unit of
  // the digit before the last; more digits are taken until that cannot change the result.
  for (let precision = digits + 10;; precision *= 2) {
    const Big = await bigNumbers(precision);
    const value = new Big(decimalText(dot)).div(new Big(decimalText(squares)).sqrt());
    const [low, high] = [`0.${"9".repeat(precision - 2)}`, `1.${"0".repeat(precision - 3)}1`]
      .map((factor) => value.times(new Big(factor)).toPrecision(digits));
    if (low === high) return low!;
  }
}

function checkDigits(digits: number): void {
  if (Number.isInteger(digits) && digits >= 1 && digits <= 10_000) return;
  throw new RangeError(
    `Cannot compute to ${digits} digits as their number must be an integer from 1 to 10000`,
  );
}

function checkLengths(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length === b.length) return;
  throw new RangeError(
    `Cannot compute to digits as both vectors must have one length: ${a.length} and ${b.length}`,
  );
}
