// Every local rule alone, 10 steps in f64 against PyTorch: credits, losses, weights, own networks
// (tools/fixtures/rule_cases.py, written from the protocol's equations apart from the rules).
import { ResidualMLP } from "@fa/models";
import { cosineLr, keep, parameter, Rng, type Tensor, tensor } from "@fa/tensor";
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { creditBridge } from "./credit_bridge.ts";
import type { CreditRule, Credits, RuleOptions } from "./credit_rule.ts";
import { ep } from "./ep.ts";
import { fa } from "./fa.ts";
import { LocalTrainer } from "./local_trainer.ts";
import { stateBridge } from "./state_bridge.ts";

interface FixtureTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
type Named = Readonly<Record<string, FixtureTensor>>;
type FixtureCredits = Readonly<Record<string, readonly FixtureTensor[]>> & {
  readonly embedding: FixtureTensor;
};
interface Run {
  readonly name: string;
  /** Those that differ from the protocol: the rule's defaults must be the protocol's. */
  readonly options: RuleOptions;
  /** ε of the model's AdamWs. */
  readonly eps: number;
  readonly lambda: number;
  readonly frozenBlocks: boolean;
  readonly otherAuxiliary: Named;
  readonly losses: readonly number[];
  readonly auxiliaryLosses?: readonly number[];
  /** By step, 1 is the first. */
  readonly credits: Readonly<Record<string, FixtureCredits>>;
  readonly final: Named;
  /** All but the feedback matrices, which never change. */
  readonly finalAuxiliary: Named;
}
interface Fixture {
  readonly config: Readonly<
    Record<"input" | "d" | "L" | "C" | "epochs" | "stepsPerEpoch" | "lr" | "weightDecay", number>
  >;
  readonly initial: Named;
  readonly auxiliary: Named;
  readonly batches: readonly { readonly x: FixtureTensor; readonly y: number[] }[];
  /** `[step][l]`, each `[K, B, d]`. */
  readonly noise?: readonly (readonly FixtureTensor[])[];
  readonly learningRates: readonly number[];
  readonly runs: readonly Run[];
}

const dtype = "float64";
const made = ({ shape, data }: FixtureTensor) =>
  tensor(Float64Array.from(data), { shape: [...shape], dtype });
const allOf = (named: Named) => new Map(Object.entries(named).map(([n, t]) => [n, made(t)]));
const read = (method: string): Fixture =>
  JSON.parse(readFileSync(new URL(`../fixtures/${method}_10_steps.json`, import.meta.url), "utf8"));

/** ‖found − expected‖ ≤ tolerance·‖expected‖. */
function close(
  found: Tensor | undefined,
  expected: FixtureTensor,
  tolerance: number,
  what: string,
): void {
  assert.ok(found, `${what} is missing`);
  assert.equal(found!.shape, expected.shape, what);
  const values = found!.dataSync();
  const error = Math.sqrt(expected.data.reduce((sum, v, i) => sum + (values[i]! - v) ** 2, 0));
  const size = Math.sqrt(expected.data.reduce((sum, v) => sum + v ** 2, 0));
  assert.ok(error <= tolerance * size, `${what}: ‖Δ‖/‖·‖ = ${error / size}`);
}

function closeNumber(found: Tensor | undefined, expected: number, what: string): void {
  assert.ok(found, `${what} is missing`);
  const error = Math.abs(found!.item() / expected - 1);
  assert.ok(error <= 1e-8, `${what}: relative error ${error}`);
}

/** All credits of a rule by name; a rule that has but one calls it `credit`. */
function byName({ blocks, others, embedding }: Credits, rule: CreditRule) {
  const own = others ? String(rule.options.credit) : "credit";
  return new Map<string, readonly Tensor[]>([
    ...Object.entries({ ...others, [own]: blocks }),
    ["embedding", [embedding]],
  ]);
}

function sameCredits(credits: Credits, rule: CreditRule, expected: FixtureCredits): void {
  const found = byName(credits, rule);
  assert.equal([...found.keys()].sort(), Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected)) {
    const list = Array.isArray(values) ? values as readonly FixtureTensor[] : [expected.embedding];
    assert.is(found.get(name)!.length, list.length, name);
    list.forEach((a, l) => close(found.get(name)![l], a, 1e-10, `${name}, block ${l}`));
  }
}

