// Elementwise kernels. Oracle: backend js, bit for bit, as IEEE 754 fixes every bit.
import { suite } from "uvu";
import type { BinaryName, UnaryName } from "../../backend.ts";
import { Rng } from "../../random/mod.ts";
import { anyBits, blank, dtypes, likeJs } from "./_test_kernels.ts";

const test = suite("wasm: elementwise");
const binaries: BinaryName[] = ["add", "sub", "mul", "div", "equal"];
const unaries: UnaryName[] = ["neg", "reciprocal", "square", "sqrt"];
// Around every multiple of the lanes of a vector, and primes.
const lengths = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 15, 16, 17, 31, 32, 33, 127, 1021];

for (const name of binaries) {
  test(`${name} of every kind of value, every length`, () => {
    const rng = Rng.fromSeed(1).fork(name);
    for (const dtype of dtypes) {
      for (const n of lengths) {
        const operands = [anyBits(rng, dtype, [n]), anyBits(rng, dtype, [n]), blank(dtype, [n])];
        likeJs(`${dtype} ${n}`, operands, (k, [a, b, out]) => k.binary(name, a!, b!, out!));
      }
    }
  });

  test(`${name} with broadcasting`, () => {
    const rng = Rng.fromSeed(2).fork(name);
    const shapes = [
      [[5, 7], [7], [5, 7]],
      [[7], [5, 7], [5, 7]],
      [[5, 1], [5, 7], [5, 7]],
      [[5, 7], [5, 1], [5, 7]],
      [[5, 1], [1, 7], [5, 7]],
      [[], [13], [13]],
      [[13], [], [13]],
      [[1], [1], [1]],
      [[], [], []],
      [[2, 1, 3], [4, 1], [2, 4, 3]],
      [[3, 1, 2, 1], [5, 1, 7], [3, 5, 2, 7]],
      [[17, 4, 4], [4, 4], [17, 4, 4]],
      [[0, 3], [3], [0, 3]],
      [[3, 1], [1, 0], [3, 0]],
    ] as const;
    for (const dtype of dtypes) {
      for (const [a, b, out] of shapes) {
        const operands = [anyBits(rng, dtype, a), anyBits(rng, dtype, b), blank(dtype, out)];
        likeJs(
          `${dtype} [${a}] [${b}]`,
          operands,
          (k, [x, y, z]) => k.binary(name, x!, y!, z!),
        );
      }
    }
  });
}

for (const name of unaries) {
  test(`${name} of every kind of value, every length`, () => {
    const rng = Rng.fromSeed(3).fork(name);
    for (const dtype of dtypes) {
      for (const n of lengths) {
        const operands = [anyBits(rng, dtype, [n]), blank(dtype, [n])];
        likeJs(`${dtype} ${n}`, operands, (k, [x, out]) => k.unary(name, x!, out!));
      }
    }
  });
}

test.run();
