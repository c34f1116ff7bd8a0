// Which checkpoints may go. Oracles: cases by hand; metamorphic: asking after every epoch keeps what
// asking once keeps.
import { Rng } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkpointsToDelete, type KeepPolicy } from "./checkpoints_to_delete.ts";

const test = suite("checkpointsToDelete");
const ten = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

test("cases by hand", () => {
  const cases: [number[], KeepPolicy | undefined, number[]][] = [
    [[], undefined, []],
    [[7], undefined, []],
    [[7], { keepLast: 0 }, []],
    [[1, 2], { keepLast: 0 }, [1]],
    [ten, undefined, [0, 1, 2, 3, 4, 5, 6, 7, 8]],
    [ten, { keepLast: 3 }, [0, 1, 2, 3, 4, 5, 6]],
    [ten, { keepLast: 10 }, []],
    [ten, { keepLast: 99 }, []],
    [ten, { keepEpochs: [1, 5, 77] }, [0, 2, 3, 4, 6, 7, 8]],
    [ten, { keepEvery: 3 }, [1, 2, 4, 5, 7, 8]],
    [ten, { keepEvery: 1 }, []],
    [ten, { keepLast: 2, keepEpochs: [1], keepEvery: 4 }, [2, 3, 5, 6, 7]],
    [[9, 3, 5, 3], { keepLast: 1 }, [3, 5]],
    [[10, 9, 100], {}, [9, 10]], // by number, not by text
  ];
  for (const [epochs, policy, expected] of cases) {
    const before = [...epochs];
    assert.equal(checkpointsToDelete(epochs, policy), expected, JSON.stringify([epochs, policy]));
    assert.equal(epochs, before);
  }
});

test("asking after every epoch keeps what asking once keeps, the newest always among it", () => {
  const rng = Rng.fromSeed(5);
  for (let i = 0; i < 200; i++) {
    const policy: KeepPolicy = {
      keepLast: rng.integer(4),
      keepEpochs: [rng.integer(20), rng.integer(20)],
      ...(rng.integer(2) && { keepEvery: 1 + rng.integer(6) }),
    };
    const epochs = Array.from({ length: 1 + rng.integer(20) }, (_, epoch) => epoch);
    let kept: number[] = [];
    for (const epoch of epochs) {
      kept.push(epoch);
      const gone = checkpointsToDelete(kept, policy);
      kept = kept.filter((each) => !gone.includes(each));
      assert.is(kept.at(-1), epoch);
    }
    const once = checkpointsToDelete(epochs, policy);
    assert.equal(kept, epochs.filter((epoch) => !once.includes(epoch)), JSON.stringify(policy));
    assert.equal(checkpointsToDelete(kept, policy), []);
  }
});

test("refuses what is no epoch or no number of them", () => {
  const cases: [number[], KeepPolicy, RegExp][] = [
    [[1.5], {}, /^Cannot choose checkpoints as an epoch must be a whole number ≥ 0: 1\.5$/],
    [[NaN], {}, /an epoch must be .*: NaN$/],
    [[-1], {}, /an epoch must be .*: -1$/],
    [[1], { keepLast: -1 }, /keepLast must be a whole number ≥ 0: -1$/],
    [[1], { keepLast: Infinity }, /keepLast must be .*: Infinity$/],
    [[1], { keepEvery: 0 }, /keepEvery must be a whole number ≥ 1: 0$/],
    [[1], { keepEpochs: [0.5] }, /keepEpochs must be .*: 0\.5$/],
  ];
  for (const [epochs, policy, message] of cases) {
    assert.throws(
      () => checkpointsToDelete(epochs, policy),
      (error: unknown) => error instanceof RangeError && message.test(error.message),
    );
  }
});

test.run();
