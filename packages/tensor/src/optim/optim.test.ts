// AdamW and the cosine schedule. Oracles: closed forms here; PyTorch's 20 steps in @fa/methods' tests.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { AdamW, cosineLr, grad, parameter, square, tensor } from "../mod.ts";

const dtype = "float64";
const test = suite("optim");

test("with a constant gradient every AdamW step without decay has length lr (closed form)", () => {
  const p = parameter(tensor([1, -1], { dtype }));
  const optimizer = new AdamW([p], { lr: 0.01, weightDecay: 0, eps: 0 });
  for (let t = 1; t <= 5; t++) {
    optimizer.step([tensor([3, -1e-6], { dtype })]);
    p.dataSync().forEach((v, i) =>
      assert.ok(Math.abs(v - [1 - 0.01 * t, -1 + 0.01 * t][i]!) < 1e-14)
    );
  }
});

test("decoupled weight decay with zero gradients is p·(1 − lr·wd)^t (closed form)", () => {
  const p = parameter(tensor([2], { dtype }));
  const optimizer = new AdamW([p], { weightDecay: 0.5 });
  for (let t = 0; t < 3; t++) optimizer.step([tensor([0], { dtype })], { lr: 0.1 });
  assert.ok(Math.abs(p.item() - 2 * 0.95 * 0.95 * 0.95) < 1e-15);
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

test("a tape whose parameter was stepped refuses to be differentiated (it would be wrong)", () => {
  const w = parameter(tensor([2], { dtype }));
  const y = square(w);
  new AdamW([w]).step([tensor([1], { dtype })]);
  assert.throws(() => grad(y, [w]), /input 0 \[1\] was updated in place after it was used/);
  assert.ok(grad(square(w), [w])[0]!.item() < 4);
});

test("cosineLr starts at lr, is half at the middle, falls, and never reaches 0 (closed form)", () => {
  const rates = Array.from({ length: 10 }, (_, epoch) => cosineLr({ lr: 2, epoch, epochs: 10 }));
  assert.is(rates[0], 2);
  assert.is(rates[5], 1);
  rates.forEach((r, e) => assert.ok(Math.abs(r - (1 + Math.cos(Math.PI * e / 10))) < 1e-15));
  assert.ok(rates[9]! > 0);
  assert.throws(() => cosineLr({ lr: 1, epoch: 10, epochs: 10 }), /\[0, epochs\)/);
});

test.run();
