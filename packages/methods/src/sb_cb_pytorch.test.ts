// 20 training steps of State Bridge and Credit Bridge in f64 against PyTorch (tools/fixtures/sb_cb_cases.py).
import { ResidualMLP } from "@fa/models";
import { keep, parameter, Rng, type Tensor, tensor } from "@fa/tensor";
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { creditBridge } from "./credit_bridge.ts";
import type { RuleOptions } from "./credit_rule.ts";
import { LocalTrainer } from "./local_trainer.ts";
import { stateBridge } from "./state_bridge.ts";

interface FixtureTensor {
  readonly shape: number[];
  readonly data: number[];
}
type Named = Readonly<Record<string, FixtureTensor>>;
interface Fixture {
  readonly config: Readonly<
    Record<"input" | "d" | "L" | "C" | "weightDecay" | "epochs" | "stepsPerEpoch", number>
  >;
  readonly initial: Named;
  readonly batches: readonly {
    readonly x: FixtureTensor;
    readonly y: number[];
    readonly noise: readonly FixtureTensor[];
  }[];
  readonly learningRates: readonly number[];
  readonly runs: readonly {
    readonly method: "sb" | "cb";
    readonly options: RuleOptions;
    readonly lambda: number;
    readonly auxiliary: Named;
    readonly losses: readonly number[];
    readonly auxiliaryLosses: readonly number[];
    readonly final: Named;
    readonly finalAuxiliary: Named;
  }[];
}

const dtype = "float64";
const path = new URL("../fixtures/sb_cb_20_steps.json", import.meta.url);
const { config, initial, batches, learningRates, runs } = JSON.parse(
  readFileSync(path, "utf8"),
) as Fixture;

const made = ({ shape, data }: FixtureTensor) => tensor(Float64Array.from(data), { shape, dtype });
const allOf = (named: Named) => new Map(Object.entries(named).map(([n, t]) => [n, made(t)]));

const test = suite("SB and CB against PyTorch f64");

function close(found: ReadonlyMap<string, Tensor>, expected: Named): void {
  assert.equal([...found.keys()].sort(), Object.keys(expected).sort());
  for (const [name, t] of found) {
    const { shape, data } = expected[name]!;
    assert.equal(t.shape, shape);
    const scale = Math.max(...data.map(Math.abs));
    t.dataSync().forEach((v, i) =>
      assert.ok(Math.abs(v - data[i]!) <= 1e-9 * scale, `${name}[${i}]: ${v} and ${data[i]}`)
    );
  }
}

for (const { method, options, lambda, auxiliary, ...expected } of runs) {
  test(`${method} ${JSON.stringify(options)}, λ = ${lambda}: 20 steps to 1e-9`, () => {
    const { input: inputSize, d: width, L: depth, C: classes, weightDecay } = config;
    const { epochs, stepsPerEpoch } = config;
    const rng = Rng.fromSeed(0);
    const model = new ResidualMLP({ inputSize, width, depth, classes, dtype, rng });
    model.load(allOf(initial));
    let step = 0;
    const drawNoise = (_: unknown, { l }: { l: number }) => made(batches[step]!.noise[l]!);
    const rule = method === "sb" ? stateBridge(options) : creditBridge({ ...options, drawNoise });
    assert.equal(rule.options, options);
    const own = new Map(
      [...allOf(auxiliary)].map(([name, t]) => [
        name,
        /^[GV]\./.test(name) ? parameter(t) : keep(t),
      ]),
    );
    const optimizer = { weightDecay };
    const trainer = new LocalTrainer(model, { rule, rng, auxiliary: own, lambda, optimizer });
    for (; step < batches.length; step++) {
      const epoch = Math.floor(step / stepsPerEpoch) + 1;
      const { x, y } = batches[step]!;
      const at = { lr: learningRates[step]!, epoch, epochs };
      const { loss, auxiliaryLoss } = trainer.step(made(x), y, at);
      for (
        const [name, found, all] of [
          ["loss", loss, expected.losses],
          ["loss of the network", auxiliaryLoss!, expected.auxiliaryLosses],
        ] as const
      ) {
        const error = Math.abs(found.item() / all[step]! - 1);
        assert.ok(error < 1e-9, `${name} of step ${step}: ${error}`);
      }
    }
    close(trainer.auxiliary, expected.finalAuxiliary);
    close(model.namedParameters(), expected.final);
  });
}

test.run();
