// Half precision on any backend. Oracle: the definition, "compute in float32, then round", with backend
// `base` for the first and the tested functions on numbers for the second.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { grad } from "../../autograd/grad.ts";
import { parameter, variable } from "../../autograd/leaves.ts";
import { observeOps } from "../../autograd/_tape.ts";
import type { Backend, BinaryName, Kernels, UnaryName } from "../../backend.ts";
import { full, zeros } from "../../create/full.ts";
import { normal } from "../../create/random.ts";
import { tensor } from "../../create/tensor.ts";
import type { TypedArray } from "../../dtype.ts";
import { roundToBfloat16 } from "../../half/bfloat16.ts";
import { roundToFloat16 } from "../../half/float16.ts";
import { scope } from "../../memory/scope.ts";
import { add } from "../../ops/add.ts";
import { concat } from "../../ops/concat.ts";
import { gelu } from "../../ops/gelu.ts";
import { layerNorm } from "../../ops/layer_norm.ts";
import { linear } from "../../ops/linear.ts";
import { mul } from "../../ops/mul.ts";
import { rmsNormalize } from "../../ops/rms_normalize.ts";
import { crossEntropy } from "../../ops/softmax.ts";
import { sum } from "../../ops/sum.ts";
import { AdamW } from "../../optim/adamw.ts";
import { Rng } from "../../random/rng.ts";
import { type Call, type Place, runOn, type Values } from "../wasm/_test_kernels.ts";
import { jsBackend } from "../js/mod.ts";
import { wasmBackend } from "../wasm/mod.ts";
import { halfBackend, type HalfFormat } from "./half_backend.ts";

const test = suite("half backend");

const formats = [["float16", roundToFloat16], ["bfloat16", roundToBfloat16]] as const;
const bases = [jsBackend, wasmBackend];

/** Values of the format: normal ones of many sizes, some at its limits. */
function draw(rng: Rng, round: (x: number) => number, shape: readonly number[]): Values {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  rng.fillNormal(data);
  const sizes = [1, 1, 1, 1e-3, 300, 2 ** -24, 60000, 0];
  return { shape, data: data.map((v) => round(v * sizes[rng.integer(sizes.length)]!)) };
}

const blank = (shape: readonly number[]): Values => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(NaN),
});

interface Case {
  readonly kernel: keyof Kernels;
  readonly what?: string;
  /** Shapes of the operands that are read, or updated in place. */
  readonly inputs: readonly (readonly number[])[];
  readonly outputs: readonly (readonly number[])[];
  readonly call: Call;
}

const [B, d, C] = [5, 7, 4];
const unaryNames: Record<UnaryName, true> = {
  neg: true,
  reciprocal: true,
  square: true,
  sqrt: true,
  exp: true,
  log: true,
  erf: true,
  tanh: true,
  gelu: true,
  geluDerivative: true,
};
const binaryNames: Record<BinaryName, true> = {
  add: true,
  sub: true,
  mul: true,
  div: true,
  equal: true,
};
const labels = [0, 3, 1, 1, 2];
const constants = {
  lr: 1e-2,
  beta1: 0.9,
  beta2: 0.999,
  eps: 1e-8,
  weightDecay: 0.01,
  correction1: 0.1,
  correction2: 1e-3,
};
const cut = { count: 3, length: 2, from: { offset: 1, stride: d }, to: { offset: 0, stride: 2 } };

