// Rounding on the bits of float32. Oracle: the functions on numbers, which are tested against the
// definition of each format.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { FractionBits } from "./_format.ts";
import { roundSingles } from "./_round_singles.ts";
import { roundToBfloat16 } from "./bfloat16.ts";
import { roundToFloat16 } from "./float16.ts";

const test = suite("rounding of float32 in place");

/** Low halves at, and beside, everything that 12, 13 or 16 dropped bits can tell apart. */
const LOW = Array.from({ length: 16 }, (_, k) => [k * 0x1000, k * 0x1000 + 1, k * 0x1000 + 0xfff])
  .flat();

for (const [fraction, round] of [[10, roundToFloat16], [7, roundToBfloat16]] as const) {
  test(`of all 2^16 upper halves with ${LOW.length} lower halves, to ${fraction} fraction bits`, () => {
    const bits = new Uint32Array(LOW.length);
    const values = new Float32Array(bits.buffer);
    for (let high = 0; high < 2 ** 16; high++) {
      LOW.forEach((low, i) => bits[i] = high * 2 ** 16 + low);
      const expected = Array.from(values, round);
      roundSingles(fraction, values);
      for (let i = 0; i < expected.length; i++) {
        if (!Object.is(values[i], expected[i])) {
          assert.unreachable(`${high}:${LOW[i]} gives ${values[i]}, not ${expected[i]}`);
        }
      }
    }
  });
}

// Oracle: definition. A view into a larger buffer is all that may change.
test("only the values that were given", () => {
  for (const fraction of [10, 7] as FractionBits[]) {
    const all = new Float32Array(5).fill(1 / 3);
    roundSingles(fraction, all.subarray(1, 3));
    const rounded = fraction === 10 ? roundToFloat16(1 / 3) : roundToBfloat16(1 / 3);
    const kept = Math.fround(1 / 3);
    assert.equal([...all], [kept, rounded, rounded, kept, kept]);
  }
});

test.run();
