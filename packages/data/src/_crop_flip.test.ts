// Tests of crop and flip. Oracle: pad to 40×40, slice, reverse, each written out the slow way.

import { Rng } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cropFlip, drawCropFlip, imageSize, normalizeInto } from "./_crop_flip.ts";

const test = suite("cropFlip");

/** A table that keeps pixel values apart from each other and from other channels. */
const table = new Float64Array(768).map((_, i) => i + 1);

/** A ramp: all pixels of a row or column differ. Preceded by another image, to test the offset. */
const ramp = new Uint8Array(2 * imageSize).map((_, i) => (7 * i + 3 * (i >> 5)) % 256);

function slowCropFlip(top: number, left: number, flip: boolean): number[] {
  const out: number[] = [];
  for (let channel = 0; channel < 3; channel++) {
    const padded = Array.from({ length: 40 }, () => new Array<number>(40).fill(0));
    for (let i = 0; i < 32; i++) {
      for (let j = 0; j < 32; j++) {
        padded[i + 4]![j + 4] = ramp[imageSize + channel * 1024 + i * 32 + j]!;
      }
    }
    for (const row of padded.slice(top, top + 32)) {
      const crop = row.slice(left, left + 32);
      out.push(...(flip ? crop.reverse() : crop).map((value) => table[256 * channel + value]!));
    }
  }
  return out;
}

test("cropFlip equals pad, slice, reverse for all 162 draws", () => {
  for (let top = 0; top <= 8; top++) {
    for (let left = 0; left <= 8; left++) {
      for (const flip of [false, true]) {
        const out = new Float64Array(imageSize + 10).fill(-1);
        cropFlip(ramp, imageSize, { top, left, flip }, table, out, 5);
        assert.is(out.slice(5, -5).join(), slowCropFlip(top, left, flip).join());
        assert.ok(out.slice(0, 5).every((v) => v === -1) && out.slice(-5).every((v) => v === -1));
      }
    }
  }
});

test("normalizeInto equals the crop from the middle", () => {
  const out = new Float64Array(imageSize);
  normalizeInto(ramp, imageSize, table, out, 0);
  assert.is(out.join(), slowCropFlip(4, 4, false).join());
});

test("drawCropFlip draws 9 rows, 9 columns and both flips evenly within 5 sigma", () => {
  const rng = Rng.fromSeed(3);
  const draws = Array.from({ length: 9000 }, () => drawCropFlip(rng));
  const check = (count: number, p: number) =>
    assert.ok(Math.abs(count - 9000 * p) < 5 * Math.sqrt(9000 * p * (1 - p)), `${count}`);
  for (let offset = 0; offset <= 8; offset++) {
    check(draws.filter(({ top }) => top === offset).length, 1 / 9);
    check(draws.filter(({ left }) => left === offset).length, 1 / 9);
  }
  check(draws.filter(({ flip }) => flip).length, 1 / 2);
});

test.run();
