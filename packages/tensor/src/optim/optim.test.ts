// AdamW and the cosine schedule. Oracles: closed forms here; PyTorch's 20 steps in @fa/methods' tests.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  AdamW,
  type AdamWOptions,
  cosineLr,
  grad,
  jsBackend,
  parameter,
  square,
  sum,
  tensor,
  type TensorOptions,
  wasmBackend,
} from "../mod.ts";
import { onEveryBackend } from "../testing/_backends.ts";
import { doublePrecision, errorBounds, errorsOf } from "../testing/_error_bounds.ts";

onEveryBackend("AdamW", (test, { backend, single }) => {
  test("refuses a gradient that lives elsewhere, and does no harm (documented message)", () => {
    const p = parameter(tensor([1, 1], { backend }));
    const other = backend === jsBackend ? wasmBackend : jsBackend;
    const optimizer = new AdamW([p]);
    assert.throws(() => optimizer.step([tensor([1, 1], { backend: other })]), /must live together/);
    assert.equal([...p.dataSync()], [1, 1]);
    assert.is(sum(square(p)).item(), 2);
  });

  const dtypes = ["float32", "float64"] as const;

  /** Steps with one gradient; the closed form must lie within the error bound of the same steps. */
  function check(
    start: number[],
    gradient: number[],
    steps: number,
    options: AdamWOptions,
    closedForm: (t: number, i: number) => number,
  ): void {
    for (const dtype of dtypes) {
      const bounds = errorBounds(dtype === "float32" ? single : doublePrecision);
      const run = (options: AdamWOptions, create: TensorOptions) => {
        const p = parameter(tensor(start, create));
        return { p, g: tensor(gradient, create), optimizer: new AdamW([p], options) };
      };
      const computed = run(options, { dtype, backend });
      const bounded = run(options, { dtype: "float64", backend: bounds });
      for (let t = 1; t <= steps; t++) {
        for (const { optimizer, g } of [computed, bounded]) optimizer.step([g]);
        const errors = errorsOf(bounded.p);
        computed.p.dataSync().forEach((v, i) => {
          const error = Math.abs(v - closedForm(t, i));
          assert.ok(error <= errors[i]!, `${dtype} ${t}: ${v}, bound ${errors[i]}`);
        });
      }
    }
  }

  test("with a constant gradient every step without decay has length lr (closed form)", () => {
    const options = { lr: 2 ** -7, weightDecay: 0, eps: 0 };
    check([1, -1], [3, -1e-6], 20, options, (t, i) => (1 - t * 2 ** -7) * (i === 0 ? 1 : -1));
  });

  test("decoupled weight decay with zero gradients is p·(1 − lr·wd)^t (closed form)", () => {
    check([2], [0], 20, { lr: 0.1, weightDecay: 0.5 }, (t) => 2 * 0.95 ** t);
  });

  test("every position of a parameter takes the same step, whatever its size (metamorphic)", () => {
    for (const dtype of dtypes) {
      const step = (n: number) => {
        const p = parameter(tensor(new Array(n).fill(0.3), { dtype }));
        const optimizer = new AdamW([p]);
        for (let t = 0; t < 3; t++) optimizer.step([tensor(new Array(n).fill(0.7), { dtype })]);
        return p.dataSync();
      };
      const [expected] = step(1);
      for (const n of [0, 2, 3, 4, 5, 7, 13]) {
        const p = step(n);
        assert.is(p.length, n);
        p.forEach((v, i) => assert.is(v, expected, `${dtype} ${n}: ${i}`));
      }
    }
  });

  test("large gradients, whose square single cannot hold, still move the parameter", () => {
    // g = 1e20: g² = 1e40 leaves single, (1 − β₂)·g² = 1e37 does not; the first step has length lr.
    const p = parameter(tensor([0]));
    new AdamW([p], { lr: 0.5 }).step([tensor([1e20])]);
    assert.ok(Math.abs(p.item() + 0.5) < 1e-6, `${p.item()}`);
  });

  test("AdamW refuses gradients that do not fit and nonsense options", () => {
    const p = parameter(tensor([1, 2]));
    assert.throws(() => new AdamW([p]).step([]), /1 parameters with 0 gradients/);
    assert.throws(() => new AdamW([p]).step([tensor([1])]), /\[2\] float32 with gradient \[1\]/);
    const [a, b] = [parameter(tensor([1])), parameter(tensor([1]))];
    const both = new AdamW([a, b], { weightDecay: 0 });
    assert.throws(() => both.step([tensor([5]), tensor([1, 2])]), /parameter 1/);
    assert.is(a.item(), 1, "a refused step changes nothing");
    assert.throws(() => new AdamW([p], { lr: -1 }), /lr -1 as it must lie in \[0, Infinity\)/);
    assert.throws(() => new AdamW([p], { betas: [0.9, 1] }), /betas\[1\] 1/);
  });

  test("resume goes on to the last bit as if there had been no break (metamorphic)", () => {
    const start = () => {
      const p = parameter(tensor([1, -2], { backend }));
      return { p, optimizer: new AdamW([p], { lr: 0.1 }) };
    };
    const [through, resumed] = [start(), start()];
    const steps = (optimizer: AdamW, from: number, to: number) => {
      for (let t = from; t < to; t++) optimizer.step([tensor([t - 2.5, 1 / (t + 1)], { backend })]);
    };
    steps(through.optimizer, 0, 4);
    resumed.p.assign(through.p);
    resumed.optimizer.moments.forEach(({ first, second }, i) => {
      first.assign(through.optimizer.moments[i]!.first);
      second.assign(through.optimizer.moments[i]!.second);
    });
    resumed.optimizer.resume(4);
    for (const { optimizer } of [through, resumed]) steps(optimizer, 4, 8);
    assert.equal([...resumed.p.dataSync()], [...through.p.dataSync()]);
    assert.is(resumed.optimizer.steps, 8);
    assert.throws(() => start().optimizer.resume(-1), /steps must be a whole number ≥ 0: -1$/);
  });

  test("resume takes no longer for 2^53 - 1 steps than for a million, and means the same", () => {
    const [million, most] = [1e6, Number.MAX_SAFE_INTEGER].map((steps) => {
      const p = parameter(tensor([1], { dtype: "float64", backend }));
      const optimizer = new AdamW([p]);
      optimizer.resume(steps);
      optimizer.step([tensor([1], { dtype: "float64", backend })]);
      return p.item();
    });
    assert.is(most, million); // 1 − βᵗ is 1 in both
  });

  test("a tape whose parameter was stepped refuses to be differentiated (it would be wrong)", () => {
    const w = parameter(tensor([2], { dtype: "float64" }));
    const y = square(w);
    new AdamW([w]).step([tensor([1], { dtype: "float64" })]);
    assert.throws(() => grad(y, [w]), /input 0 \[1\] was updated in place after it was used/);
    assert.ok(grad(square(w), [w])[0]!.item() < 4);
  });
});

const test = suite("cosineLr");

test("cosineLr starts at lr, is half at the middle, falls, and never reaches 0 (closed form)", () => {
  const rates = Array.from({ length: 10 }, (_, epoch) => cosineLr({ lr: 2, epoch, epochs: 10 }));
  assert.is(rates[0], 2);
  assert.is(rates[5], 1);
  rates.forEach((r, e) => assert.ok(Math.abs(r - (1 + Math.cos(Math.PI * e / 10))) < 1e-15));
  assert.ok(rates[9]! > 0);
  assert.throws(() => cosineLr({ lr: 1, epoch: 10, epochs: 10 }), /\[0, epochs\)/);
});

test.run();