const cases: Case[] = [
  {
    kernel: "fill",
    inputs: [],
    outputs: [[3]],
    call: (k, [out]) => k.fill(1 / 3, out!),
  },
  ...(Object.keys(unaryNames) as UnaryName[]).map((name): Case => ({
    kernel: "unary",
    what: name,
    inputs: [[67]],
    outputs: [[67]],
    call: (k, [x, out]) => k.unary(name, x!, out!),
  })),
  ...(Object.keys(binaryNames) as BinaryName[]).flatMap((name) =>
    [[B, d], [1, d], []].map((shape): Case => ({
      kernel: "binary",
      what: `${name} with [${shape}]`,
      inputs: [[B, d], shape],
      outputs: [[B, d]],
      call: (k, [a, b, out]) => k.binary(name, a!, b!, out!),
    }))
  ),
  {
    kernel: "geluWithDerivative",
    inputs: [[67]],
    outputs: [[67], [67]],
    call: (k, [x, out, derivative]) => k.geluWithDerivative(x!, out!, derivative!),
  },
  {
    kernel: "cast",
    inputs: [[67]],
    outputs: [[67]],
    call: (k, [x, out]) => k.cast(x!, out!),
  },
  {
    kernel: "broadcast",
    inputs: [[1, d]],
    outputs: [[B, d]],
    call: (k, [x, out]) => k.broadcast(x!, out!),
  },
  ...(["sum", "max"] as const).flatMap((name) =>
    [[B, 1], [1, d], [1, 1]].map((shape): Case => ({
      kernel: "reduce",
      what: `${name} to [${shape}]`,
      inputs: [[B, d]],
      outputs: [shape],
      call: (k, [x, out]) => k.reduce(name, x!, out!),
    }))
  ),
  ...[true, false].map((biased): Case => ({
    kernel: "matmul",
    what: biased ? "with bias" : "transposed",
    inputs: biased ? [[B, d], [C, d], [C]] : [[d, B], [d, C]],
    outputs: [[B, C]],
    call: (k, operands) => {
      const [a, b, bias] = operands;
      const options = { transposeA: !biased, transposeB: biased, ...(biased && { bias: bias! }) };
      k.matmul(a!, b!, operands.at(-1)!, options);
    },
  })),
  {
    kernel: "transpose",
    inputs: [[B, d]],
    outputs: [[d, B]],
    call: (k, [x, out]) => k.transpose(x!, out!),
  },
  {
    kernel: "copyBlocks",
    inputs: [[3, d]],
    outputs: [[3, 2]],
    call: (k, [x, out]) => k.copyBlocks(x!, out!, cut),
  },
  {
    kernel: "softmax",
    inputs: [[B, C]],
    outputs: [[B, C]],
    call: (k, [x, out]) => k.softmax(x!, out!),
  },
  {
    kernel: "crossEntropy",
    inputs: [[B, C]],
    outputs: [[B]],
    call: (k, [z, out]) => k.crossEntropy(z!, labels, out!),
  },
  {
    kernel: "outputError",
    inputs: [[B, C]],
    outputs: [[B, C]],
    call: (k, [z, out]) => k.outputError(z!, labels, out!),
  },
  {
    kernel: "oneHot",
    inputs: [],
    outputs: [[B, C]],
    call: (k, [out]) => k.oneHot(labels, out!),
  },
  {
    kernel: "layerNorm",
    inputs: [[B, d], [d], [d]],
    outputs: [[B, d]],
    call: (k, [x, w, b, out]) => k.layerNorm(x!, w!, b!, 1e-5, out!),
  },
  {
    kernel: "layerNormGradients",
    inputs: [[B, d], [d], [B, d]],
    outputs: [[B, d]],
    call: (k, [x, w, seed, out]) => k.layerNormGradients(x!, w!, seed!, 1e-5, out!),
  },
  {
    kernel: "layerNormGradients",
    what: "with parameters",
    inputs: [[B, d], [d], [B, d]],
    outputs: [[B, d], [d], [d]],
    call: (k, [x, w, seed, out, weight, bias]) =>
      k.layerNormGradients(x!, w!, seed!, 1e-5, out!, { weight: weight!, bias: bias! }),
  },
  {
    kernel: "normalize",
    inputs: [[B, d]],
    outputs: [[B, d]],
    call: (k, [x, out]) => k.normalize(x!, 1e-5, out!),
  },
  {
    kernel: "rmsNormalize",
    inputs: [[B, d]],
    outputs: [[B, d]],
    call: (k, [x, out]) => k.rmsNormalize(x!, out!),
  },
  {
    kernel: "adamw",
    inputs: [[67], [67], [67], [67]],
    outputs: [],
    call: (k, [p, g, m, v]) => k.adamw(p!, g!, m!, v!, constants),
  },
];

function sameBits(actual: TypedArray, expected: TypedArray, what: string): void {
  assert.is(actual.length, expected.length, what);
  expected.forEach((v, i) => {
    if (!Object.is(actual[i], v)) assert.unreachable(`${what}[${i}]: ${actual[i]}, expected ${v}`);
  });
}

