// LayerNorm does not know the scale of its input: with ε = 0, LN(2^k·h) = LN(h), and the gradient at
// 2^k·h is 2^-k times that at h, which is how an exploding stream makes gradients vanish.
// Oracle: metamorphic. Scaling by a power of two commutes with every rounding, so nothing may differ.
import * as assert from "uvu/assert";
import { grad } from "../autograd/grad.ts";
import { variable } from "../autograd/leaves.ts";
import { normal } from "../create/random.ts";
import { tensor } from "../create/tensor.ts";
import type { DType, TypedArray } from "../dtype.ts";
import { Rng } from "../random/rng.ts";
import type { Tensor } from "../tensor.ts";
import { onEveryBackend } from "../testing/_backends.ts";
import { layerNorm } from "./layer_norm.ts";
import { mul } from "./mul.ts";
import { square } from "./square.ts";
import { sum } from "./sum.ts";

const [B, d] = [9, 37];

/** Output and gradients of LN at 2^k·h: at the input, the weight and the bias. */
function at(k: number, dtype: DType, eps: number) {
  const rng = Rng.fromSeed(7, "layer norm scaling");
  const draw = (name: string, shape: number[]) => normal(rng.fork(name), shape, { dtype });
  const values = draw("h", [B, d]).dataSync().map((v) => (v + 0.3) * 2 ** k);
  const h = variable(tensor(values, { shape: [B, d] }));
  const weight = variable(draw("weight", [d]));
  const bias = variable(draw("bias", [d]));
  const y = layerNorm(h, weight, bias, { eps });
  const loss = sum(mul(square(y), draw("seed", [B, d])));
  const inputs: readonly Tensor[] = [h, weight, bias];
  const [atInput, ...atParameters] = grad(loss, inputs).map((g) => g.dataSync());
  return { y: y.dataSync(), atInput: atInput!, atParameters };
}

/** The largest |a − b| / |b|. */
function difference(a: TypedArray, b: TypedArray): number {
  return Math.max(...a.map((v, i) => Math.abs(v - b[i]!) / Math.abs(b[i]!)));
}

onEveryBackend("LayerNorm of a scaled stream", (test) => {
  for (
    const [dtype, powers] of [["float32", [-40, -3, 1, 17, 60]], ["float64", [
      -300,
      -7,
      1,
      64,
      400,
    ]]] as const
  ) {
    test(`${dtype}: with ε = 0 neither output nor gradients differ in any bit but 2^-k`, () => {
      const reference = at(0, dtype, 0);
      assert.ok(reference.atInput.every((g) => g !== 0 && Number.isFinite(g)));
      for (const k of powers) {
        const { y, atInput, atParameters } = at(k, dtype, 0);
        assert.equal(y, reference.y, `LN(2^${k} h)`);
        assert.equal(atParameters, reference.atParameters, `parameters, 2^${k}`);
        assert.equal(atInput, reference.atInput.map((g) => g * 2 ** -k), `gradient, 2^${k}`);
      }
    });

    // Oracle: closed form. 1/√(σ² + ε) is not 1/σ where σ² is near ε or below it.
    test(`${dtype}: with ε = 1e-5 that fails for small σ, and holds where ε is below rounding`, () => {
      const reference = at(0, dtype, 0);
      for (const [k, least] of [[-4, 1e-4], [-9, 0.5], [-20, 0.999]] as const) {
        const { y, atInput } = at(k, dtype, 1e-5);
        const gradient = reference.atInput.map((g) => g * 2 ** -k);
        assert.ok(difference(y, reference.y) > least, `LN(2^${k} h)`);
        assert.ok(difference(atInput, gradient) > least, `gradient, 2^${k}`);
      }
      // σ² is above 2^38, where doubles, in which it is summed, are 2^-14 apart and more.
      for (const k of [22, 30]) {
        const { y, atInput } = at(k, dtype, 1e-5);
        assert.equal(y, reference.y, `LN(2^${k} h)`);
        assert.equal(atInput, reference.atInput.map((g) => g * 2 ** -k), `gradient, 2^${k}`);
      }
    });
  }
});
