// ResidualMLP against PyTorch f64 fixtures, finite differences, and its published initial statistics.
import {
  add,
  crossEntropy,
  detach,
  grad,
  jsBackend,
  mean,
  mul,
  normal,
  Rng,
  scope,
  square,
  sum,
  type Tensor,
  tensor,
  wasmBackend,
} from "@fa/tensor";
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ResidualMLP } from "./residual_mlp.ts";

interface FixtureTensor {
  shape: number[];
  data: number[];
}
interface Fixture {
  config: { input: number; d: number; L: number; C: number; B: number };
  parameters: Record<string, FixtureTensor>;
  x: FixtureTensor;
  y: number[];
  cases: {
    name: string;
    residual: boolean;
    outLn: boolean;
    lambda: number;
    hidden: FixtureTensor[];
    branches: FixtureTensor[];
    logits: FixtureTensor;
    crossEntropy: number;
    objective: number;
    grads: Record<string, FixtureTensor>;
    bpGradient: FixtureTensor[];
  }[];
}
const fixture: Fixture = JSON.parse(
  readFileSync(new URL("../fixtures/resmlp.json", import.meta.url), "utf8"),
);
const dtype = "float64";
const fromFixture = ({ shape, data }: FixtureTensor) =>
  tensor(Float64Array.from(data), { shape, dtype });

function close(actual: Tensor, expected: FixtureTensor, what: string): void {
  assert.equal([...actual.shape], expected.shape, what);
  const scale = Math.max(...expected.data.map(Math.abs));
  const values = actual.dataSync();
  expected.data.forEach((v, i) => {
    assert.ok(Math.abs(values[i]! - v) <= 1e-12 * scale, `${what}[${i}]: ${values[i]} and ${v}`);
  });
}

/** Hidden states, branches and objective CE + λ Σ_l mean ‖F_l‖², all on one tape. */
function run(model: ResidualMLP, x: Tensor, y: number[], lambda: number) {
  const hidden = [model.embed(x)];
  const branches = model.blocks.map((block, l) => {
    const f = block(hidden[l]!);
    hidden.push(model.residual ? add(hidden[l]!, f) : f);
    return f;
  });
  const top = hidden.at(-1)!;
  const logits = model.outHead(model.outLn ? model.outLn(top) : top);
  const ce = crossEntropy(logits, y);
  const penalty = branches
    .map((f) => mean(sum(square(f), { axis: 1 })))
    .reduce((a, b) => add(a, b));
  return { hidden, branches, logits, ce, objective: add(ce, mul(penalty, lambda)) };
}

const test = suite("ResidualMLP");

for (const c of fixture.cases) {
  test(`${c.name}: forward, hidden states and all gradients equal PyTorch f64 to 1e-12`, () => {
    const { input, d, L, C } = fixture.config;
    const model = new ResidualMLP({
      inputSize: input,
      width: d,
      depth: L,
      classes: C,
      dtype,
      terminalLayerNorm: c.outLn,
      residual: c.residual,
      rng: Rng.fromSeed(0),
    });
    const names = [...model.namedParameters().keys()];
    model.load(new Map(names.map((name) => [name, fromFixture(fixture.parameters[name]!)])));
    const r = run(model, fromFixture(fixture.x), fixture.y, c.lambda);
    r.hidden.forEach((h, l) => close(h, c.hidden[l]!, `h_${l}`));
    r.branches.forEach((f, l) => close(f, c.branches[l]!, `F_${l}`));
    close(r.logits, c.logits, "logits");
    assert.ok(Math.abs(r.ce.item() / c.crossEntropy - 1) < 1e-13);
    assert.ok(Math.abs(r.objective.item() / c.objective - 1) < 1e-13);
    const gradients = grad(r.objective, [...model.namedParameters().values()]);
    names.forEach((name, i) => close(gradients[i]!, c.grads[name]!, name));
    grad(r.ce, r.hidden).forEach((g, l) => close(g, c.bpGradient[l]!, `g_${l}`));
  });
}

