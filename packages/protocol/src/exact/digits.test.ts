// Digits beyond float64. Oracle: integers alone, which compare a printed decimal with the exact value;
// closed forms; published digits of √2.
import { exactCosine, exactDot, exactNorm, Rng } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isMeasured } from "../evidence/measured.ts";
import { bigNumbers, refuse } from "./_big_number.ts";
import { decimalText, dyadic } from "./_dyadic.ts";
import { cosineToDigits, dotToDigits, normToDigits } from "./digits.ts";

const test = suite("digits");

type Fraction = readonly [numerator: bigint, denominator: bigint];

/** A double as a fraction, by doubling it until it is an integer. */
function fraction(value: number): Fraction {
  let doublings = 0;
  while (!Number.isInteger(value)) {
    value *= 2; // exact
    doublings++;
  }
  return [BigInt(value), 1n << BigInt(doublings)];
}

function dotOf(x: readonly number[], y: readonly number[]): Fraction {
  const unit = 1n << 2148n;
  const sum = x.reduce((total, v, i) => {
    const [[a, p], [b, q]] = [fraction(v), fraction(y[i]!)];
    return total + a * b * (unit / (p * q));
  }, 0n);
  return [sum, unit];
}

/** Decimal text as an integer, and what it must be divided by; the last place is 1. */
function parse(text: string): Fraction {
  const [, sign, whole, decimals = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/
    .exec(text)!;
  const n = BigInt(`${sign}${whole}${decimals}`);
  const places = decimals.length - Number(exponent);
  return places >= 0 ? [n, 10n ** BigInt(places)] : [n * 10n ** BigInt(-places), 1n];
}

function significant(text: string): number {
  return text.replace(/e.*$/, "").replace(/[-.]/g, "").replace(/^0+/, "").length;
}

const signedSquare = (n: bigint) => n < 0n ? -n * n : n * n;

/** Whether the text is dot/√squares to within half a unit of its last place. */
function isQuotient(text: string, dot: Fraction, squares: Fraction): boolean {
  const [n, d] = parse(text);
  const unit = significant(text) < n.toString().replace("-", "").length
    ? 10n ** BigInt(n.toString().replace("-", "").length - significant(text)) // trailing zeros
    : 1n;
  // (2n ± unit)/2d against dot/√squares: signed squares, multiplied out.
  const compare = (numerator: bigint) =>
    signedSquare(dot[0]) * squares[1] * (2n * d) ** 2n -
    signedSquare(numerator) * squares[0] * dot[1] ** 2n;
  return compare(2n * n - unit) >= 0n && compare(2n * n + unit) <= 0n;
}

/** Vectors of all sizes; every third pair nearly parallel, every fifth nearly orthogonal. */
function pair(rng: Rng, k: number): [number[], number[]] {
  const scale = (low: number, high: number) => {
    let s = 1;
    const e = low + rng.integer(high - low);
    for (let i = 0; i < Math.abs(e); i++) s *= e < 0 ? 0.5 : 2;
    return s;
  };
  const span = [0, 30, 300, 1000][k % 4]!;
  const draw = () => rng.normal() * scale(-span, span + 1);
  const x = Array.from({ length: 1 + rng.integer(6) }, draw);
  const y = k % 3 === 0 ? x.map((v) => v * (1 + 2 ** -40 * rng.normal())) : x.map(draw);
  if (k % 5 === 0 && x.length > 1) [y[0], y[1]] = [x[1]!, -x[0]!];
  return [x, y];
}

test("dot, norm and cosine are correctly rounded to 1 … 60 digits", async () => {
  const rng = Rng.fromSeed(1, "digits");
  for (let k = 0; k < 120; k++) {
    const [x, y] = pair(rng, k);
    const digits = 1 + rng.integer(60);
    const [dot, xx, yy] = [dotOf(x, y), dotOf(x, x), dotOf(y, y)];
    const squares = [xx[0] * yy[0], xx[1] * yy[1]] as const;
    const texts = [
      await dotToDigits(x, y, { digits }),
      await normToDigits(x, { digits }),
      await cosineToDigits(x, y, { digits }),
    ].map((text) => typeof text === "string" ? text : text.reason);
    for (const text of texts) assert.ok(text === "0" || significant(text) === digits, text);
    assert.ok(isQuotient(texts[0]!, dot, [1n, 1n]), `[${x}] · [${y}]: ${texts[0]}`);
    assert.ok(isQuotient(texts[1]!, xx, xx), `‖[${x}]‖: ${texts[1]}`);
    assert.ok(isQuotient(texts[2]!, dot, squares), `cos([${x}], [${y}]): ${texts[2]}`);
  }
});

// Oracle: two roundings agree. Text of 800 digits holds every midpoint of doubles.
test("800 digits, read as a number, are what the exact functions of @fa/tensor give", async () => {
  const rng = Rng.fromSeed(2, "digits");
  for (let k = 0; k < 24; k++) {
    const [x, y] = pair(rng, k);
    const digits = 800;
    assert.is(Number(await dotToDigits(x, y, { digits })), exactDot(x, y));
    assert.is(Number(await normToDigits(x, { digits })), exactNorm(x));
    assert.is(Number(await cosineToDigits(x, y, { digits })), exactCosine(x, y));
  }
});

// Oracle: published digits of √2 (OEIS A002193), closed forms.
test("known digits", async () => {
  const root = "1.4142135623730950488016887242096980785696718753769480731766797379907324784621";
  assert.is(await normToDigits([1, 1], { digits: 77 }), root);
  assert.is(await normToDigits([3e-200, 0, 0], { digits: 1 }), "3e-200");
  assert.is(await normToDigits([3, 4], { digits: 5 }), "5.0000");
  assert.is(await dotToDigits([1e300, 1, -1e300], [1e300, 7, 1e300], { digits: 3 }), "7.00");
  // 2^-1074 has 751 digits, of which its decimal text 5e-324 has one.
  const tiny = await dotToDigits([5e-324], [1], { digits: 20 });
  assert.is(tiny, "4.9406564584124654418e-324");
  // The exact value of the double 0.1, as IEEE 754 defines it.
  const tenth = "1000000000000000055511151231257827021181583404541015625";
  assert.equal(parse(decimalText(dyadic(0.1))), [BigInt(tenth) * 10n, 10n ** 56n]);
});

// Oracle: closed form. The quotient lies exactly between two decimals: away from zero.
test("ties are rounded, not searched for ever", async () => {
  const ones = new Array(16).fill(1);
  const first = [1, ...new Array(15).fill(0)];
  assert.is(await cosineToDigits(ones, first, { digits: 1 }), "0.3"); // 1/4
  assert.is(await cosineToDigits(ones, first.map((v) => -v), { digits: 1 }), "-0.3");
  assert.is(await cosineToDigits([3, 4], [4, 3], { digits: 1 }), "1"); // 24/25
  assert.is(await cosineToDigits([3, 4], [4, 3], { digits: 4 }), "0.9600");
  assert.is(await cosineToDigits([2, 0], [5e-324, 0], { digits: 3 }), "1.00");
  assert.is(await dotToDigits([2.5], [1], { digits: 1 }), "3");
  assert.is(await normToDigits([-2.5], { digits: 1 }), "3");
});

// Oracle: closed form, cos = (1 − t)/(4√(1 + t²)): below 1/4 by t/4, far beyond the first digits.
test("what is nearly a tie takes as many digits as it needs", async () => {
  const ones = new Array(16).fill(1);
  for (const t of [2 ** -60, 2 ** -300, 2 ** -900]) {
    const nearly = (t: number) => [1, -t, ...new Array(14).fill(0)];
    assert.is(await cosineToDigits(ones, nearly(t), { digits: 1 }), "0.2");
    assert.is(await cosineToDigits(ones, nearly(-t), { digits: 1 }), "0.3");
  }
});

// Oracle: documented contract.
test("zeros are 0, directions of zero vectors and what is not finite are unmeasured", async () => {
  const digits = 5;
  assert.is(await dotToDigits([1, 1], [1, -1], { digits }), "0");
  assert.is(await dotToDigits([], [], { digits }), "0");
  assert.is(await normToDigits([0, -0], { digits }), "0");
  assert.is(await cosineToDigits([1, 1], [1, -1], { digits }), "0");
  const reasons = [
    [await cosineToDigits([0], [1], { digits }), "a vector is zero"],
    [await cosineToDigits([1], [Infinity], { digits }), "a vector is not finite"],
    [await dotToDigits([NaN], [1], { digits }), "a vector is not finite"],
    [await normToDigits([-Infinity], { digits }), "the vector is not finite"],
  ] as const;
  for (const [found, reason] of reasons) assert.equal(found, { valid: false, reason });
  assert.not(isMeasured(reasons[0][0] as never));
});

test("refuses lengths that differ, numbers of digits that are none, and absence of mathjs", async () => {
  const message = async (run: () => Promise<unknown>) => {
    try {
      await run();
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
    return "nothing was refused";
  };
  const lengths =
    "RangeError: Cannot compute to digits as both vectors must have one length: 1 and 2";
  assert.is(await message(() => dotToDigits([1], [1, 2], { digits: 3 })), lengths);
  assert.is(await message(() => cosineToDigits([1], [1, 2], { digits: 3 })), lengths);
  for (const digits of [0, 1.5, NaN, 10_001]) {
    const expected =
      `RangeError: Cannot compute to ${digits} digits as their number must be an integer from 1 to 10000`;
    assert.is(await message(() => dotToDigits([1], [1], { digits })), expected);
    assert.is(await message(() => normToDigits([1], { digits })), expected);
    assert.is(await message(() => cosineToDigits([1], [1], { digits })), expected);
  }
  const absent = () => Promise.reject(new TypeError("Cannot find package 'mathjs'")).catch(refuse);
  assert.match(
    await message(() => bigNumbers(20, absent)),
    /^Error: Cannot compute more digits than float64 has .*: npm install mathjs$/,
  );
});

test.run();