type MakeRule = (options: RuleOptions, noise: (l: number) => Tensor) => CreditRule;
const rules: Readonly<Record<string, MakeRule>> = {
  fa,
  ep,
  sb: stateBridge,
  cb: (options, noise) => creditBridge({ ...options, drawNoise: (_, { l }) => noise(l) }),
};

function follow({ config, batches, noise, ...fixture }: Fixture, run: Run, make: MakeRule): void {
  const { input: inputSize, d: width, L: depth, C: classes, weightDecay } = config;
  const { lr, epochs, stepsPerEpoch } = config;
  const rng = Rng.fromSeed(0);
  const model = new ResidualMLP({ inputSize, width, depth, classes, dtype, rng });
  model.load(allOf(fixture.initial));
  let step = 0;
  const rule = make(run.options, (l) => made(noise![step]![l]!));
  const auxiliary = new Map<string, Tensor>();
  for (const [name, t] of allOf({ ...fixture.auxiliary, ...run.otherAuxiliary })) {
    auxiliary.set(name, /^[GV]\./.test(name) ? parameter(t) : keep(t));
  }
  const trainer = new LocalTrainer(model, {
    rule,
    rng,
    auxiliary,
    lambda: run.lambda,
    optimizer: { weightDecay, eps: run.eps },
    ...(run.frozenBlocks && { trainedBlocks: 0 }),
  });
  for (; step < batches.length; step++) {
    const { x, y } = batches[step]!;
    const epoch = Math.floor(step / stepsPerEpoch);
    const rate = cosineLr({ lr, epoch, epochs });
    const what = `of step ${step + 1}`;
    assert.ok(Math.abs(rate - fixture.learningRates[step]!) <= 1e-15 * lr, `schedule ${what}`);
    const expected = run.credits[step + 1];
    let seen = false;
    const { loss, auxiliaryLoss } = trainer.step(made(x), y, {
      lr: rate,
      epoch: epoch + 1,
      epochs,
      inspect: ({ credits }) => {
        if (expected) sameCredits(credits!, rule, expected);
        seen = true;
      },
    });
    assert.ok(seen, `credits ${what}`);
    closeNumber(loss, run.losses[step]!, `loss ${what}`);
    if (run.auxiliaryLosses) {
      closeNumber(auxiliaryLoss, run.auxiliaryLosses[step]!, `auxiliary loss ${what}`);
    } else assert.is(auxiliaryLoss, undefined);
  }
  const weights = model.namedParameters();
  assert.equal([...weights.keys()].sort(), Object.keys(run.final).sort());
  for (const [name, t] of weights) close(t, run.final[name]!, 1e-8, name);
  assert.is(trainer.auxiliary.size, auxiliary.size);
  for (const [name, t] of trainer.auxiliary) {
    if (name.startsWith("feedback.")) close(t, fixture.auxiliary[name]!, 0, name);
    else close(t, run.finalAuxiliary[name]!, 1e-8, name);
  }
}

const test = suite("local rules against PyTorch f64");

for (const [method, make] of Object.entries(rules)) {
  const fixture = read(method);
  for (const run of fixture.runs) {
    test(`${method}, ${run.name}: credits to 1e-10, losses and all tensors after 10 steps to 1e-8`, () =>
      follow(fixture, run, make));
  }
}

test("rates of all fixtures are ½·lr·(1 + cos(πe/E)) by epoch (closed form)", () => {
  // E = 5, two steps each: cos 36° = (1 + √5)/4, cos 72° = cos 36° − ½.
  const cos36 = (1 + Math.sqrt(5)) / 4, cos72 = cos36 - 0.5;
  const expected = [1, cos36, cos72, -cos72, -cos36].flatMap((c) =>
    [1, 1].map(() => (1 + c) / 200)
  );
  for (const method of Object.keys(rules)) {
    const { learningRates, batches } = read(method);
    assert.is(batches.length, expected.length);
    assert.is(learningRates.length, expected.length);
    learningRates.forEach((rate, i) => assert.ok(Math.abs(rate - expected[i]!) < 1e-16));
  }
});

test.run();