test("the stream obeys h_{l+1} = h_l + F_l(h_l) bit for bit (definition)", () => {
  const rng = Rng.fromSeed(3);
  const model = new ResidualMLP({ inputSize: 12, width: 8, depth: 3, dtype, rng });
  const { hidden, branches } = run(model, normal(rng, [5, 12], { dtype }), [0, 1, 2, 3, 4], 0);
  branches.forEach((f, l) => {
    const h = hidden[l]!.dataSync(), next = hidden[l + 1]!.dataSync(), step = f.dataSync();
    h.forEach((v, i) => assert.is(next[i], v + step[i]!));
  });
});

test("every parameter gradient equals central differences to 1e-7 (input 12, d=8, L=3)", () => {
  const rng = Rng.fromSeed(7);
  const model = new ResidualMLP({ inputSize: 12, width: 8, depth: 3, dtype, rng: rng.fork("m") });
  // Initial w2 is tiny; larger values exercise every path.
  for (const [name, p] of model.namedParameters()) {
    const values = normal(rng.fork(name), p.shape, { std: 0.4, dtype }).dataSync();
    p.backend.write(p.storage, p.dataSync().map((v, i) => v + values[i]!));
  }
  const x = normal(rng.fork("x"), [6, 12], { dtype });
  const y = [0, 9, 3, 3, 1, 5];
  const parameters = [...model.namedParameters().values()];
  const gradients = grad(run(model, x, y, 1e-2).objective, parameters).map((g) => g.dataSync());
  let error = 0, norm = 0;
  parameters.forEach((p, k) => {
    const values = p.dataSync();
    values.forEach((v, i) => {
      const at = (value: number) => {
        p.backend.write(p.storage, values.with(i, value));
        return scope(() => run(model, x, y, 1e-2).objective.item());
      };
      const step = 1e-5;
      const numeric = (at(v + step) - at(v - step)) / (2 * step);
      const g = gradients[k]![i]!;
      error += (g - numeric) ** 2;
      norm += numeric ** 2;
    });
    p.backend.write(p.storage, values);
  });
  assert.ok(Math.sqrt(error / norm) <= 1e-7, `‖g − g_fd‖/‖g‖ = ${Math.sqrt(error / norm)}`);
});

test("20 random directions at full size (3072 → 256 × 4 → 10) equal central differences to 1e-7", () => {
  const rng = Rng.fromSeed(11);
  const model = new ResidualMLP({ inputSize: 3072, dtype, rng: rng.fork("model") });
  const x = normal(rng.fork("x"), [4, 3072], { dtype });
  const y = [1, 7, 0, 9];
  const parameters = [...model.namedParameters().values()];
  const gradients = grad(run(model, x, y, 0).objective, parameters).map((g) => g.dataSync());
  const values = parameters.map((p) => p.dataSync());
  for (let k = 0; k < 20; k++) {
    const directions = parameters.map((p, i) => {
      const v = normal(rng.fork("direction", k, i), p.shape, { dtype }).dataSync();
      return v;
    });
    let slope = 0;
    directions.forEach((v, i) => v.forEach((d, j) => slope += d * gradients[i]![j]!));
    const at = (t: number) => {
      parameters.forEach((p, i) =>
        p.backend.write(p.storage, values[i]!.map((w, j) => w + t * directions[i]![j]!))
      );
      return scope(() => run(model, x, y, 0).objective.item());
    };
    const step = 2e-7; // a direction has norm ≈ 1,000: larger steps are seen to err as step²
    const numeric = (at(step) - at(-step)) / (2 * step);
    assert.ok(Math.abs(slope - numeric) <= 1e-7 * Math.abs(numeric), `${slope} and ${numeric}`);
  }
});

