// Shapes, dtypes, IEEE specials and errors of ops. Oracles: IEEE 754, naive loops, documented messages.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as fa from "../mod.ts";

const test = suite("op contracts");
const f64 = { dtype: "float64" } as const;

test("matmul equals a naive double sum bit for bit on odd shapes, all transpositions", () => {
  const rng = fa.Rng.fromSeed(1);
  for (const [m, k, n] of [[1, 1, 1], [3, 5, 7], [4, 8, 4], [13, 1, 2], [5, 17, 9], [2, 0, 3]]) {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const a = fa.normal(rng, transposeA ? [k!, m!] : [m!, k!], f64);
        const b = fa.normal(rng, transposeB ? [n!, k!] : [k!, n!], f64);
        const [x, y] = [a.dataSync(), b.dataSync()];
        const expected = [];
        for (let i = 0; i < m!; i++) {
          for (let j = 0; j < n!; j++) {
            let s = 0;
            for (let p = 0; p < k!; p++) {
              s += x[transposeA ? p * m! + i : i * k! + p]! *
                y[transposeB ? j * k! + p : p * n! + j]!;
            }
            expected.push(s);
          }
        }
        const c = fa.matmul(a, b, { transposeA, transposeB });
        assert.equal([...c.dataSync()], expected, `${m}×${k}×${n} ${transposeA} ${transposeB}`);
      }
    }
  }
});

test("float32 + − × ÷ √ are IEEE single: the double result rounded once (Math.fround)", () => {
  const rng = fa.Rng.fromSeed(2);
  const a = fa.normal(rng, [1000]), b = fa.normal(rng, [1000]);
  const [x, y] = [a.dataSync(), b.dataSync()];
  const same = (t: fa.Tensor, f: (x: number, y: number) => number) =>
    t.dataSync().forEach((v, i) => assert.is(v, Math.fround(f(x[i]!, y[i]!))));
  same(fa.add(a, b), (x, y) => x + y);
  same(fa.sub(a, b), (x, y) => x - y);
  same(fa.mul(a, b), (x, y) => x * y);
  same(fa.div(a, b), (x, y) => x / y);
  same(fa.sqrt(fa.square(a)), (x) => Math.sqrt(Math.fround(x * x)));
});

test("float32 sums accumulate in double, products in backend js (a case where single fails)", () => {
  for (const backend of [fa.jsBackend, fa.wasmBackend]) {
    assert.is(fa.sum(fa.tensor([1e8, 1, -1e8, 1], { backend })).item(), 2);
  }
  const x = fa.tensor([[1e8, 1, -1e8, 1]], { backend: fa.jsBackend });
  assert.is(fa.matmul(x, fa.ones([4, 1], x)).item(), 2);
});

test("float64 keeps what float32 cannot hold, through every op of a layer", () => {
  const x = fa.tensor([1 + 2 ** -40, 1e-200], f64);
  assert.equal([...fa.mul(x, 1).dataSync()], [1 + 2 ** -40, 1e-200]);
  assert.is(fa.exp(fa.tensor([2 ** -40], f64)).item(), 1 + 2 ** -40);
});

test("NaN and infinities go through as IEEE says", () => {
  const x = fa.tensor([NaN, Infinity, -Infinity, 0], f64);
  assert.equal([...fa.add(x, 1).dataSync()], [NaN, Infinity, -Infinity, 1]);
  assert.equal([...fa.div(x, 0).dataSync()], [NaN, Infinity, -Infinity, NaN]);
  assert.equal([...fa.exp(x).dataSync()], [NaN, Infinity, 0, 1]);
  assert.ok(Number.isNaN(fa.sum(x).item()));
  assert.ok(Number.isNaN(fa.max(x).item()));
  assert.ok(fa.softmax(x).dataSync().every(Number.isNaN));
  assert.ok(
    fa.layerNorm(fa.reshape(x, [1, 4]), fa.ones([4], f64), fa.zeros([4], f64)).dataSync()
      .every(Number.isNaN),
  );
});

test("rmsNormalize neither over- nor underflows and keeps zero rows (closed form)", () => {
  const x = fa.tensor([[1e-200, 2e-200], [1e300, -1e300], [0, 0], [5e-324, 0]], f64);
  const y = fa.rmsNormalize(x).dataSync();
  const expected = [Math.sqrt(0.4), Math.sqrt(1.6), 1, -1, 0, 0, Math.SQRT2, 0];
  y.forEach((v, i) => assert.ok(Math.abs(v - expected[i]!) < 1e-15, `${i}: ${v}`));
});

