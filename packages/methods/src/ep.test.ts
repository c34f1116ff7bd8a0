// Equilibrium propagation. Oracles: BP and the chain rule in the limit β → 0; definitions; metamorphic.
import { observeOps, Rng, scope, slice, type Tensor, tensor } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { predict } from "./_energy.ts";
import { createTrainer, creditRule } from "./create_trainer.ts";
import { ep, type EpOptions } from "./ep.ts";
import { creditNames, epErrors, logLogSlope } from "./testing/_ep_errors.ts";
import { betas, equilibrium, shallowNet } from "./testing/_ep_settings.ts";
import { contextOf, gradientsOf, relativeError, smallNet, values } from "./testing/_small_net.ts";

const test = suite("ep");

for (const [symmetric, order] of [[false, 1], [true, 2]] as const) {
  const way = symmetric ? "symmetric" : "one-sided";

  test(`in equilibrium, ${way}, gradients and predictionError err by order β^${order}`, () => {
    const net = shallowNet();
    const found = betas.map((beta) => epErrors(net, { ...equilibrium, symmetric, beta }));
    found.forEach(({ slope, weights, predictionError }, i) => {
      // As far as rounding allows: the states themselves are known to some 1e-15.
      assert.ok(slope < 1e-14, `β = ${betas[i]}: slope ${slope}`);
      // And what is left of it reaches no digit of the errors.
      assert.ok(slope / betas[i]! < 1e-4 * Math.min(weights, predictionError));
    });
    for (const kind of ["weights", "predictionError"] as const) {
      const fitted = logLogSlope(betas, found.map((e) => e[kind]));
      assert.ok(Math.abs(fitted - order) < 0.05, `${kind}: ${fitted}`);
    }
    // The displacement does not tend to the gradient: its error hardly depends on β.
    const limits = found.map((e) => e.displacement);
    assert.ok(Math.min(...limits) > 0.5, `${limits}`);
    assert.ok(Math.abs(logLogSlope(betas, limits)) < 0.02, `${limits}`);
  });

  test(`after 20 steps, ${way}, an error is left that does not depend on β`, () => {
    const found = betas.map((beta) => epErrors(shallowNet(), { symmetric, beta }));
    for (const kind of ["weights", ...creditNames] as const) {
      const errors = found.map((e) => e[kind]);
      assert.ok(Math.min(...errors) > 0.2, `${kind}: ${errors}`);
      assert.ok(Math.abs(errors.at(-1)! / errors.at(-2)! - 1) < 1e-3, `${kind}: ${errors}`);
    }
  });
}

test("the displacement tends to d_{l+1} = d_l + ∂F_l/∂h_l d_l + g_{l+1} (implicit differentiation)", () => {
  for (const residual of [true, false]) {
    const context = contextOf(shallowNet({ residual }));
    const { blocks } = ep({ ...equilibrium, symmetric: true, beta: 1e-3 })
      .credits(context, new Map());
    let d: Float64Array = new Float64Array(6 * 8);
    blocks.forEach((a, l) => {
      const g = values(context.bpGradient[l + 1]!);
      d = jacobianTimes((h) => predict(context.model, l, h), context.hidden[l]!, d)
        .map((v, i) => v + g[i]!);
      assert.ok(relativeError([values(a)], [d]) < 1e-5, `block ${l}`);
      assert.is(relativeError([d], [g]) > 0.1, l > 0, `block ${l}`);
    });
  }
});

/** J·v at h by central differences. */
function jacobianTimes(f: (h: Tensor) => Tensor, h: Tensor, v: Float64Array): Float64Array {
  const step = 1e-5;
  const at = (s: number) =>
    values(f(tensor(values(h).map((u, i) => u + s * v[i]!), { shape: h.shape, dtype: "float64" })));
  const [up, down] = [at(step), at(-step)];
  return up.map((u, i) => (u - down[i]!) / (2 * step));
}

test("the embedding and a network without skips are taught BP's gradient in the limit, too", () => {
  for (const residual of [true, false]) {
    const net = shallowNet({ residual });
    const { weights } = epErrors(net, { ...equilibrium, symmetric: true, beta: 1e-3 });
    assert.ok(weights < 1e-4, `residual ${residual}: ${weights}`);
    const context = contextOf(net);
    const { embedding } = ep({ ...equilibrium, symmetric: true, beta: 1e-3 })
      .credits(context, new Map());
    assert.ok(relativeError([values(embedding)], [values(context.bpGradient[0]!)]) < 1e-4);
  }
});

test("symmetric is the average of +β and −β (definition)", () => {
  const net = smallNet();
  const context = contextOf(net);
  const options: EpOptions = { steps: 7, stepSize: 0.05 };
  const mean = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Float64Array.from(a, (v, i) => (v + b[i]!) / 2);
  const [up, down, both] = [{ beta: 0.5 }, { beta: -0.5 }, { beta: 0.5, symmetric: true }]
    .map((o) => ep({ ...options, ...o }).credits(context, new Map())) as [C, C, C];
  type C = ReturnType<ReturnType<typeof ep>["credits"]>;
  const lists = [
    (c: C) => c.blocks,
    (c: C) => c.others!.predictionError!,
    (c: C) => [c.embedding],
  ];
  for (const list of lists) {
    list(both).forEach((t, i) => {
      const expected = mean(values(list(up)[i]!), values(list(down)[i]!));
      assert.ok(relativeError([values(t)], [expected]) < 1e-14);
    });
  }
  assert.is(both.lessons!.length, 2);
  const gradients = (rule: EpOptions) => gradientsOf(trainerOf(net, { ...options, ...rule }), net);
  const [plus, minus] = [gradients({ beta: 0.5 }), gradients({ beta: -0.5 })];
  for (const [name, found] of gradients({ beta: 0.5, symmetric: true })) {
    const error = relativeError([found], [mean(plus.get(name)!, minus.get(name)!)]);
    assert.ok(error < 1e-13, `${name}: ${error}`);
  }
});

