// Shapes, dtypes, IEEE specials and errors of ops. Oracles: IEEE 754, naive loops, documented messages.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as fa from "../mod.ts";
import { onEveryBackend } from "../testing/_backends.ts";
import { naiveProduct } from "../testing/_naive_product.ts";

const f64 = { dtype: "float64" } as const;
const dtypes = ["float32", "float64"] as const;

onEveryBackend("op contracts", (test, { single, productsInOrder }) => {
  if (productsInOrder) {
    test("matmul equals a naive sum bit for bit on odd shapes, all transpositions", () => {
      const rng = fa.Rng.fromSeed(1);
      for (
        const [m, k, n] of [[1, 1, 1], [3, 5, 7], [4, 8, 4], [13, 1, 2], [5, 17, 9], [2, 0, 3]]
      ) {
        for (const [dtype, transposeA, transposeB] of everyProduct()) {
          const a = fa.normal(rng, transposeA ? [k!, m!] : [m!, k!], { dtype });
          const b = fa.normal(rng, transposeB ? [n!, k!] : [k!, n!], { dtype });
          const inDouble = dtype === "float64" || single.products < single.stored;
          const [x, y] = [a, b].map((t) => ({ shape: t.shape, data: t.dataSync() }));
          const expected = naiveProduct(x!, y!, { transposeA, transposeB, inDouble });
          const c = fa.matmul(a, b, { transposeA, transposeB });
          assert.equal(
            c.dataSync(),
            expected,
            `${dtype} ${m}×${k}×${n} ${transposeA} ${transposeB}`,
          );
        }
      }
    });
  }

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

  test("float32 sums accumulate in double (a case where single fails)", () => {
    assert.is(fa.sum(fa.tensor([1e8, 1, -1e8, 1])).item(), 2);
  });

  if (single.products < single.stored) {
    test("float32 products accumulate in double (a case where single fails)", () => {
      assert.is(fa.matmul(fa.tensor([[1e8, 1, -1e8, 1]]), fa.ones([4, 1])).item(), 2);
    });
  }

  test("float64 keeps what float32 cannot hold, through every op of a layer", () => {
    const x = fa.tensor([1 + 2 ** -40, 1e-200], f64);
    assert.equal([...fa.mul(x, 1).dataSync()], [1 + 2 ** -40, 1e-200]);
    assert.is(fa.exp(fa.tensor([2 ** -40], f64)).item(), 1 + 2 ** -40);
  });

  test("arithmetic of NaN, infinities, zeros and subnormals is IEEE's, in every pair", () => {
    for (const dtype of dtypes) {
      const [round, tiny, huge] = dtype === "float32"
        ? [Math.fround, 2 ** -149, 2 ** 127] as const
        : [(x: number) => x, 2 ** -1074, 2 ** 1023] as const;
      const values = [NaN, Infinity, -Infinity, 0, -0, 1, -3, tiny, -tiny, huge, -huge, 0.1];
      const pairs = values.flatMap((x) => values.map((y) => [round(x), round(y)] as const));
      const a = fa.tensor(pairs.map(([x]) => x), { dtype });
      const b = fa.tensor(pairs.map(([, y]) => y), { dtype });
      const same = (t: fa.Tensor, f: (x: number, y: number) => number) =>
        t.dataSync().forEach((v, i) => {
          const [x, y] = pairs[i]!;
          assert.ok(Object.is(v, round(f(x, y))), `${dtype} ${f}: ${x} and ${y} give ${v}`);
        });
      same(fa.add(a, b), (x, y) => x + y);
      same(fa.sub(a, b), (x, y) => x - y);
      same(fa.mul(a, b), (x, y) => x * y);
      same(fa.div(a, b), (x, y) => x / y);
      same(fa.equal(a, b), (x, y) => Number(x === y));
      same(fa.neg(a), (x) => -x);
      same(fa.square(a), (x) => x * x);
      same(fa.sqrt(a), Math.sqrt);
      same(fa.reciprocal(a), (x) => 1 / x);
    }
  });

  test("functions have the limits that mathematics gives at infinities, and keep NaN", () => {
    for (const dtype of dtypes) {
      const x = fa.tensor([NaN, Infinity, -Infinity, 0, -0], { dtype });
      const values = (t: fa.Tensor) => [...t.dataSync()];
      assert.equal(values(fa.exp(x)), [NaN, Infinity, 0, 1, 1]);
      assert.equal(values(fa.log(x)), [NaN, Infinity, NaN, -Infinity, -Infinity]);
      assert.equal(values(fa.erf(x)), [NaN, 1, -1, 0, -0]);
      assert.equal(values(fa.tanh(x)), [NaN, 1, -1, 0, -0]);
      assert.equal(values(fa.gelu(x)), [NaN, Infinity, -0, 0, -0]);
    }
  });

  test("NaN and infinities reach exactly the results that depend on them (IEEE)", () => {
    for (const dtype of dtypes) {
      const x = fa.tensor([[1, NaN, 2], [3, Infinity, 4], [5, -Infinity, Infinity]], { dtype });
      const values = (t: fa.Tensor) => [...t.dataSync()];
      assert.equal(values(fa.sum(x, { axis: 0 })), [9, NaN, Infinity]);
      assert.equal(values(fa.sum(x, { axis: 1 })), [NaN, Infinity, NaN]);
      assert.ok(Number.isNaN(fa.sum(x).item()));
      assert.equal(values(fa.max(x, { axis: 1 })), [NaN, Infinity, Infinity]);
      assert.ok(Number.isNaN(fa.max(x).item()));
      // 0·∞ and 0·NaN are NaN: nothing may be skipped because a factor is 0.
      const picks = fa.tensor([[1, 0, 0], [0, 0, 1]], { dtype });
      assert.equal(values(fa.matmul(picks, x)), [1, NaN, NaN, 5, NaN, Infinity]);
      const finite = fa.tensor([[1, 2], [3, 4], [5, 6]], { dtype });
      const one = fa.tensor([[1, 1, 1], [1, NaN, 1], [1, Infinity, 1]], { dtype });
      assert.equal(values(fa.matmul(one, finite)), [9, 12, NaN, NaN, Infinity, Infinity]);
      for (const f of [fa.softmax, fa.rmsNormalize]) {
        const rows = values(f(fa.tensor([[NaN, 1], [3, 3]], { dtype })));
        assert.ok(Number.isNaN(rows[0]!) && Number.isNaN(rows[1]!));
        assert.ok(Number.isFinite(rows[2]!) && rows[2] === rows[3]);
      }
      const normal = values(fa.layerNorm(x, fa.ones([3], { dtype }), fa.zeros([3], { dtype })));
      assert.ok(normal.every(Number.isNaN));
    }
  });

  test("NaN and infinities go backwards like forwards", () => {
    for (const dtype of dtypes) {
      const x = fa.variable(fa.tensor([1, 2, 3], { dtype }));
      const seed = fa.tensor([NaN, Infinity, -1], { dtype });
      const at = (y: fa.Tensor) => [...fa.grad(y, [x], { seed })[0]!.dataSync()];
      assert.equal(at(fa.mul(x, 2)), [NaN, Infinity, -2]);
      assert.equal(at(fa.square(x)), [NaN, Infinity, -6]);
      assert.equal(at(fa.neg(x)), [NaN, -Infinity, 1]);
      const w = fa.variable(fa.tensor([[1, 2]], { dtype }));
      const product = fa.matmul(fa.reshape(x, [3, 1]), w);
      const cotangent = fa.tensor([[1, 0], [NaN, 0], [0, Infinity]], { dtype });
      const [gx, gw] = fa.grad(product, [x, w], { seed: cotangent });
      assert.equal([...gx!.dataSync()], [1, NaN, Infinity]);
      assert.equal([...gw!.dataSync()], [NaN, Infinity]);
    }
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

  test("empty tensors: sums are 0, products of zero length are zeros, gradients have shapes", () => {
    for (const dtype of dtypes) {
      const empty = fa.variable(fa.zeros([0, 3], { dtype }));
      assert.is(fa.sum(empty).item(), 0);
      assert.ok(Number.isNaN(fa.mean(empty).item())); // 0/0
      assert.equal([...fa.sum(empty, { axis: 0 }).dataSync()], [0, 0, 0]);
      assert.is(fa.add(empty, fa.ones([3], { dtype })).size, 0);
      const [left, right] = [[2, 0], [0, 3]].map((s) => fa.variable(fa.zeros(s, { dtype })));
      const product = fa.matmul(left!, right!);
      assert.equal([...product.dataSync()], [0, 0, 0, 0, 0, 0]);
      const seed = fa.ones([2, 3], { dtype });
      const shapes = fa.grad(product, [left!, right!], { seed }).map((g) => [...g.shape]);
      assert.equal(shapes, [[2, 0], [0, 3]]);
      const w = fa.variable(fa.ones([3], { dtype })), b = fa.variable(fa.zeros([3], { dtype }));
      const [gx, gw, gb] = fa.grad(fa.sum(fa.layerNorm(empty, w, b)), [empty, w, b]);
      assert.equal([...gx!.shape], [0, 3]);
      assert.equal([...gw!.dataSync(), ...gb!.dataSync()], [0, 0, 0, 0, 0, 0]);
    }
  });

  test("a row of one value has no deviation: LayerNorm gives the bias and no gradient, RMS its sign", () => {
    for (const dtype of dtypes) {
      const x = fa.variable(fa.tensor([[7], [-3], [1e-20]], { dtype }));
      const w = fa.tensor([5], { dtype }), b = fa.tensor([0.5], { dtype });
      const y = fa.layerNorm(x, w, b);
      assert.equal([...y.dataSync()], [0.5, 0.5, 0.5]);
      assert.equal([...fa.grad(fa.sum(y), [x])[0]!.dataSync()], [0, 0, 0]);
      assert.equal([...fa.rmsNormalize(x).dataSync()], [1, -1, 1]);
    }
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

  test("cast rounds once and hands gradients back in the dtype that it got", () => {
    const x = fa.variable(fa.tensor([0.1, -1e300, 2 ** -160, NaN], f64));
    const y = fa.cast(x, "float32");
    assert.is(y.dtype, "float32");
    assert.equal([...y.dataSync()], [Math.fround(0.1), -Infinity, 0, NaN]);
    const seed = fa.tensor([0.1, 1, 2, 3]);
    const [g] = fa.grad(y, [x], { seed });
    assert.is(g!.dtype, "float64");
    assert.equal([...g!.dataSync()], [Math.fround(0.1), 1, 2, 3]);
  });

  test("max shares the gradient between ties", () => {
    const x = fa.variable(fa.tensor([2, 7, 7], f64));
    assert.equal([...fa.grad(fa.max(x), [x])[0]!.dataSync()], [0, 0.5, 0.5]);
  });

  test("rmsNormalize of an infinity: x/∞ is 0, ∞/∞ is NaN (IEEE)", () => {
    for (const dtype of dtypes) {
      const y = fa.rmsNormalize(fa.tensor([[1, Infinity], [-Infinity, 2]], { dtype })).dataSync();
      assert.equal([...y], [0, NaN, NaN, 0], dtype);
    }
  });

  test("a seed and a custom gradient must have the dtype and backend of what they belong to", () => {
    const x = fa.variable(fa.tensor([[1, 2, 4, 8]]));
    const seed = fa.tensor([[1, 0, 0, 0]], f64);
    const y = fa.layerNorm(x, fa.ones([4]), fa.zeros([4]));
    assert.throws(() => fa.grad(y, [x], { seed }), /float32 and \[1,4\] float64 as dtypes must be/);
    const wrong = fa.customVjp(([x]) => fa.square(x!), () => [seed]);
    assert.throws(
      () => fa.grad(fa.sum(wrong(x)), [x]),
      /gradient that customVjp gives: \[1,4\] float32 and \[1,4\] float64/,
    );
    const other = x.backend === fa.jsBackend ? fa.wasmBackend : fa.jsBackend;
    const elsewhere = fa.ones([1, 4], { backend: other });
    assert.throws(() => fa.grad(y, [x], { seed: elsewhere }), /they must live together/);
  });

  test("gradcheck works where its inputs live, not on the default backend", () => {
    const other = fa.defaultBackend() === fa.jsBackend ? fa.wasmBackend : fa.jsBackend;
    const x = fa.tensor([1, 2], { ...f64, backend: other });
    const { relativeError } = fa.gradcheck((x) => fa.square(x), [x], { rng: fa.Rng.fromSeed(1) });
    assert.ok(relativeError < 1e-6);
  });

  test("errors say action, rule and values", () => {
    const a = fa.zeros([128, 256]), b = fa.zeros([128, 10]);
    assert.throws(
      () => fa.matmul(a, b),
      /Cannot multiply \[128,256\] by \[128,10\] as inner dimensions must match: 256 and 128/,
    );
    assert.throws(() => fa.matmul(a, fa.zeros([3])), /both must be matrices: ranks 2 and 1/);
    assert.throws(
      () => fa.add(a, b),
      /Cannot add \[128,256\] and \[128,10\].*256 and 10 at axis -1/,
    );
    assert.throws(
      () => fa.add(a, fa.zeros([1], f64)),
      /float32 and \[1\] float64 as dtypes must be/,
    );
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
});

/** Both dtypes with all transpositions. */
function everyProduct(): [fa.DType, boolean, boolean][] {
  const flags = [false, true];
  return dtypes.flatMap((dtype) =>
    flags.flatMap((a) => flags.map((b) => [dtype, a, b] as [fa.DType, boolean, boolean]))
  );
}

const test = suite("op contracts, reading");

test("data() is a copy: changing it does not change the tensor", async () => {
  const x = fa.tensor([1, 2]);
  (await x.data())[0] = 9;
  x.dataSync()[1] = 9;
  assert.equal([...x.dataSync()], [1, 2]);
});

test.run();
