// Rounding on the bits of float32, of one in 17 of all 2^32 (all of them take two minutes, and were
// compared once). 17 is odd, so that every pattern of low bits is met. Oracle: the functions on numbers.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { roundSingles } from "./_round_singles.ts";
import { roundToBfloat16 } from "./bfloat16.ts";
import { roundToFloat16 } from "./float16.ts";

const step = 17;
const test = suite("rounding of float32 in place");

for (const [fraction, round] of [[10, roundToFloat16], [7, roundToBfloat16]] as const) {
  test(`every ${step}th of 2^32 values to ${fraction} fraction bits`, () => {
    const chunk = 2 ** 16;
    const given = new Float32Array(chunk);
    const bits = new Uint32Array(given.buffer);
    const rounded = new Float32Array(chunk);
    for (let start = 0; start < 2 ** 32; start += step * chunk) {
      for (let i = 0; i < chunk; i++) bits[i] = start + step * i;
      rounded.set(given);
      roundSingles(fraction, rounded);
      for (let i = 0; i < chunk; i++) {
        if (!Object.is(rounded[i], round(given[i]!))) {
          assert.unreachable(`${given[i]} gives ${rounded[i]}, not ${round(given[i]!)}`);
        }
      }
    }
  });
}

test.run();
