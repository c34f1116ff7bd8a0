// Sums. Oracles: backend js bit for bit where rows are added up in order; otherwise its double result
// within γ_n Σ|x|; closed forms.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Rng } from "../../random/mod.ts";
import {
  anyBits,
  blank,
  dtypes,
  likeJs,
  normals,
  runOnWasm,
  withinBounds,
} from "./_test_kernels.ts";

const test = suite("wasm: sums");
const lengths = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 127, 128, 129, 1021];

test("over the first axes: bits of the sum in order", () => {
  const rng = Rng.fromSeed(1);
  for (const dtype of dtypes) {
    for (const rows of [0, ...lengths]) {
      for (const d of [2, 3, 4, 5, 7, 12, 13, 64]) {
        const operands = [normals(rng, dtype, [rows, d]), blank(dtype, [1, d])];
        likeJs(`${dtype} [${rows},${d}]`, operands, (k, [x, out]) => k.reduce("sum", x!, out!));
      }
    }
    for (const draw of [normals, anyBits]) {
      const operands = [draw(rng, dtype, [3, 5, 7]), blank(dtype, [1, 1, 7])];
      likeJs(`${dtype} [3,5,7]`, operands, (k, [x, out]) => k.reduce("sum", x!, out!));
    }
  }
});

test("over axes in the middle and before the last: bits of the sum in order", () => {
  const rng = Rng.fromSeed(2);
  for (const dtype of dtypes) {
    for (const [shape, to] of [[[3, 5, 7], [3, 1, 7]], [[2, 3, 4, 5], [2, 1, 4, 5]]]) {
      const operands = [normals(rng, dtype, shape!), blank(dtype, to!)];
      likeJs(`${dtype} [${shape}]`, operands, (k, [x, out]) => k.reduce("sum", x!, out!));
    }
  }
});

test("over everything and over the last axis: within the error bound", () => {
  const rng = Rng.fromSeed(3);
  for (const dtype of dtypes) {
    const cases = [
      ...lengths.map((n) => [[n], [1]]),
      ...lengths.map((n) => [[3, n], [3, 1]]),
      [[5, 7], [1, 1]],
      [[3, 5, 7], [3, 1, 1]],
      [[3, 5, 7], [1, 5, 1]],
      [[2, 3, 4, 5], [2, 1, 4, 1]],
    ];
    for (const [shape, to] of cases) {
      const operands = [normals(rng, dtype, shape!), blank(dtype, to!)];
      withinBounds(`${dtype} [${shape}]`, operands, (k, [x, out]) => k.reduce("sum", x!, out!));
    }
  }
});

test("every value counts once, whatever the length (closed form: powers of two)", () => {
  for (const dtype of dtypes) {
    for (let n = 0; n <= 20; n++) {
      const data = blank(dtype, [n]).data.map((_, i) => 2 ** i);
      const [, total] = runOnWasm(
        [{ shape: [n], data }, blank(dtype, [1])],
        (k, [x, out]) => k.reduce("sum", x!, out!),
      );
      assert.is(total![0], 2 ** n - 1, `${dtype} ${n}`);
    }
  }
});

test("NaN and infinities as IEEE says, in every position", () => {
  for (const dtype of dtypes) {
    for (const n of [1, 2, 4, 5, 11]) {
      for (let i = 0; i < n; i++) {
        for (const special of [NaN, Infinity, -Infinity]) {
          const data = blank(dtype, [n]).data.fill(1);
          data[i] = special;
          const operands = [{ shape: [n], data }, blank(dtype, [1])];
          likeJs(`${special} at ${i} of ${n}`, operands, (k, [x, y]) => k.reduce("sum", x!, y!));
        }
      }
    }
  }
});

test("sums of single values are kept in double and rounded once (a case where single fails)", () => {
  const data = Float32Array.of(1e8, 1, -1e8, 1, 1e8, -1e8, 2 ** -20);
  for (const [shape, to] of [[[7], [1]], [[7, 1], [1, 1]], [[1, 7], [1, 1]]]) {
    const [, total] = runOnWasm(
      [{ shape: shape!, data }, blank("float32", to!)],
      (k, [x, out]) => k.reduce("sum", x!, out!),
    );
    assert.is(total![0], 2 + 2 ** -20, `[${shape}]`);
  }
});

test.run();