function trainerOf({ model }: ReturnType<typeof smallNet>, rule: EpOptions) {
  return createTrainer("ep", model, { rng: Rng.fromSeed(0), rule: { ...rule } });
}

test("one step of size α from the free states moves h_L by −αβ g_L alone (definition)", () => {
  const context = contextOf(smallNet());
  const { blocks, others, embedding, lessons } = ep({ steps: 1, stepSize: 0.1 })
    .credits(context, new Map());
  const g = values(context.bpGradient[3]!);
  // h_L is rounded once, and the difference to it is divided by β = 0.5.
  const bound = 2 * 2 ** -53 * Math.max(...values(context.hidden[3]!).map(Math.abs)) / 0.5;
  for (const credit of [blocks, others!.predictionError!]) {
    values(credit[2]!).forEach((v, i) => assert.ok(Math.abs(v - 0.1 * g[i]!) < bound));
    for (const a of credit.slice(0, 2)) assert.ok(values(a).every((v) => v === 0));
  }
  assert.ok(values(embedding).every((v) => v === 0));
  const [{ inputs, signals }] = lessons as [NonNullable<typeof lessons>[number]];
  assert.equal(inputs.map(values), context.hidden.slice(0, 3).map(values));
  assert.equal(signals.map(values), others!.predictionError!.map(values));
});

test("samples do not meet: each gets the credit it has alone (metamorphic)", () => {
  const net = smallNet();
  const context = contextOf(net);
  const together = ep().credits(context, new Map());
  net.y.forEach((label, b) => {
    const row = (t: Tensor) => slice(t, { axis: 0, start: b, end: b + 1 });
    const alone = ep().credits({
      ...context,
      y: [label],
      hidden: context.hidden.map(row),
    }, new Map());
    alone.blocks.forEach((a, l) => {
      assert.ok(relativeError([values(a)], [values(row(together.blocks[l]!))]) < 1e-14);
    });
  });
});

test("changes nothing that it was given, and needs no more memory for more steps", () => {
  const context = contextOf(smallNet());
  const parameters = [...smallNet().model.namedParameters().values()];
  const before = [...context.hidden, ...parameters].map(values);
  const places = (steps: number) => {
    const seen = new Set<unknown>();
    scope(() => {
      observeOps(
        ({ output }) => seen.add((output.storage as { pointer?: number }).pointer),
        () => void ep({ steps }).credits(context, new Map()),
      );
    });
    return seen;
  };
  const few = places(3);
  assert.ok(few.size > 1 && !few.has(undefined)); // in linear memory, where places can be told
  assert.is(places(60).size, few.size);
  assert.equal([...context.hidden, ...parameters].map(values), before);
});

test("the head learns from the free phase: its gradient is BP's, whatever β", () => {
  const net = smallNet();
  const bp = gradientsOf(createTrainer("bp", net.model, { rng: Rng.fromSeed(0) }), net);
  const own = gradientsOf(trainerOf(net, { beta: 5 }), net);
  for (const name of ["out_ln.weight", "out_ln.bias", "out_head.weight", "out_head.bias"]) {
    assert.ok(relativeError([own.get(name)!], [bp.get(name)!]) < 1e-14, name);
  }
});

test("option credit says which of the two is its own; training is the same", () => {
  const net = smallNet();
  const context = contextOf(net);
  const one = ep().credits(context, new Map());
  const other = ep({ credit: "predictionError" }).credits(context, new Map());
  assert.equal(Object.keys(one.others!), ["predictionError"]);
  assert.equal(Object.keys(other.others!), ["displacement"]);
  assert.equal(one.blocks.map(values), other.others!.displacement!.map(values));
  assert.equal(other.blocks.map(values), one.others!.predictionError!.map(values));
  const gradients = (credit: string) =>
    gradientsOf(
      createTrainer("ep", net.model, { rng: Rng.fromSeed(0), rule: { credit } }),
      net,
    );
  assert.equal([...gradients("displacement")], [...gradients("predictionError")]);
});

test("echoes its options and refuses what has no meaning", () => {
  const defaults = {
    beta: 0.5,
    steps: 20,
    stepSize: 0.1,
    credit: "displacement",
    symmetric: false,
  };
  const rule = creditRule("ep")!;
  assert.equal(rule.options, defaults);
  assert.is(rule.creditIndex, "output");
  assert.is(rule.creditNormalization, "none");
  assert.is(
    rule.init({ width: 8, depth: 3, classes: 4, dtype: "float64" }, Rng.fromSeed(0)).size,
    0,
  );
  const other = { beta: -1, steps: 3, stepSize: 1, credit: "predictionError", symmetric: true };
  assert.equal(creditRule("ep", other)!.options, other);
  for (
    const [options, message] of [
      [{ beta: 0 }, /beta of ep as it must be a finite number other than 0: 0/],
      [{ beta: NaN }, /beta/],
      [{ steps: 0 }, /steps of ep as it must be a whole number ≥ 1: 0/],
      [{ steps: 1.5 }, /steps/],
      [{ stepSize: 0 }, /stepSize/],
      [{ credit: "displacment" }, /credit of ep as it must be one of displacement/],
    ] as const
  ) {
    assert.throws(() => creditRule("ep", { ...options }), message);
  }
  assert.throws(() => creditRule("ep", { betta: 1 }), /did you mean 'beta'/);
});

test.run();
