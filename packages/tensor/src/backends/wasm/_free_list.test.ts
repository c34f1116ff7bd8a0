// The free list against a map of single places, which knows for each whether it is free.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Rng } from "../../random/mod.ts";
import { FreeList } from "./_free_list.ts";

const test = suite("FreeList");

/** Free ranges of the map, in order of address. */
function rangesOf(free: Uint8Array): [start: number, length: number][] {
  const ranges: [number, number][] = [];
  for (let i = 0; i < free.length; i++) {
    if (!free[i]) continue;
    const start = i;
    while (free[i]) i++;
    ranges.push([start, i - start]);
  }
  return ranges;
}

test("random requests and returns: always the first fit, never an overlap, neighbours merged", () => {
  const size = 600;
  for (let seed = 0; seed < 20; seed++) {
    const rng = Rng.fromSeed(seed);
    const list = new FreeList();
    const free = new Uint8Array(size + 1); // one more, never free: an end
    const taken: [start: number, length: number][] = [];
    let end = size / 2;
    list.give(0, end);
    free.fill(1, 0, end);
    for (let i = 0; i < 500; i++) {
      if (i === 250) { // the address space grows
        list.give(end, size - end);
        free.fill(1, end, size);
        end = size;
      }
      if (taken.length === 0 || rng.uniform() < 0.55) {
        const length = 1 + rng.integer(rng.uniform() < 0.1 ? 200 : 40);
        const start = list.take(length);
        const fit = rangesOf(free).find(([, n]) => n >= length);
        assert.is(start, fit ? fit[0] : -1, `seed ${seed}, request ${i} of ${length}`);
        if (start < 0) continue;
        free.fill(0, start, start + length);
        taken.push([start, length]);
      } else {
        const [[start, length]] = taken.splice(rng.integer(taken.length), 1) as [[number, number]];
        list.give(start, length);
        free.fill(1, start, start + length);
      }
      const ranges = rangesOf(free);
      assert.equal(list.ranges(), ranges, `seed ${seed}, after ${i}`);
      const last = ranges.at(-1);
      const atEnd = last && last[0] + last[1] === end ? last[1] : 0;
      assert.is(list.freeBefore(end), atEnd, `seed ${seed}, end after ${i}`);
    }
    while (taken.length > 0) {
      const [[start, length]] = taken.splice(rng.integer(taken.length), 1) as [[number, number]];
      list.give(start, length);
    }
    assert.equal(list.ranges(), [[0, size]], `seed ${seed}: one range is left`);
  }
});

test("an empty list has nothing to give", () => {
  const list = new FreeList();
  assert.is(list.take(1), -1);
  assert.is(list.freeBefore(10), 0);
  assert.equal(list.ranges(), []);
});

test.run();
