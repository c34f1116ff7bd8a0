// Gradients in float32, float16 and bfloat16 against float64.
import {
  add,
  cast,
  type DType,
  halfBackend,
  jsBackend,
  layerNorm,
  linear,
  mul,
  normal,
  ones,
  parameter,
  Rng,
  tanh,
  type Tensor,
  tensor,
  wasmBackend,
  zeros,
} from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Batch } from "../evidence/batch.ts";
import { collectEvidence } from "../evidence/collect_evidence.ts";
import { isMeasured, type Measured, unmeasured } from "../evidence/measured.ts";
import { Place } from "../evidence/_reader.ts";
import { resmlp } from "../evidence/_test_resmlp.ts";
import type { FormatPrecision } from "../probes/probes.ts";
import { readProbes } from "../probes/read_probes.ts";
import { type PlacedModel, precisionProbe } from "./precision_probe.ts";

const test = suite("precisionProbe");

const number = (value: Measured | undefined): number => {
  if (value === undefined || !isMeasured(value)) throw new Error(value?.reason ?? "absent");
  return value;
};

/** The three working precisions, and float64. */
const places = {
  float64: { dtype: "float64", backend: wasmBackend },
  float32: { dtype: "float32", backend: wasmBackend },
  float16: { dtype: "float32", backend: halfBackend("float16") },
  bfloat16: { dtype: "float32", backend: halfBackend("bfloat16") },
} as const;

/** One model in all precisions, from parameters in float32. */
function inAll(
  state: Readonly<Record<string, Tensor>>,
  build: (parameters: Record<string, Tensor>) => PlacedModel,
): { exact: PlacedModel; working: Record<"float32" | "float16" | "bfloat16", PlacedModel> } {
  const of = (place: { dtype: DType; backend: typeof wasmBackend }) => {
    const parameters = Object.fromEntries(
      Object.entries(state).map(([name, p]) => [
        name,
        parameter(tensor(p.dataSync(), { shape: p.shape, ...place })),
      ]),
    );
    const model = build(parameters);
    return Object.assign(model, { namedParameters: () => new Map(Object.entries(parameters)) });
  };
  const { float64, ...working } = places;
  return {
    exact: of(float64),
    working: {
      float32: of(working.float32),
      float16: of(working.float16),
      bfloat16: of(working.bfloat16),
    },
  };
}

const [B, d, C] = [16, 32, 10];
const rng = Rng.fromSeed(42, "precision");
const batches: Batch[] = [0, 1].map((i) => ({
  x: normal(rng.fork("x", i), [B, d]),
  y: Array.from({ length: B }, (_, b) => (3 * b + i) % C),
}));

/**
 * h_0 = 2^k·x, h_1 = 1.5·h_0, logits = head(LN(h_1)) with ε = 0: LayerNorm undoes the scale, so the
 * gradient at h_l is 2^-k times what it is for k = 0.
 */
function scaledStream(k: number, headStd = 0.3) {
  const state = {
    scale: tensor([2 ** k]),
    gain: ones([d]),
    shift: zeros([d]),
    "head.weight": normal(rng.fork("head"), [C, d], { std: headStd }),
    "head.bias": zeros([C]),
  };
  return inAll(state, ({ scale, gain, shift, ...head }) => ({
    embed: (x) => mul(x, scale!),
    blocks: [(h) => mul(h, 0.5)],
    outLn: (h) => layerNorm(h, gain!, shift!, { eps: 0 }),
    outHead: (h) => linear(h, head["head.weight"]!, head["head.bias"]!),
  }));
}