for (const base of bases) {
  for (const [format, round] of formats) {
    const half = halfBackend(format, base);
    const places: Place[] = base === jsBackend ? ["array"] : ["array", "memory", "pinned"];

    test(`${half.name}: every kernel computes in float32, then rounds what it wrote`, () => {
      const rng = Rng.fromSeed(1, half.name);
      let changed = 0;
      for (const { kernel, what, inputs, outputs, call } of cases) {
        for (let k = 0; k < 4; k++) {
          const operands = [
            ...inputs.map((shape) => draw(rng, round, shape)),
            ...outputs.map(blank),
          ];
          const single = runOn(base, "array", operands, call);
          const expected = single.map((values) => values.map(round));
          changed += single.filter((v, i) => v.some((x, j) => !Object.is(x, expected[i]![j])))
            .length;
          for (const place of places) {
            runOn(half, place, operands, call).forEach((values, i) =>
              sameBits(values, expected[i]!, `${kernel} ${what ?? ""} (${place}), operand ${i}`)
            );
          }
        }
      }
      assert.ok(changed > 100, `${changed}: rounding must matter`);
    });

    test(`${half.name}: every value of a training step is a value of the format`, () => {
      const rng = Rng.fromSeed(2);
      const create = { backend: half };
      const w = parameter(normal(rng, [C, d], create));
      const b = parameter(zeros([C], create));
      const gain = parameter(full([d], 1 / 3, create));
      const shift = parameter(zeros([d], create));
      const optimizer = new AdamW([w, b, gain, shift], { lr: 1e-2 });
      let heard = 0;
      const isHalf = (values: TypedArray, op: string) => {
        heard++;
        values.forEach((v) => assert.ok(Object.is(v, round(v)), `${op}: ${v}`));
      };
      observeOps(
        ({ op, output }) => isHalf(output.dataSync(), op),
        () =>
          scope(() => {
            for (let step = 0; step < 3; step++) {
              const x = variable(normal(rng, [B, d], create));
              const h = gelu(layerNorm(mul(x, 0.3), gain, shift));
              const logits = linear(concat([h, rmsNormalize(add(x, h))]), w, b);
              const loss = crossEntropy(logits, [...labels, ...labels]);
              const [, ...gradients] = grad(loss, [x, w, b, gain, shift]);
              optimizer.step(gradients);
            }
          }),
      );
      for (const { first, second } of optimizer.moments) {
        isHalf(first.dataSync(), "first moment");
        isHalf(second.dataSync(), "second moment");
      }
      assert.ok(heard > 60, String(heard));
    });
  }
}

test("the table holds every kernel", () => {
  const covered = new Set(cases.map(({ kernel }) => kernel));
  assert.equal([...covered].sort(), Object.keys(jsBackend.kernels).sort());
  assert.equal(
    Object.keys(halfBackend("float16", jsBackend).kernels).sort(),
    Object.keys(jsBackend.kernels).sort(),
  );
});

// Oracle: published limits of the formats (IEEE 754-2019, table 3.5).
test("float16 overflows to ±Infinity and underflows through subnormals to zero; bfloat16 does neither", () => {
  const values = [65519, 65520, -1e9, 2 ** -24, 5.9e-8, 2 ** -25, -1e-10, 2049];
  const of = (format: HalfFormat) => [
    ...tensor(values, { backend: halfBackend(format) }).dataSync(),
  ];
  assert.equal(of("float16"), [65504, Infinity, -Infinity, 2 ** -24, 2 ** -24, 0, -0, 2048]);
  assert.ok(of("bfloat16").every((v, i) => Math.abs(v / values[i]! - 1) <= 2 ** -8));
});

// Oracle: closed form. 2048 ones are added to 1 in double, then rounded; step by step in float16
// nothing would be added to 2048.
test("sums accumulate wider than the format", () => {
  const ones = full([4096], 1, { backend: halfBackend("float16") });
  assert.is(sum(ones).item(), 4096);
});

// Oracle: documented contract.
test("halfBackend is one object for each format and base, and refuses what it cannot be", () => {
  const half = halfBackend("bfloat16");
  assert.is(half, halfBackend("bfloat16", wasmBackend));
  assert.is.not(half, halfBackend("bfloat16", jsBackend));
  assert.is.not(half, halfBackend("float16"));
  assert.equal([half.name, half.deterministic], ["wasm+bfloat16", true]);
  const refuses = (f: () => unknown, kind: ErrorConstructor, message: string) =>
    assert.throws(f, (e: Error) => e instanceof kind && e.message.includes(message));
  refuses(() => halfBackend("float8" as HalfFormat), RangeError, "Cannot round to float8");
  refuses(() => halfBackend("float16", half), TypeError, "on backend wasm+bfloat16 as its base");
  refuses(
    () => zeros([1], { dtype: "float64", backend: half }),
    TypeError,
    "Cannot hold float64 on backend wasm+bfloat16 as it keeps bfloat16 in float32 alone",
  );
  const { readSync: _, ...without } = jsBackend;
  refuses(() => halfBackend("float16", without as Backend), TypeError, "must read at once");
  refuses(
    () => add(zeros([1]), zeros([1], { backend: half })),
    TypeError,
    "tensors of backends wasm and wasm+bfloat16 as they must live together",
  );
});

test.run();
