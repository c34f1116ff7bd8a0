// Are the float32 functions correctly rounded? Tries every float32 for which it is not plain.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  big,
  type BigNumber,
  erf,
  math,
  nearestSingle,
} from "../../../../tools/elementary/oracle.ts";
import { erfF64 } from "./erf.ts";
import { expF64 } from "./exp.ts";
import { erfF32, expF32, logF32, tanhF32 } from "./float32.ts";
import { logF64 } from "./log.ts";
import { tanhF64 } from "./tanh.ts";

const test = suite("correct rounding of the float32 functions");

const CHUNK = 1 << 14;
const x = new Float32Array(CHUNK);
const bits = new Uint32Array(x.buffer);
const y = new Float64Array(CHUNK);
const words = new Uint32Array(y.buffer);
/** Which word of a double holds its last bits: 0 on a little-endian machine. */
const LOW = 1 - new Uint8Array(new Uint32Array([1]).buffer)[0]!;

/** The bit pattern of a float32. Those of positive ones count upwards with the value. */
function patternOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]!;
}

const SINGLE_MIN_NORMAL = 2 ** -126;
/** Last bits of a double that is halfway between two normal float32, and the mask of what is lost. */
const HALFWAY = 0x10000000;
const LOST = 0x1fffffff;
/** How near to halfway, in ulp of the double, a result is doubtful: far more than its error. */
const DOUBTFUL = 16;

function isDoubtful(i: number): boolean {
  if (Math.abs(y[i]!) >= SINGLE_MIN_NORMAL) {
    return Math.abs((words[2 * i + LOW]! & LOST) - HALFWAY) <= DOUBTFUL;
  }
  const steps = Math.abs(y[i]!) * 2 ** 149; // float32 are a step apart here
  return Math.abs(steps - Math.floor(steps) - 0.5) < 2 ** -22; // the error is below 2^-29
}

/** Of the float32 from `first` to `last`, both of one sign, those whose f64 result is doubtful. */
function doubtful(first: number, last: number, fill: () => void): number[] {
  const found: number[] = [];
  const [low, high] = [patternOf(first), patternOf(last)];
  for (let start = low; start <= high; start += CHUNK) {
    for (let i = 0; i < CHUNK; i++) bits[i] = start + i;
    fill();
    const n = Math.min(CHUNK, high - start + 1);
    for (let i = 0; i < n; i++) if (isDoubtful(i)) found.push(x[i]!);
  }
  return found;
}

/** Has BigNumber decide about every doubtful argument; gives those that f64 alone gets wrong. */
function decide(
  arguments_: number[],
  f32: (x: number) => number,
  f64: (x: number) => number,
  exact: (x: BigNumber) => BigNumber,
): number[] {
  assert.ok(arguments_.length > 0, "nothing was doubtful: was anything tried?");
  return arguments_.filter((argument) => {
    const nearest = nearestSingle(exact(big(argument)));
    assert.is(f32(argument), nearest, `at ${argument}`);
    return Math.fround(f64(argument)) !== nearest;
  });
}

test("expF32 (BigNumber decides where the double does not)", () => {
  const fill = (): void => {
    for (let i = 0; i < CHUNK; i++) y[i] = expF64(x[i]!);
  };
  const found = [
    // nearer to 0 than 2^-27 the result is 1; beyond the other ends it is 0 and ∞
    ...doubtful(2 ** -27, 89, fill),
    ...doubtful(-(2 ** -27), -104, fill),
  ];
  assert.equal(decide(found, expF32, expF64, (value) => value.exp()), []);
});

test("logF32 (BigNumber decides where the double does not)", () => {
  const fill = (): void => {
    for (let i = 0; i < CHUNK; i++) y[i] = logF64(x[i]!);
  };
  const found = doubtful(2 ** -149, 3.4028234663852886e38, fill);
  // logF32 lists exactly those that the rounded double gets wrong
  assert.equal(decide(found, logF32, logF64, (value) => value.ln()), [
    0.011794382706284523,
    9.472636222839355,
    58037908,
    1.2783783694984994e+23,
    5.498306075456329e+28,
  ]);
});

test("erfF32 (BigNumber decides where the double does not)", () => {
  const fill = (): void => {
    for (let i = 0; i < CHUNK; i++) y[i] = erfF64(x[i]!);
  };
  const found = doubtful(2 ** -149, 4, fill); // odd; ±1 from 4 on, as 1 - erf 4 = 1.5e-8
  assert.equal(decide(found, erfF32, erfF64, erf), []);
});

test("tanhF32 (BigNumber decides where the double does not)", () => {
  const fill = (): void => {
    for (let i = 0; i < CHUNK; i++) y[i] = tanhF64(x[i]!);
  };
  // odd; below 2^-13 it is x, as x³/3 is below 2^-27 x; ±1 from 10 on
  const found = doubtful(2 ** -13, 10, fill);
  assert.equal(decide(found, tanhF32, tanhF64, (value) => math.tanh(value) as BigNumber), []);
});

test.run();
