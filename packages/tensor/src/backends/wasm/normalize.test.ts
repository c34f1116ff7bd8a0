// LayerNorm, its gradients, and RMS normalisation. Oracles: backend js in double within the error bound
// (for float32 half an ulp and what double loses), metamorphic properties, IEEE specials.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DType } from "../../dtype.ts";
import { Rng } from "../../random/mod.ts";
import {
  anyBits,
  blank,
  type Call,
  dtypes,
  likeJs,
  normals,
  runOnWasm,
  sameBits,
  type Values,
  withinBounds,
} from "./_test_kernels.ts";

const test = suite("wasm: normalisations");
const EPS = 1e-5;
// Widths around the lanes of vectors, primes, and one of each kind of tail.
const shapes = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 31, 127, 256, 257].map((d) => [3, d]),
  [1, 5],
  [7, 5],
  [2, 3, 5],
  [0, 4],
];

/** What a kernel needs besides x [shape], drawn in this order: weight and bias [d], seed [shape]. */
function draw(rng: Rng, dtype: DType, shape: number[], mean = 0.3): Record<string, Values> {
  const d = [shape.at(-1)!];
  const x = normals(rng, dtype, shape);
  return {
    x: { ...x, data: x.data.map((v) => 2 * v + mean) },
    weight: normals(rng, dtype, d),
    bias: normals(rng, dtype, d),
    seed: normals(rng, dtype, shape),
    out: blank(dtype, shape),
    atWeight: blank(dtype, d),
    atBias: blank(dtype, d),
  };
}

const kernels: Record<string, (v: Record<string, Values>, eps: number) => [Values[], Call]> = {
  layerNorm: ({ x, weight, bias, out }, eps) => [
    [x!, weight!, bias!, out!],
    (k, [x, w, b, y]) => k.layerNorm(x!, w!, b!, eps, y!),
  ],
  normalize: ({ x, out }, eps) => [[x!, out!], (k, [x, y]) => k.normalize(x!, eps, y!)],
  "gradient at x": ({ x, weight, seed, out }, eps) => [
    [x!, weight!, seed!, out!],
    (k, [x, w, s, y]) => k.layerNormGradients(x!, w!, s!, eps, y!),
  ],
  "all gradients": ({ x, weight, seed, out, atWeight, atBias }, eps) => [
    [x!, weight!, seed!, out!, atWeight!, atBias!],
    (k, [x, w, s, y, dw, db]) =>
      k.layerNormGradients(x!, w!, s!, eps, y!, { weight: dw!, bias: db! }),
  ],
  rmsNormalize: ({ x, out }) => [[x!, out!], (k, [x, y]) => k.rmsNormalize(x!, y!)],
};

for (const [name, kernel] of Object.entries(kernels)) {
  test(`${name}: within the error bound for every width`, () => {
    const rng = Rng.fromSeed(1).fork(name);
    for (const dtype of dtypes) {
      for (const shape of shapes) {
        if (name === "rmsNormalize" && shape.length !== 2) continue;
        withinBounds(`${dtype} [${shape}]`, ...kernel(draw(rng, dtype, shape), EPS));
      }
    }
  });

  test(`${name}: within the error bound for a large mean, tiny rows, and ε = 0`, () => {
    const rng = Rng.fromSeed(2).fork(name);
    for (const dtype of dtypes) {
      const far = draw(rng, dtype, [3, 13], 1000);
      withinBounds(`${dtype} large mean`, ...kernel(far, EPS));
      const tiny = draw(rng, dtype, [3, 13], 0);
      const x = { ...tiny.x!, data: tiny.x!.data.map((v) => v * 2 ** -30) };
      withinBounds(`${dtype} tiny rows`, ...kernel({ ...tiny, x }, EPS));
      withinBounds(`${dtype} tiny rows, ε = 0`, ...kernel({ ...tiny, x }, 0));
    }
  });

  test(`${name}: NaN and infinities spoil their row and no other`, () => {
    const rng = Rng.fromSeed(3).fork(name);
    for (const dtype of dtypes) {
      for (const special of [NaN, Infinity, -Infinity]) {
        for (const d of [1, 2, 3, 4, 5, 9]) {
          const values = draw(rng, dtype, [3, d]);
          const at = d + rng.integer(d); // somewhere in row 1
          values.x!.data[at] = special;
          const [operands, call] = kernel(values, EPS);
          const [, ...results] = runOnWasm(operands, call);
          const y = results[operands.length === 2 ? 0 : 2]!;
          for (let i = 0; i < 3 * d; i++) {
            const inRow = Math.floor(i / d) === 1;
            // x/∞ is 0, but ∞/∞ is NaN.
            const divided = name === "rmsNormalize" && !Number.isNaN(special);
            const spoilt = divided ? i === at : inRow;
            assert.is(Number.isNaN(y[i]), spoilt, `${dtype} ${special} [3,${d}] at ${i}: ${y[i]}`);
            if (divided && inRow && i !== at) assert.is(Math.abs(y[i]!), 0);
          }
        }
      }
    }
  });
}

