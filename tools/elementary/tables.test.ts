import { readFile } from "node:fs/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { STEP_HI } from "../../packages/tensor/src/elementary/_exp_table.gen.ts";
import { LN2_HI } from "../../packages/tensor/src/elementary/_log_table.gen.ts";
import {
  DENSITY_HI,
  NORMAL_CENTRES,
  TAIL_CENTRES,
} from "../../packages/tensor/src/elementary/_normal_table.gen.ts";
import { generatedFiles, logRow } from "./tables.ts";

const test = suite("tables of the elementary functions");

test("every generated file is what the generator writes", async () => {
  const folder = new URL("../../packages/tensor/src/elementary/", import.meta.url);
  for (const [name, text] of generatedFiles()) {
    assert.is(await readFile(new URL(name, folder), "utf8"), text, name);
  }
});

test("products that the functions take for exact are exact", () => {
  const bits = (x: number, step: number): boolean => Number.isInteger(x / step);
  assert.ok(bits(STEP_HI, 2 ** -42) && STEP_HI * 2 ** 42 * 2 ** 18 < 2 ** 53);
  assert.ok(bits(LN2_HI, 2 ** -42) && LN2_HI * 2 ** 42 * 1075 < 2 ** 53);
  for (let i = 0; i < 128; i++) {
    const [inverse, hi] = logRow(i);
    assert.ok(bits(inverse, 2 ** -9) && bits(hi, 2 ** -42));
    const low = i < 80 ? 0.6875 + i / 256 : 1 + (i - 80) / 128;
    const high = low + (i < 80 ? 1 / 256 : 1 / 128);
    const r = Math.max(Math.abs(low * inverse - 1), Math.abs(high * inverse - 1));
    assert.ok(r <= 2 ** -7 && (hi === 0 || r <= Math.abs(hi)), `interval ${i}`);
  }
  // gelu multiplies these, of 24 bits, by others of 24 bits
  assert.is(DENSITY_HI, Math.fround(DENSITY_HI));
  for (const centres of [NORMAL_CENTRES, TAIL_CENTRES]) {
    for (let i = 0; i < centres.length; i += 2) assert.is(centres[i], Math.fround(centres[i]!));
  }
  // TAIL - aHigh DENSITY_HI: multiples of 2^-47 below 2^4, as aHigh ≥ 2 is one of 2^-22
  assert.ok(bits(DENSITY_HI, 2 ** -25) && 39 * DENSITY_HI < 2 ** 4);
  for (let i = 0; i < TAIL_CENTRES.length; i += 2) assert.ok(bits(TAIL_CENTRES[i]!, 2 ** -47));
});

test.run();
