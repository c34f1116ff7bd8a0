// Matrix products. Oracles: the sum in order of k in blocks of 256, bit for bit; exact dot products
// within γ_K|A||B| (Higham, Accuracy and Stability of Numerical Algorithms, §3.5); IEEE specials; and
// that cutting a product changes no bit.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DType, TypedArray } from "../../dtype.ts";
import { exactDot } from "../../exact/exact_dot.ts";
import { Rng } from "../../random/mod.ts";
import { naiveProduct } from "../../testing/_naive_product.ts";
import {
  anyBits,
  blank,
  dtypes,
  normals,
  runOn,
  runOnWasm,
  sameBits,
  type Values,
  withinBounds,
} from "./_test_kernels.ts";
import { wasmBackend } from "./mod.ts";

const test = suite("wasm: matrix products");

/** Terms that are summed together. */
const KC = 256;
const flags = [false, true];
const transpositions = flags.flatMap((transposeA) =>
  flags.map((transposeB) => ({ transposeA, transposeB }))
);
type Draw = typeof normals;

function operandsOf(
  [m, k, n]: readonly number[],
  dtype: DType,
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
  rng: Rng,
  draw: Draw = normals,
): [Values, Values, Values] {
  return [
    draw(rng, dtype, transposeA ? [k!, m!] : [m!, k!]),
    draw(rng, dtype, transposeB ? [n!, k!] : [k!, n!]),
    blank(dtype, [m!, n!]),
  ];
}

/** Checks a product bit for bit against its definition, with operands in every place. */
function checkBits(size: readonly number[], rng: Rng, draw?: Draw): void {
  for (const dtype of dtypes) {
    for (const options of transpositions) {
      const operands = operandsOf(size, dtype, options, rng, draw);
      const [, , c] = runOnWasm(operands, (k, [a, b, out]) => k.matmul(a!, b!, out!, options));
      const [a, b] = operands;
      const expected = naiveProduct(a, b, { ...options, inDouble: false, block: KC });
      const { transposeA, transposeB } = options;
      sameBits(c!, expected, `${dtype} ${size.join("×")} ${transposeA} ${transposeB}`);
    }
  }
}

// Sizes around the limits of tiles (4 rows, 8 or 4 columns), of blocks of rows (128), of columns
// (1536) and of terms (256), the others small or prime.
const around = (...limits: number[]) => limits.flatMap((n) => [n - 1, n, n + 1]);
const groups: [string, (readonly number[])[]][] = [
  ["of one value, one row, one column, one term, nothing at all", [
    [1, 1, 1],
    [1, 7, 1],
    [7, 1, 5],
    [1, 5, 13],
    [13, 5, 1],
    [0, 3, 2],
    [3, 2, 0],
    [2, 0, 3],
    [0, 0, 0],
  ]],
  ["with rows around tiles and blocks of rows", around(4, 8, 128, 256).map((m) => [m, 5, 7])],
  ["with columns around tiles", around(4, 8, 12, 16).map((n) => [5, 3, n])],
  ["with columns around blocks of columns", around(1536).map((n) => [5, 3, n])],
  ["with terms around vectors and blocks of terms", around(2, 4, 256, 512).map((k) => [5, k, 7])],
  ["with primes everywhere", [[3, 5, 7], [11, 13, 17], [31, 37, 41], [67, 257, 29]]],
  ["whose tiles and blocks all end inside", [[129, 257, 13], [130, 259, 25]]],
];
for (const [name, sizes] of groups) {
  test(`${name}: bits of the sum in order of k`, () => {
    const rng = Rng.fromSeed(1).fork(name);
    for (const size of sizes) checkBits(size, rng);
  });
}

test("with a bias: bits of the sum that is added to it", () => {
  const rng = Rng.fromSeed(7);
  const sizes = [
    ...[[1, 1, 1], [5, 3, 7], [4, 8, 12], [13, 7, 25], [5, 257, 7], [129, 513, 13]],
    ...[[0, 3, 2], [3, 0, 2], [3, 2, 0], [5, 3, 1537]],
  ];
  for (const size of sizes) {
    for (const dtype of dtypes) {
      for (const options of transpositions) {
        const operands = operandsOf(size, dtype, options, rng);
        const [a, b] = operands;
        const bias = normals(rng, dtype, [size[2]!]);
        const [, , c] = runOnWasm(
          [...operands, bias],
          (k, [a, b, out, bias]) => k.matmul(a!, b!, out!, { ...options, bias: bias! }),
        );
        const naively = { ...options, inDouble: false, block: KC, bias: bias.data };
        sameBits(c!, naiveProduct(a, b, naively), `${dtype} ${size.join("×")}`);
      }
    }
  }
});

