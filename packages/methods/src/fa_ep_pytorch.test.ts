// 20 training steps of FA and EP in f64 against PyTorch (tools/fixtures/fa_ep_cases.py).
import { ResidualMLP } from "@fa/models";
import { Rng, tensor } from "@fa/tensor";
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { creditRule } from "./create_trainer.ts";
import type { RuleOptions } from "./credit_rule.ts";
import { LocalTrainer } from "./local_trainer.ts";

interface FixtureTensor {
  readonly shape: number[];
  readonly data: number[];
}
type Named = Readonly<Record<string, FixtureTensor>>;
interface Fixture {
  readonly config: Readonly<Record<"input" | "d" | "L" | "C" | "weightDecay", number>>;
  readonly initial: Named;
  readonly batches: readonly { readonly x: FixtureTensor; readonly y: number[] }[];
  readonly learningRates: readonly number[];
  readonly runs: readonly {
    readonly method: string;
    readonly options: RuleOptions;
    readonly lambda: number;
    readonly auxiliary: Named;
    readonly losses: readonly number[];
    readonly final: Named;
  }[];
}

const dtype = "float64";
const path = new URL("../fixtures/fa_ep_20_steps.json", import.meta.url);
const { config, initial, batches, learningRates, runs } = JSON.parse(
  readFileSync(path, "utf8"),
) as Fixture;

const made = ({ shape, data }: FixtureTensor) => tensor(Float64Array.from(data), { shape, dtype });
const allOf = (named: Named) => new Map(Object.entries(named).map(([n, t]) => [n, made(t)]));

const test = suite("FA and EP against PyTorch f64");

for (const { method, options, lambda, auxiliary, losses, final } of runs) {
  test(`${method} ${JSON.stringify(options)}, λ = ${lambda}: 20 steps to 1e-9`, () => {
    const { input: inputSize, d: width, L: depth, C: classes, weightDecay } = config;
    const model = new ResidualMLP({
      inputSize,
      width,
      depth,
      classes,
      dtype,
      rng: Rng.fromSeed(0),
    });
    model.load(allOf(initial));
    const trainer = new LocalTrainer(model, {
      rule: creditRule(method, options)!,
      rng: Rng.fromSeed(0),
      auxiliary: allOf(auxiliary),
      lambda,
      optimizer: { weightDecay },
    });
    batches.forEach(({ x, y }, step) => {
      const { loss } = trainer.step(made(x), y, { lr: learningRates[step]! });
      assert.ok(Math.abs(loss.item() / losses[step]! - 1) < 1e-9, `loss of step ${step}`);
    });
    for (const [name, p] of model.namedParameters()) {
      const { data } = final[name]!;
      const scale = Math.max(...data.map(Math.abs));
      p.dataSync().forEach((v, i) => {
        assert.ok(Math.abs(v - data[i]!) <= 1e-9 * scale, `${name}[${i}]: ${v} and ${data[i]}`);
      });
    }
  });
}

test.run();