test("LayerNorm with ε = 0 ignores a power-of-two scale, its gradient shrinks by exactly it", () => {
  const rng = fa.Rng.fromSeed(3);
  const x = fa.normal(rng, [5, 16], f64), seed = fa.normal(rng, [5, 16], f64);
  const w = fa.normal(rng, [16], f64), b = fa.normal(rng, [16], f64);
  const run = (scale: number) => {
    const h = fa.variable(fa.mul(x, scale));
    const y = fa.layerNorm(h, w, b, { eps: 0 });
    return [y.dataSync(), fa.grad(y, [h], { seed })[0]!.dataSync()] as const;
  };
  const [y, g] = run(1), [y2, g2] = run(2 ** 40);
  assert.equal(y2, y);
  assert.equal(g2, g.map((v) => v * 2 ** -40));
});

test("empty tensors: sums are 0, products of zero length are zeros", () => {
  assert.is(fa.sum(fa.zeros([0, 3])).item(), 0);
  assert.equal([...fa.sum(fa.zeros([0, 3]), { axis: 0 }).dataSync()], [0, 0, 0]);
  assert.is(fa.add(fa.zeros([0, 3]), fa.ones([3])).size, 0);
});

test("the gradient of cross-entropy keeps its digits for confident samples (closed form)", () => {
  // Two classes, margin z: e = (−q, q) with q = 1/(1 + e^z), which p − 1 in single cannot resolve.
  for (const z of [5, 12, 17, 25, 40]) {
    const q = 1 / (1 + Math.exp(z));
    for (const [dtype, tolerance] of [["float32", 1e-7], ["float64", 1e-15]] as const) {
      const logits = fa.variable(fa.tensor([[z, 0]], { dtype }));
      const [g] = fa.grad(fa.crossEntropy(logits, [0]), [logits]);
      const [a, b] = g!.dataSync();
      assert.ok(Math.abs(b! / q - 1) <= tolerance, `${dtype} ${z}: ${b} and ${q}`);
      assert.ok(Math.abs(a! / -q - 1) <= tolerance, `${dtype} ${z}: ${a} and ${-q}`);
    }
  }
});

test("assign overwrites in place, checks the number, and a shape given is copied", () => {
  const p = fa.parameter(fa.zeros([2]));
  p.assign([0.1, 2]);
  assert.equal([...p.dataSync()], [Math.fround(0.1), 2]);
  assert.throws(() => p.assign([1]), /Cannot assign 1 values to \[2\] as it has 2/);
  const shape = [2, 1];
  const x = fa.tensor([1, 2], { shape });
  shape[0] = 7;
  assert.equal([...x.shape], [2, 1]);
});

test("max shares the gradient between ties", () => {
  const x = fa.variable(fa.tensor([2, 7, 7], f64));
  assert.equal([...fa.grad(fa.max(x), [x])[0]!.dataSync()], [0, 0.5, 0.5]);
});

test("errors say action, rule and values", () => {
  const a = fa.zeros([128, 256]), b = fa.zeros([128, 10]);
  assert.throws(
    () => fa.matmul(a, b),
    /Cannot multiply \[128,256\] by \[128,10\] as inner dimensions must match: 256 and 128/,
  );
  assert.throws(() => fa.matmul(a, fa.zeros([3])), /both must be matrices: ranks 2 and 1/);
  assert.throws(() => fa.add(a, b), /Cannot add \[128,256\] and \[128,10\].*256 and 10 at axis -1/);
  assert.throws(() => fa.add(a, fa.zeros([1], f64)), /float32 and \[1\] float64 as dtypes must be/);
  assert.throws(() => fa.sum(a, { axis: 2 }), /along axis 2 as it has axes -2 to 1/);
  assert.throws(() => fa.sum(a, { axis: [0, -2] }), /axes must be distinct/);
  assert.throws(() => fa.reshape(a, [5]), /sizes must be equal: 32768 and 5/);
  assert.throws(() => fa.broadcastTo(a, [256]), /Cannot stretch/);
  assert.throws(() => fa.crossEntropy(b, [1]), /logits must be \[1, classes\]/);
  assert.throws(() => fa.oneHot([0, 10], 10), /label 10 of sample 1 .* from 0 to 9/);
  assert.throws(() => fa.tensor([[1, 2], [3]]), /unequal length/);
  assert.throws(() => fa.tensor([1, 2, 3], { shape: [2, 2] }), /\[2,2\] from 3 values/);
  assert.throws(() => fa.concat([]), /list is empty/);
  assert.throws(() => fa.concat([a, b]), /all other axes must be equal/);
  assert.throws(() => fa.slice(a, { start: 5, end: 200 }), /0 ≤ start ≤ end ≤ 128/);
  assert.throws(
    () => fa.layerNorm(a, fa.ones([3]), fa.ones([256])),
    /weight must be \[256\]: \[3\]/,
  );
  assert.throws(() => a.item(), /has 32768 elements/);
  assert.throws(() => fa.max(fa.zeros([0])), /no values along axis 0/);
});

test("data() is a copy: changing it does not change the tensor", async () => {
  const x = fa.tensor([1, 2]);
  (await x.data())[0] = 9;
  x.dataSync()[1] = 9;
  assert.equal([...x.dataSync()], [1, 2]);
});

test.run();