// Oracle: metamorphic. Scaling by a power of two commutes with rounding, in float32 and bfloat16.
test("a stream scaled by 2^k under LayerNorm has gradients 2^-k times as long, and errors alike", async () => {
  const at = async (k: number) => (await precisionProbe({ ...scaledStream(k), batches })).formats;
  const reference = await at(0);
  for (const name of ["float32", "bfloat16"]) {
    for (const k of [10, 30, 60]) {
      const found = (await at(k))[name]!;
      assert.equal(found.relativeError, reference[name]!.relativeError, `${name} 2^${k}`);
      const norms = reference[name]!.gradientNorms.map((n) => number(n) * 2 ** -k);
      assert.equal(found.gradientNorms, norms, `${name} 2^${k}`);
      assert.equal([found.zeroGradients, found.nonFiniteGradients], [[0, 0], [0, 0]]);
    }
  }
  // Unit roundoffs are 2^-24 and 2^-8; a few dozen operations lie between weights and gradient.
  const [f32, bf16] = ["float32", "bfloat16"].map((name) => reference[name]!.relativeError);
  f32!.forEach((e) => assert.ok(number(e) > 2 ** -26 && number(e) < 2 ** -20, String(e)));
  bf16!.forEach((e) => assert.ok(number(e) > 2 ** -10 && number(e) < 2 ** -4, String(e)));
});

// Oracle: closed form. Of entries below 2^-25 float16 keeps nothing: the error is all of it, 1.
test("gradients that underflow float16 are exactly zero there, and fine in bfloat16 and float32", async () => {
  const probe = await precisionProbe({ ...scaledStream(13, 2 ** -14), batches });
  assert.equal([probe.batchSize, probe.samples], [B, 2 * B]);
  const { float16, bfloat16, float32 } = probe.formats;
  assert.equal(float16, {
    relativeError: [1, 1],
    gradientNorms: [0, 0],
    zeroGradients: [2 * B, 2 * B],
    nonFiniteGradients: [0, 0],
  });
  for (const other of [bfloat16!, float32!]) assert.equal(other.zeroGradients, [0, 0]);
  assert.ok(number(bfloat16!.relativeError[1]) < 2 ** -4);
  assert.ok(number(float32!.relativeError[1]) < 2 ** -20);
  const norm = number(float32!.gradientNorms[1]);
  assert.ok(norm > 1e-12 && norm < 1e-7, String(norm));
});

// Oracle: closed form. 2^30 is beyond float16: the states are ±∞, LayerNorm of which is NaN.
test("states that overflow float16 leave no gradient that is finite, and no error that is a number", async () => {
  const { formats } = await precisionProbe({ ...scaledStream(30), batches });
  const { relativeError, gradientNorms, zeroGradients, nonFiniteGradients } = formats.float16!;
  assert.equal([zeroGradients, nonFiniteGradients], [[0, 0], [2 * B, 2 * B]]);
  for (const value of [...relativeError, ...gradientNorms]) assert.not(isMeasured(value));
  assert.is((relativeError[1] as { nonFinite?: string }).nonFinite, "+Infinity");
  assert.is((gradientNorms[1] as { nonFinite?: string }).nonFinite, "NaN");
});

/** A ResidualMLP whose embedding is `factor` times what it is at initialisation. */
function explodedResmlp(factor: number) {
  const width = 32;
  const depth = 3;
  const dense = (name: string, inputs: number, outputs: number, std = 1 / Math.sqrt(3 * inputs)) =>
    [
      [`${name}.weight`, normal(rng.fork(name), [outputs, inputs], { std })],
      [`${name}.bias`, zeros([outputs])],
    ] as const;
  const norm = (name: string) =>
    [[`${name}.weight`, ones([width])], [`${name}.bias`, zeros([width])]] as const;
  const state = Object.fromEntries([
    ...dense("embed", d, width, factor / Math.sqrt(d)),
    ...Array.from({ length: depth }, (_, l) => [
      ...norm(`blocks.${l}.ln`),
      ...dense(`blocks.${l}.w1`, width, width),
      ...dense(`blocks.${l}.w2`, width, width, 0.01 * factor),
    ]).flat(),
    ...norm("out_ln"),
    ...dense("out_head", width, C),
  ]);
  return inAll(state, (parameters) => resmlp(parameters));
}

