// ρ. Oracles: the definition in plain numbers on a linear softmax, where the rest of the network is
// known in closed form; the gradient, whose ρ tends to 1; symmetry; the spread of chance.
import { expF64, logF64, matmul, mul, neg, normal, Rng, type Tensor, tensor } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Batch } from "../evidence/batch.ts";
import type { CreditContext } from "../evidence/collect_evidence.ts";
import { isMeasured, type Measured } from "../evidence/measured.ts";
import { perturbationProbe } from "./perturbation_probe.ts";
import type { PerLayer } from "./probes.ts";
import { feedback, linearModel, trainedNet } from "./_test_trained.ts";

const test = suite("perturbationProbe");
const dtype = "float64";
const rng = Rng.fromSeed(3, "probe");

const number = (value: Measured): number => {
  if (!isMeasured(value)) throw new Error(value.reason);
  return value;
};
const numbers = ({ perLayer }: PerLayer): number[] => perLayer.map(number);
const backprop = { credits: ({ bpGradient }: CreditContext) => bpGradient.slice(0, -1) };
const net = trainedNet();

test("is the correlation of its definition, in plain numbers", async () => {
  const [samples, width, draws] = [3, 4, 5];
  const factors = [0.5, -0.25]; // h_1 = 1.5 h_0, h_2 = 0.75 h_1 are the logits
  const x = normal(rng.fork("x"), [samples, width], { std: 2, dtype });
  const a = factors.map((_, l) => normal(rng.fork("a", l), [samples, width], { dtype }));
  const y = [0, 3, 1];
  const rows = (t: Tensor) =>
    Array.from({ length: samples }, (_, b) => [...t.dataSync().slice(b * width, (b + 1) * width)]);
  const ce = (z: number[], label: number) =>
    logF64(z.reduce((total, each) => total + expF64(each), 0)) - z[label]!;
  const norm = (v: number[]) => Math.sqrt(v.reduce((total, each) => total + each * each, 0));

  for (const creditIndex of ["input", "output"] as const) {
    const offset = creditIndex === "output" ? 1 : 0;
    for (
      const step of [{ kind: "relative", value: 0.1 }, { kind: "absolute", value: 0.3 }] as const
    ) {
      const probe = await perturbationProbe(linearModel(factors), [{ x, y }], {
        credits: () => a,
        creditIndex,
        draws,
        step,
        rng,
      });
      const expected = factors.map((_, l) => {
        const upTo = [1, 1.5, 1.125][l + offset]!;
        const rest = 1.125 / upTo;
        const pairs: [number, number][] = [];
        for (let draw = 0; draw < draws; draw++) {
          const v = rows(normal(rng.fork("direction", 0, l, draw), [samples, width], { dtype }));
          rows(x).forEach((row, b) => {
            const h = row.map((each) => upTo * each);
            const epsilon = step.value * (step.kind === "relative" ? norm(h) : 1);
            const d = v[b]!.map((each) => epsilon * each / norm(v[b]!));
            const after = ce(h.map((each, i) => rest * (each + d[i]!)), y[b]!);
            const change = after - ce(h.map((each) => rest * each), y[b]!);
            pairs.push([
              rows(a[l]!)[b]!.reduce((total, each, i) => total + each * d[i]!, 0),
              change,
            ]);
          });
        }
        const mean = (i: 0 | 1) => pairs.reduce((sum, p) => sum + p[i], 0) / pairs.length;
        const [p, t] = [mean(0), mean(1)];
        const moment = (i: 0 | 1, j: 0 | 1) =>
          pairs.reduce((sum, q) => sum + (q[i] - [p, t][i]!) * (q[j] - [p, t][j]!), 0);
        return moment(0, 1) / Math.sqrt(moment(0, 0) * moment(1, 1));
      });
      numbers(probe.rho).forEach((value, l) =>
        assert.ok(Math.abs(value - expected[l]!) < 1e-12, `${value} is not ${expected[l]}`)
      );
      assert.equal([probe.draws, probe.samples, probe.step, probe.dtype], [5, 3, step, dtype]);
      const { perLayer, mean, deep } = probe.rho;
      assert.is(mean, (number(perLayer[0]!) + number(perLayer[1]!)) / 2);
      assert.is(deep, perLayer[1]);
    }
  }
});

// Oracle: Taylor: the change is ⟨g, εv⟩ + O(ε²), so that 1 − ρ falls with ε².
test("of the gradient tends to 1 as the step does to 0", async () => {
  const x = normal(rng.fork("logits"), [64, 6], { std: 2, dtype });
  const y = Array.from({ length: 64 }, (_, b) => b % 6);
  const missing = async (value: number) => {
    const step = { kind: "relative", value } as const;
    const model = linearModel([0.5, 0.25]);
    const { rho, positive } = await perturbationProbe(model, [{ x, y }], {
      ...backprop,
      creditIndex: "input",
      step,
      rng,
    });
    assert.equal(rho, positive);
    return numbers(rho).map((value) => 1 - value);
  };
  const [coarse, fine] = [await missing(1e-1), await missing(1e-2)];
  coarse.forEach((each, l) => {
    assert.ok(each > 1e-4 && each < 0.1, `${each}`);
    assert.ok(Math.abs(each / fine[l]! / 100 - 1) < 0.2, `${each} and ${fine[l]}`);
  });
});

