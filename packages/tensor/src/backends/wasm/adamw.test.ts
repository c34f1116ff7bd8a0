// AdamW's update. Oracles: backend js in double within the error bound; closed forms; that positions do
// not depend on each other.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { AdamWConstants } from "../../backend.ts";
import type { DType } from "../../dtype.ts";
import { Rng } from "../../random/mod.ts";
import {
  type Call,
  dtypes,
  normals,
  runOnWasm,
  sameBits,
  type Values,
  withinBounds,
} from "./_test_kernels.ts";

const test = suite("wasm: AdamW");

/** Constants after t steps. */
function constants(t: number, options: Partial<AdamWConstants> = {}): AdamWConstants {
  const { beta1, beta2 } = { beta1: 0.9, beta2: 0.999, ...options };
  return {
    lr: 1e-3,
    beta1,
    beta2,
    eps: 1e-8,
    weightDecay: 1e-2,
    correction1: 1 - beta1 ** t,
    correction2: 1 - beta2 ** t,
    ...options,
  };
}

/** Parameter, gradient, first and second moment. */
function draw(rng: Rng, dtype: DType, n: number): Values[] {
  const [p, g, m, v] = Array.from({ length: 4 }, () => normals(rng, dtype, [n]));
  return [p!, g!, m!, { ...v!, data: v!.data.map(Math.abs) }];
}

const step = (c: AdamWConstants): Call => (k, [p, g, m, v]) => k.adamw(p!, g!, m!, v!, c);
const lengths = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 127, 1021];

test("parameter and moments are within the error bound, every length", () => {
  const rng = Rng.fromSeed(1);
  for (const dtype of dtypes) {
    for (const n of lengths) {
      for (const t of [1, 2, 1000]) {
        withinBounds(`${dtype} ${n}, step ${t}`, draw(rng, dtype, n), step(constants(t)));
      }
    }
  }
});

test("other constants: within the error bound", () => {
  const rng = Rng.fromSeed(2);
  const others: Partial<AdamWConstants>[] = [
    { beta1: 0, beta2: 0 },
    { beta1: 0.5, beta2: 0.9 },
    { eps: 0.1 },
    { weightDecay: 0 },
    { weightDecay: 3, lr: 0.1 },
    { lr: 0 },
  ];
  for (const dtype of dtypes) {
    for (const other of others) {
      withinBounds(
        `${dtype} ${JSON.stringify(other)}`,
        draw(rng, dtype, 7),
        step(constants(3, other)),
      );
    }
  }
});

test("gradients of every size: within the error bound", () => {
  const rng = Rng.fromSeed(3);
  for (const dtype of dtypes) {
    for (const scale of [2 ** -60, 2 ** -30, 2 ** 30, 2 ** 60]) {
      const [p, g, m, v] = draw(rng, dtype, 7) as [Values, Values, Values, Values];
      const large = [
        p,
        { ...g, data: g.data.map((x) => x * scale) },
        { ...m, data: m.data.map((x) => x * scale) },
        { ...v, data: v.data.map((x) => x * scale * scale) },
      ];
      withinBounds(`${dtype} ${scale}`, large, step(constants(5)));
    }
  }
});

test("a single gradient whose square overflows moves by lr in the first step (closed form)", () => {
  for (const n of [1, 4, 5]) {
    const filled = (value: number) => ({ shape: [n], data: new Float32Array(n).fill(value) });
    const operands = [filled(0), filled(1e20), filled(0), filled(0)];
    const [p] = runOnWasm(operands, step(constants(1, { lr: 0.5 })));
    // Seven roundings, of which those of the root count half.
    p!.forEach((v) => assert.ok(Math.abs(v + 0.5) <= 0.5 * 7 * 2 ** -24, `${v}`));
  }
});

test("positions do not depend on each other, in vectors and after them (metamorphic)", () => {
  for (const dtype of dtypes) {
    const operands = draw(Rng.fromSeed(4), dtype, 13);
    const whole = runOnWasm(operands, step(constants(2)));
    for (let i = 0; i < 13; i++) {
      const one = operands.map(({ data }) => ({ shape: [1], data: data.slice(i, i + 1) }));
      runOnWasm(one, step(constants(2))).forEach((values, o) =>
        sameBits(values, whole[o]!.slice(i, i + 1), `${dtype} operand ${o} at ${i}`)
      );
    }
  }
});

test("NaN spoils its own position alone; the gradient is not changed", () => {
  for (const dtype of dtypes) {
    for (const position of [0, 3, 6]) {
      const operands = draw(Rng.fromSeed(5), dtype, 7);
      operands[1]!.data[position] = NaN;
      const before = operands[1]!.data.slice();
      const [p, g, m, v] = runOnWasm(operands, step(constants(2)));
      sameBits(g!, before, "gradient");
      for (const values of [p!, m!, v!]) {
        values.forEach((x, i) => assert.is(Number.isNaN(x), i === position));
      }
    }
  }
});

test.run();