test("initial values follow PyTorch's nn.Linear and N(0, 0.01²) (closed-form moments)", () => {
  const model = new ResidualMLP({ inputSize: 3072, rng: Rng.fromSeed(42) });
  const parameters = model.namedParameters();
  assert.is(parameters.size, 2 + 4 * 6 + 2 + 2);
  const stats = (name: string) => {
    const v = parameters.get(name)!.dataSync();
    let s = 0, largest = 0;
    for (const w of v) {
      s += w * w;
      largest = Math.max(largest, Math.abs(w));
    }
    return { rms: Math.sqrt(s / v.length), largest };
  };
  for (const [name, fanIn] of [["embed.weight", 3072], ["blocks.2.w1.weight", 256]] as const) {
    const bound = 1 / Math.sqrt(fanIn);
    const { rms, largest } = stats(name);
    assert.ok(largest <= bound && largest > 0.99 * bound, name);
    assert.ok(Math.abs(rms / (bound / Math.sqrt(3)) - 1) < 0.01, name);
  }
  const w2 = stats("blocks.0.w2.weight");
  assert.ok(Math.abs(w2.rms / 0.01 - 1) < 0.01);
  assert.ok(stats("blocks.3.w2.bias").largest === 0);
  assert.is(stats("out_ln.weight").rms, 1);
});

test("at initialisation ‖F_l‖/‖h_l‖ is near 0.096 and ‖h_L − h_0‖/‖h_0‖ near 0.196 (published)", () => {
  // Both ratios are almost independent of the images: LayerNorm fixes the scale of F_l, and ‖h_0‖ is
  // near 9 for normalised CIFAR-10. White noise of variance v gives ‖h_0‖ = √(d·v/3): v is set by that.
  const rng = Rng.fromSeed(42);
  const model = new ResidualMLP({ inputSize: 3072, rng: rng.fork("model") });
  const x = normal(rng.fork("x"), [64, 3072], { std: Math.sqrt(3 / 256) * 9 });
  const { hidden, branches } = run(model, x, new Array(64).fill(0), 0);
  const medianNorm = (t: Tensor) => {
    const [rows, d] = t.shape as [number, number];
    const v = detach(t).dataSync();
    const norms = Array.from({ length: rows }, (_, b) => {
      let s = 0;
      for (let i = 0; i < d; i++) s += v[b * d + i]! ** 2;
      return Math.sqrt(s);
    }).sort((a, b) => a - b);
    return norms[rows / 2]!;
  };
  assert.ok(Math.abs(medianNorm(hidden[0]!) - 9) < 0.3);
  branches.forEach((f, l) => {
    const ratio = medianNorm(f) / medianNorm(hidden[l]!);
    assert.ok(Math.abs(ratio - 0.096) < 0.012, `l=${l}: ${ratio}`);
  });
  const moved = add(hidden.at(-1)!, mul(hidden[0]!, -1));
  const ratio = medianNorm(moved) / medianNorm(hidden[0]!);
  assert.ok(Math.abs(ratio - 0.196) < 0.02, `${ratio}`);
});

test("at initialisation median ‖g_L‖ is near 9.8e-4 for mean CE over 1,024 samples (published)", () => {
  const rng = Rng.fromSeed(42);
  const model = new ResidualMLP({ inputSize: 3072, rng: rng.fork("model") });
  const batch = 128; // CE averaged over the batch: ‖g‖ scales as 1/B
  const x = normal(rng.fork("x"), [batch, 3072], { std: Math.sqrt(3 / 256) * 9 });
  const y = Array.from({ length: batch }, (_, b) => b % 10);
  const { hidden, ce } = run(model, x, y, 0);
  const g = grad(ce, [hidden.at(-1)!])[0]!.dataSync();
  const norms = Array.from({ length: batch }, (_, b) => {
    let s = 0;
    for (let i = 0; i < 256; i++) s += g[b * 256 + i]! ** 2;
    return Math.sqrt(s);
  }).sort((a, b) => a - b);
  const median = (norms[batch / 2 - 1]! + norms[batch / 2]!) / 2 * batch / 1024;
  assert.ok(Math.abs(median / 9.8e-4 - 1) < 0.05, `${median}`);
});

