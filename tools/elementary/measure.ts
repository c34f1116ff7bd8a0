/**
 * Measures the largest error in ulp of each elementary function of `@fa/tensor` on pseudo-random
 * points over its whole range. Exits with 1 if one exceeds what its docstring states.
 *
 *     node --import tsx tools/elementary/measure.ts [points per range, default 50000]
 */
import process from "node:process";
import {
  cosPi,
  erfF64,
  expF64,
  geluDerivativeF64,
  geluF64,
  logF64,
  sinPi,
  tanhF64,
} from "../../packages/tensor/src/elementary/mod.ts";
import {
  erfReference,
  expReference,
  geluDerivativeReference,
  geluReference,
  logReference,
  piReference,
  type Scaled,
  tanhReference,
  ulpError,
} from "./fixed_point.ts";

const points = Number(process.argv[2] ?? 50000);

let word = 1;
/** Uniform on [0, 1), by a 32-bit xorshift twice. */
function random(): number {
  const next = (): number => {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    return word >>> 0;
  };
  return (next() * 2 ** 21 + (next() >>> 11)) / 2 ** 53;
}
const between = (low: number, high: number) => (): number => low + (high - low) * random();
/** ±2^e with a random fraction and e uniform. */
const magnitudes = (low: number, high: number, signed = true) => (): number => {
  const e = low + Math.floor((high - low) * random());
  const x = (1 + random()) * 2 ** (e >> 1) * 2 ** (e - (e >> 1));
  return signed && random() < 0.5 ? -x : x;
};

interface Subject {
  name: string;
  f: (x: number) => number;
  reference: (x: number) => Scaled;
  /** The bound in the docstring, in ulp. */
  documented: number;
  ranges: Record<string, () => number>;
}
const subjects: Subject[] = [
  {
    name: "expF64",
    f: expF64,
    reference: expReference,
    documented: 0.51,
    ranges: {
      "-1 … 1": between(-1, 1),
      "-708 … 709.7": between(-708, 709.7),
      "subnormal results": between(-745.1, -708.3),
      "±2^-55 … ±2^0": magnitudes(-55, 0),
    },
  },
  {
    name: "logF64",
    f: logF64,
    reference: logReference,
    documented: 0.52,
    ranges: {
      "1/2 … 2": between(0.5, 2),
      "1 ± 2^-7": between(1 - 1 / 128, 1 + 1 / 128),
      "1 ± 2^-16": between(1 - 2 ** -16, 1 + 2 ** -16),
      "2^-1074 … 2^1023": magnitudes(-1074, 1023, false),
    },
  },
  {
    name: "erfF64",
    f: erfF64,
    reference: erfReference,
    documented: 0.72,
    ranges: {
      "-1 … 1": between(-1, 1),
      "1 … 6.1": between(1, 6.1),
      "0.124 … 0.16": between(0.124, 0.16),
      "±2^-55 … ±2^-3": magnitudes(-55, -3),
    },
  },
  {
    name: "tanhF64",
    f: tanhF64,
    reference: tanhReference,
    documented: 0.72,
    ranges: {
      "-1 … 1": between(-1, 1),
      "1 … 20": between(1, 20),
      "0.124 … 0.16": between(0.124, 0.16),
      "1.95 … 2.1": between(1.95, 2.1),
      "±2^-55 … ±2^-3": magnitudes(-55, -3),
    },
  },
  {
    name: "geluF64",
    f: geluF64,
    reference: geluReference,
    documented: 0.65,
    ranges: {
      "-2.1 … 2.1": between(-2.1, 2.1),
      "2 … 9": between(2, 9),
      "-2 … -4": between(-2, -4),
      "-4 … -37.4": between(-4, -37.4),
      "±2^-55 … ±2^-3": magnitudes(-55, -3),
    },
  },
  {
    name: "geluF64, subnormal results",
    f: geluF64,
    reference: geluReference,
    documented: 0.75,
    ranges: { "-37.4 … -38.7": between(-37.4, -38.7) },
  },
  {
    name: "geluDerivativeF64",
    f: geluDerivativeF64,
    reference: geluDerivativeReference,
    documented: 1.1,
    ranges: {
      "-0.7 … 2.1": between(-0.7, 2.1),
      "-2.1 … -0.8": between(-2.1, -0.8),
      "2 … 9": between(2, 9),
      "-2 … -4": between(-2, -4),
      "-4 … -37.4": between(-4, -37.4),
      "subnormal results": between(-37.4, -38.7),
      "±2^-55 … ±2^-3": magnitudes(-55, -3),
    },
  },
  {
    name: "geluDerivativeF64 next to its zero",
    f: geluDerivativeF64,
    reference: geluDerivativeReference,
    documented: 3.5,
    ranges: {
      "-0.8 … -0.7": between(-0.8, -0.7),
      "-0.7517916 … -0.7517915": between(-0.7517916, -0.7517915),
    },
  },
  ...(["cos", "sin"] as const).map((kind): Subject => ({
    name: `${kind}Pi`,
    f: kind === "cos" ? cosPi : sinPi,
    reference: (x) => piReference(x, kind),
    documented: 0.75,
    ranges: {
      "-1 … 1": between(-1, 1),
      "0.2 … 0.3": between(0.2, 0.3),
      "±2^-55 … ±2^-2": magnitudes(-55, -2),
      "±2^0 … ±2^50": magnitudes(0, 50),
    },
  })),
];

for (const { name, f, reference, documented, ranges } of subjects) {
  let worst = 0;
  for (const [range, draw] of Object.entries(ranges)) {
    let max = 0;
    let at = 0;
    let wrong = 0; // not the nearest double
    for (let i = 0; i < points; i++) {
      const x = draw();
      const want = reference(x);
      if (want.mantissa === 0n) continue;
      const error = ulpError(f(x), want);
      if (error > 0.5) wrong++;
      if (error > max) [max, at] = [error, x];
    }
    const share = (100 * wrong / points).toFixed(2);
    console.log(
      `${name}  ${range}: at most ${max.toFixed(4)} ulp at ${at}, ${share} % not nearest`,
    );
    worst = Math.max(worst, max);
  }
  console.log(`${name}: at most ${worst.toFixed(4)} ulp, documented ${documented}\n`);
  if (worst > documented) process.exitCode = 1;
}