// Oracle: derived. g_L is that of a healthy network over its scale (LayerNorm), in float32 to roundings.
test("in an exploded ResidualMLP ‖g_L‖ of 1e-10 is exact in float32 and gone in float16", async () => {
  const healthy = (await precisionProbe({ ...explodedResmlp(1), batches })).formats;
  const { formats } = await precisionProbe({ ...explodedResmlp(2 ** 27), batches });
  const last = (format: FormatPrecision | undefined) => ({
    error: format!.relativeError.at(-1),
    norm: format!.gradientNorms.at(-1),
    zero: format!.zeroGradients.at(-1),
    nonFinite: format!.nonFiniteGradients.at(-1),
  });
  const [before, after] = [last(healthy.float32), last(formats.float32)];
  assert.ok(number(before.norm) > 1e-3, String(before.norm));
  assert.ok(number(after.norm) > 1e-11 && number(after.norm) < 1e-9, String(after.norm));
  for (const { error } of [before, after]) assert.ok(number(error) < 1e-5, String(error));
  const float16 = last(formats.float16);
  assert.is(float16.zero! + float16.nonFinite!, 2 * B);
  const bfloat16 = last(formats.bfloat16);
  assert.equal([bfloat16.zero, bfloat16.nonFinite], [0, 0]);
  assert.ok(number(bfloat16.error) > 1e-3 && number(bfloat16.error) < 0.3, String(bfloat16.error));
  // The healthy network is well in float16, too.
  const well = last(healthy.float16);
  assert.equal([well.zero, well.nonFinite], [0, 0]);
  assert.ok(number(well.error) < 0.05, String(well.error));
});

// Oracle: the same measurement by collectEvidence.
test("float32 errs as collectEvidence says with an exact model", async () => {
  const { exact, working } = explodedResmlp(8);
  const snapshot = await collectEvidence(working.float32, batches, { exactModel: exact });
  const { formats } = await precisionProbe({ exact, working, batches });
  assert.equal(formats.float32!.relativeError, snapshot.referenceError!.perLayer);
  assert.equal(formats.float32!.gradientNorms, snapshot.gradientNorms);
});

// Oracle: the reader of records.
test("what it gives is what a record may hold", async () => {
  const precision = await precisionProbe({ ...scaledStream(30), batches });
  const record = JSON.parse(JSON.stringify({ precision }));
  const { batchSize, samples } = precision;
  const snapshot = { batchSize, samples, hiddenNorms: [1, 1], gamma: unmeasured("no credits") };
  assert.equal(readProbes(new Place(record, "probes", "run.json"), snapshot), { precision });
});

// Oracle: documented contract. A model as its own reference has no error, wherever the input lives.
test("inputs move to the dtype and backend of the parameters", async () => {
  const { exact } = explodedResmlp(1);
  for (const backend of [jsBackend, wasmBackend]) {
    for (const dtype of ["float32", "float64"] as const) {
      const moved = batches.map(({ x, y }) => ({
        x: tensor(x.dataSync(), { shape: x.shape, dtype, backend }),
        y,
      }));
      const { formats } = await precisionProbe({
        exact,
        working: { float64: exact },
        batches: moved,
      });
      assert.equal(formats.float64!.relativeError, [0, 0, 0, 0]);
    }
  }
});

test("refuses what cannot be compared", async () => {
  const refused = async (
    options: Parameters<typeof precisionProbe>[0],
    kind: ErrorConstructor,
    message: RegExp,
  ) => {
    try {
      await precisionProbe(options);
    } catch (error) {
      assert.instance(error, kind);
      assert.match((error as Error).message, message);
      return;
    }
    assert.unreachable("nothing was refused");
  };
  const all = scaledStream(0);
  const { float32 } = all.working;
  const [first] = batches;
  await refused({ ...all, batches: [] }, RangeError, /on no batches/);
  const fewer = { x: normal(rng.fork("few"), [3, d]), y: [0, 1, 2] };
  await refused({ ...all, batches: [first!, fewer] }, RangeError, /of 16 and 3 samples/);
  await refused({ ...all, exact: float32, batches }, TypeError, /in float64: found float32/);
  const deeper = { ...float32, blocks: [...float32.blocks, tanh] };
  await refused({ ...all, working: { deeper }, batches }, RangeError, /Cannot compare deeper/);
  await refused({ ...all, batches: [{ ...first!, y: [1] }] }, RangeError, /each of 1 labels/);
  const cut = {
    ...float32,
    outHead: (h: Tensor) => add(cast(tensor([1]), h.dtype), zeros([B, C])),
  };
  await refused({ ...all, working: { cut }, batches }, Error, /on the tape/);
});

test.run();