test("load refuses missing, unknown and misshapen tensors and changes nothing", () => {
  const model = new ResidualMLP({ inputSize: 4, width: 4, depth: 1, rng: Rng.fromSeed(0) });
  const before = model.namedParameters().get("embed.weight")!.dataSync();
  const state = new Map([...model.namedParameters()].map(([n, p]) => [n, mul(detach(p), 0)]));
  const without = new Map(state);
  without.delete("out_ln.bias");
  assert.throws(() => model.load(without), /missing: out_ln\.bias/);
  assert.throws(
    () => model.load(new Map([...state, ["embed.wieght", state.get("embed.bias")!]])),
    /did you mean 'embed\.weight'/,
  );
  const misshapen = new Map(state).set("embed.weight", tensor([[1, 2]]));
  assert.throws(() => model.load(misshapen), /embed\.weight as its shape must be \[4,4\]: \[1,2\]/);
  assert.equal(model.namedParameters().get("embed.weight")!.dataSync(), before);
});

// Oracle: definition of the conversion: float64 holds every float32, Math.fround rounds once.
test("copy keeps architecture and values, exactly in float64, rounded once in float32", () => {
  const rng = Rng.fromSeed(5);
  for (const terminalLayerNorm of [true, false]) {
    for (const residual of [true, false]) {
      const size = { inputSize: 6, width: 8, depth: 3, classes: 4 };
      const options = { ...size, terminalLayerNorm, residual };
      const single = new ResidualMLP({ ...options, backend: jsBackend, rng: rng.fork("f32") });
      for (const [name, p] of single.namedParameters()) { // no value at its default
        p.assign(normal(rng.fork(name), p.shape).dataSync());
      }
      const exact = single.copy({ dtype: "float64" });
      const back = exact.copy({ dtype: "float32", backend: wasmBackend });
      for (const [name, p] of single.namedParameters()) {
        const [e, b] = [exact, back].map((m) => m.namedParameters().get(name)!);
        assert.equal([e!.dtype, b!.dtype], ["float64", "float32"]);
        assert.equal([e!.backend, b!.backend], [jsBackend, wasmBackend]);
        assert.equal([...e!.dataSync()], [...p.dataSync()], name);
        assert.equal(b!.dataSync(), p.dataSync(), name);
      }
      assert.equal([...back.namedParameters().keys()], [...single.namedParameters().keys()]);
      assert.equal(
        [exact.dtype, exact.residual, exact.outLn !== undefined, exact.blocks.length],
        [dtype, residual, terminalLayerNorm, 3],
      );
      assert.equal([exact.width, exact.classes, exact.inputSize], [8, 4, 6]);
      // The same function, not only the same values.
      const x = normal(rng.fork("x"), [5, 6], { backend: jsBackend });
      const wide = tensor(x.dataSync(), { shape: [5, 6], dtype, backend: jsBackend });
      const [inSingle, inDouble] = [single.forward(x).dataSync(), exact.forward(wide).dataSync()];
      const largest = Math.max(...inDouble.map(Math.abs));
      inSingle.forEach((v, i) => assert.ok(Math.abs(v - inDouble[i]!) < 1e-5 * largest));
      const own = exact.copy();
      own.namedParameters().get("embed.bias")!.assign(new Float64Array(8));
      assert.ok(exact.namedParameters().get("embed.bias")!.dataSync().every((v) => v !== 0));
      const weight = exact.namedParameters().get("embed.weight")!;
      weight.assign(weight.dataSync().map((v) => v + 1e-9)); // no longer float32
      assert.equal(
        exact.copy({ dtype: "float32" }).namedParameters().get("embed.weight")!.dataSync(),
        Float32Array.from(weight.dataSync(), Math.fround),
      );
    }
  }
});

test.run();