test("a row of zeros stays zero, a constant row is the bias (closed form)", () => {
  for (const dtype of dtypes) {
    for (const d of [1, 2, 5, 8]) {
      const zeros = { shape: [2, d], data: blank(dtype, [2, d]).data.fill(0) };
      const [, rms] = runOnWasm(
        [zeros, blank(dtype, [2, d])],
        (k, [x, y]) => k.rmsNormalize(x!, y!),
      );
      sameBits(rms!, zeros.data, `${dtype} rms`);
      const { weight, bias, out } = draw(Rng.fromSeed(4), dtype, [2, d]);
      const threes = { shape: [2, d], data: zeros.data.map(() => 3) };
      const [operands, call] = kernels.layerNorm!({
        x: threes,
        weight: weight!,
        bias: bias!,
        out: out!,
      }, EPS);
      const y = runOnWasm(operands, call)[3]!;
      y.forEach((v, i) => assert.is(v, bias!.data[i % d]!));
    }
  }
});

test("LayerNorm with ε = 0 ignores a power of two, its gradient shrinks by it (metamorphic)", () => {
  for (const dtype of dtypes) {
    const values = draw(Rng.fromSeed(5), dtype, [5, 13]);
    const scaled = { ...values, x: { ...values.x!, data: values.x!.data.map((v) => v * 2 ** 20) } };
    const of = (name: string, v: Record<string, Values>) => {
      const [operands, call] = kernels[name]!(v, 0);
      return runOnWasm(operands, call)[3]!;
    };
    sameBits(of("layerNorm", scaled), of("layerNorm", values), dtype);
    const expected = of("gradient at x", values).map((v) => v * 2 ** -20);
    sameBits(of("gradient at x", scaled), expected, dtype);
  }
});

test("rows do not depend on each other, bit for bit (metamorphic)", () => {
  for (const dtype of dtypes) {
    const rng = Rng.fromSeed(6);
    for (const d of [5, 8]) {
      const values = draw(rng, dtype, [7, d]);
      const row = (v: Values, i: number) => ({
        shape: [1, d],
        data: v.data.slice(i * d, (i + 1) * d),
      });
      for (const name of ["layerNorm", "normalize", "gradient at x", "rmsNormalize"]) {
        const result = (v: Record<string, Values>) => {
          const [operands, call] = kernels[name]!(v, EPS);
          return runOnWasm(operands, call).at(-1)!;
        };
        const whole = result(values);
        for (let i = 0; i < 7; i++) {
          const { x, seed } = values;
          const one = { ...values, x: row(x!, i), seed: row(seed!, i), out: blank(dtype, [1, d]) };
          sameBits(result(one), whole.slice(i * d, (i + 1) * d), `${name} ${dtype} row ${i}`);
        }
      }
    }
  }
});

test("gradients at x are the same with and without those of the parameters, bit for bit", () => {
  for (const dtype of dtypes) {
    for (const shape of [[5, 13], [3, 8], [1, 1]]) {
      const values = draw(Rng.fromSeed(7), dtype, shape);
      const [alone, all] = ["gradient at x", "all gradients"].map((name) =>
        runOnWasm(...kernels[name]!(values, EPS))[3]!
      );
      sameBits(all!, alone!, `${dtype} [${shape}]`);
    }
  }
});

test("the gradient at the bias is the sum over rows in order, bits of backend js", () => {
  for (const dtype of dtypes) {
    const { x, weight, seed, out, atBias } = draw(Rng.fromSeed(8), dtype, [7, 5]);
    const scratch = blank(dtype, [5]);
    const gradients = runOnWasm(
      [x!, weight!, seed!, out!, scratch, atBias!],
      (k, [x, w, s, y, dw, db]) =>
        k.layerNormGradients(x!, w!, s!, EPS, y!, { weight: dw!, bias: db! }),
    );
    likeJs(dtype, [seed!, { ...atBias!, shape: [1, 5] }], (k, [s, y]) => k.reduce("sum", s!, y!));
    const [, sums] = runOnWasm(
      [seed!, { ...atBias!, shape: [1, 5] }],
      (k, [s, y]) => k.reduce("sum", s!, y!),
    );
    sameBits(gradients[5]!, sums!, dtype);
  }
});

test("rmsNormalize of single values of every size, subnormals and the largest among them", () => {
  const rng = Rng.fromSeed(9);
  for (let i = 0; i < 50; i++) {
    const values = draw(rng, "float32", [1, 7]);
    const x = anyBits(rng, "float32", [1, 7]);
    x.data.forEach((v, i) => Number.isFinite(v) || (x.data[i] = 1));
    if (x.data.every((v) => v === 0)) continue;
    withinBounds(`${x.data}`, ...kernels.rmsNormalize!({ ...values, x }, 0));
  }
});

test.run();