test("tells the gradient from chance on a net that backpropagation trained", async () => {
  const [first, second] = net.batches;
  const draws = 32;
  const { positive, negative } = await perturbationProbe(net.model, [first!, second!], {
    ...backprop,
    creditIndex: "input",
    draws,
    rng,
  });
  for (const value of [...numbers(positive), number(positive.mean), number(positive.deep)]) {
    assert.ok(value > 0.99, `${value}`);
  }
  // Within each sample the random vector is the same; d = 24, 64 samples.
  const error = Math.sqrt(1 / (64 * draws) + 1 / (64 * 24));
  for (const value of numbers(negative)) assert.ok(Math.abs(value) < 3 * error, `${value}`);
});

test("changes sign with the credit, and does not depend on its length", async () => {
  const matrices = feedback(rng.fork("B"));
  const of = (f: (a: Tensor) => Tensor) =>
    perturbationProbe(net.model, net.batches.slice(0, 1), {
      credits: ({ outputError }) =>
        matrices.map((B) => f(matmul(outputError, B, { transposeB: true }))),
      creditIndex: "output",
      draws: 4,
      rng,
    });
  const { rho, negative } = await of((a) => a);
  assert.equal(numbers((await of(neg)).rho), numbers(rho).map((value) => -value));
  assert.equal((await of((a) => mul(a, 2 ** -60))).rho, rho);
  const third = await of((a) => mul(a, 1 / 3));
  numbers(third.rho).forEach((value, l) =>
    assert.ok(Math.abs(value - numbers(rho)[l]!) < 1e-13, `${value}`)
  );
  assert.equal(third.negative, negative); // other streams
});

// Oracle: float32 resolves 2^-12 at 4096, and ε/√d is far below half of that (pitfall 9).
test("an absolute step in float32 is lost in long states; a relative one in float64 is not", async () => {
  const x = tensor([[4096, 4096.5], [4097, 4096]], { dtype: "float32" });
  const batches = [{ x, y: [0, 1] }];
  const working = linearModel([0.25]);
  const options = { ...backprop, creditIndex: "input", rng } as const;
  const lost = await perturbationProbe(working, batches, {
    ...options,
    step: { kind: "absolute", value: 1e-4 },
  });
  assert.is(lost.dtype, "float32");
  assert.equal(lost.positive.mean, {
    valid: false,
    reason: "all 64 true changes of the loss are 0",
  });
  assert.not(isMeasured(lost.rho.deep)); // there is no block 1
  const found = await perturbationProbe(working, batches, {
    ...options,
    exactModel: working,
    step: { kind: "relative", value: 1e-6 },
  });
  assert.is(found.dtype, "float64");
  assert.ok(number(found.rho.mean) > 0.99, `${found.rho.mean}`);
});

test("is unmeasured where a change is not finite or all are the same", async () => {
  const x = tensor([[1, 2], [3, 4]], { dtype });
  const reason = async (credit: number[][]) => {
    const { rho, positive } = await perturbationProbe(linearModel([1]), [{ x, y: [0, 1] }], {
      credits: () => [tensor(credit, { dtype })],
      creditIndex: "input",
      draws: 2,
      rng,
    });
    assert.ok(isMeasured(positive.mean));
    return isMeasured(rho.mean) ? "measured" : rho.mean.reason;
  };
  assert.is(await reason([[0, 0], [0, 0]]), "all 4 predicted changes are 0");
  assert.is(await reason([[1, 0], [NaN, 0]]), "2 of 4 predicted changes are not finite");
  assert.is(await reason([[0, 0], [1, 0]]), "measured");
});

// Oracle: metamorphic. ρ of one batch is that of its halves; of unequal parts it would not be, as the
// gradient of each carries the 1/B of its own batch.
test("refuses batches of unequal size", async () => {
  const x = normal(rng.fork("parts"), [100, 6], { dtype });
  const y = Array.from({ length: 100 }, (_, b) => b % 6);
  const part = (from: number, to: number) => ({
    x: tensor(x.dataSync().slice(6 * from, 6 * to), { shape: [to - from, 6], dtype }),
    y: y.slice(from, to),
  });
  const probe = (...batches: Batch[]) =>
    perturbationProbe(linearModel([0.5]), batches, { ...backprop, creditIndex: "input", rng });
  assert.ok(number((await probe(part(0, 50), part(50, 100))).rho.mean) > 0.999);
  const message = await probe(part(0, 4), part(4, 100))
    .then(({ rho }) => `ρ = ${rho.mean}`, (error) => `${error}`);
  assert.is(
    message,
    "RangeError: Cannot probe a model over batches of 4 and 96 samples as the gradient of the mean " +
      "loss depends on the batch size: give batches of one size",
  );
});

test("refuses what cannot be measured", async () => {
  const [batch] = net.batches;
  const options = { ...backprop, creditIndex: "input", rng } as const;
  const cases: [Parameters<typeof perturbationProbe>, string][] = [
    [[net.model, [], options], "no batches"],
    [[net.model, [batch!], { ...options, draws: 0 }], "draws must be an integer ≥ 1: 0"],
    [
      [net.model, [batch!], { ...options, step: { kind: "absolute", value: 0 } }],
      "the step must be above 0: 0",
    ],
    [[net.model, [batch!], { ...options, credits: () => [] }], "0 credits, 3 blocks"],
    [
      [net.model, [batch!], { ...options, credits: ({ logits }) => [logits, logits, logits] }],
      "Cannot probe credit 0 [32,5] at h_0 [32,24]",
    ],
  ];
  for (const [args, part] of cases) {
    const message = await perturbationProbe(...args).then(() => "", (error) => error.message);
    assert.match(message, part);
  }
});

test.run();