test("values of every kind, NaN, infinities and subnormals among them, all as IEEE says", () => {
  const rng = Rng.fromSeed(2);
  for (const size of [[5, 3, 7], [13, 1, 25], [4, 300, 12], [1, 7, 1]]) {
    checkBits(size, rng, anyBits);
  }
});

test("the error stays below γ_K|A||B|: against exact dot products", () => {
  const rng = Rng.fromSeed(3);
  for (const [dtype, u] of [["float32", 2 ** -24], ["float64", 2 ** -53]] as const) {
    for (const size of [[7, 31, 5], [5, 1021, 13]]) {
      const [m, k, n] = size as [number, number, number];
      const options = { transposeA: false, transposeB: true }; // both have rows to multiply
      const operands = operandsOf(size, dtype, options, rng);
      const [a, b, c] = runOnWasm(operands, (k, [a, b, out]) => k.matmul(a!, b!, out!, options));
      const row = (x: TypedArray, i: number) => x.subarray(i * k, (i + 1) * k);
      const gamma = k * u / (1 - k * u);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          const [x, y] = [row(a!, i), row(b!, j)];
          const exact = exactDot(x, y);
          const bound = gamma * exactDot(x.map(Math.abs), y.map(Math.abs)) +
            2 ** -53 * Math.abs(exact);
          const error = Math.abs(c![i * n + j]! - exact);
          assert.ok(error <= bound, `${dtype} ${size} [${i},${j}]: ${error}, bound ${bound}`);
        }
      }
    }
  }
});

test("the product is that of backend js within the error bound, all transpositions", () => {
  const rng = Rng.fromSeed(4);
  for (const dtype of dtypes) {
    for (const options of transpositions) {
      const operands = operandsOf([31, 300, 17], dtype, options, rng);
      withinBounds(dtype, operands, (k, [a, b, out]) => k.matmul(a!, b!, out!, options));
      withinBounds(
        `${dtype} with bias`,
        [...operands, normals(rng, dtype, [17])],
        (k, [a, b, out, bias]) => k.matmul(a!, b!, out!, { ...options, bias: bias! }),
      );
    }
  }
});

test("rows of a product are the product of rows, bit for bit, and so are columns", () => {
  const rng = Rng.fromSeed(5);
  const [m, k, n] = [131, 300, 29];
  const multiply = (a: Values, b: Values, m: number, n: number) =>
    runOn(
      wasmBackend,
      "memory",
      [a, b, blank("float32", [m, n])],
      (kernels, [x, y, out]) =>
        kernels.matmul(x!, y!, out!, { transposeA: false, transposeB: true }),
    )[2]!;
  const a = normals(rng, "float32", [m, k]), b = normals(rng, "float32", [n, k]);
  const rows = (x: Values, start: number, end: number): Values => ({
    shape: [end - start, k],
    data: x.data.slice(start * k, end * k),
  });
  const whole = multiply(a, b, m, n);
  for (const [start, end] of [[0, 1], [1, 131], [3, 10], [60, 131], [126, 130]] as const) {
    const part = multiply(rows(a, start, end), b, end - start, n);
    sameBits(part, whole.slice(start * n, end * n), `rows ${start} to ${end}`);
  }
  for (const [start, end] of [[0, 1], [1, 29], [5, 18], [11, 25]] as const) {
    const part = multiply(a, rows(b, start, end), m, end - start);
    const expected = part.map((_, i) => {
      const [row, column] = [Math.floor(i / (end - start)), i % (end - start)];
      return whole[row * n + start + column]!;
    });
    sameBits(part, expected, `columns ${start} to ${end}`);
  }
});

test("a transposed operand is the transpose of the operand, bit for bit", () => {
  const rng = Rng.fromSeed(6);
  const [m, k, n] = [37, 261, 19];
  for (const dtype of dtypes) {
    const plain = { transposeA: false, transposeB: false };
    const [a, b, c] = operandsOf([m, k, n], dtype, plain, rng);
    const flipped = ({ shape: [rows, columns], data }: Values): Values => ({
      shape: [columns!, rows!],
      data: data.map((_, i) => data[(i % rows!) * columns! + Math.floor(i / rows!)]!),
    });
    const product = (options: typeof plain) => {
      const operands = [
        options.transposeA ? flipped(a) : a,
        options.transposeB ? flipped(b) : b,
        c,
      ];
      return runOnWasm(
        operands,
        (kernels, [x, y, out]) => kernels.matmul(x!, y!, out!, options),
      )[2]!;
    };
    const expected = product(plain);
    for (const options of transpositions) sameBits(product(options), expected, dtype);
  }
});

test.run();
