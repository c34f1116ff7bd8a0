// The energy of EP and its gradient. Oracles: autograd through the energy written out; the forward pass.
import { add, normal, Rng } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { energyGradient, predictionErrors } from "./_energy.ts";
import { slopeByAutograd } from "./testing/_ep_errors.ts";
import { contextOf, relativeError, smallNet, values } from "./testing/_small_net.ts";

const test = suite("energy of EP");
const variants = [
  {},
  { residual: false },
  { terminalLayerNorm: false },
  { depth: 1 },
] as const;

for (const variant of variants) {
  const name = JSON.stringify(variant);

  test(`its gradient is autograd's, anywhere: ${name}`, () => {
    const context = contextOf(smallNet(variant));
    const rng = Rng.fromSeed(5);
    const states = context.hidden.map((h, l) =>
      l === 0 ? h : add(h, normal(rng, h.shape, { dtype: "float64" }))
    );
    for (const beta of [0.5, -0.5, 0]) {
      const found = energyGradient(context, states, beta).map(values);
      const expected = slopeByAutograd(context, states, beta).map(values);
      found.forEach((slope, i) => {
        assert.ok(relativeError([slope], [expected[i]!]) < 1e-14, `h_${i + 1}, β = ${beta}`);
      });
    }
  });

  test(`is zero in the free phase, to the last bit, with its gradient at β = 0: ${name}`, () => {
    const context = contextOf(smallNet(variant));
    const all = [
      ...predictionErrors(context.model, context.hidden),
      ...energyGradient(context, context.hidden, 0),
    ];
    assert.is(all.length, 2 * context.model.blocks.length);
    for (const t of all) assert.ok(values(t).every((v) => v === 0));
    // Not so where the loss pulls: at the top alone, by β g_L.
    const nudged = energyGradient(context, context.hidden, 2);
    const g = values(context.bpGradient.at(-1)!).map((v) => 2 * v);
    assert.ok(relativeError([values(nudged.at(-1)!)], [g]) < 1e-15);
    for (const t of nudged.slice(0, -1)) assert.ok(values(t).every((v) => v === 0));
  });
}

test.run();
