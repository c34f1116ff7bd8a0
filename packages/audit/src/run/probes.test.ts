// Probes within a run. Oracles: the same run without them, and without an interruption, bit by bit;
// properties of the probes: the gradient predicts, chance does not, fresh feedback aligns with nothing.
import { synthetic } from "@fa/data";
import { decodeCheckpoint, methodNames } from "@fa/methods";
import { isMeasured, type Measured, parseEvidence, type PerLayer } from "@fa/protocol";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { resolveConfiguration } from "../plan/configuration.ts";
import { planRuns } from "../plan/plan_runs.ts";
import { executeRun } from "./execute_run.ts";
import { remeasure } from "./remeasure.ts";
import type { RunSpec } from "./run_spec.ts";

const test = suite("probes of a run");
const dataset = synthetic({ trainSize: 1280, testSize: 1280 });

function specOf(method: string, change: Partial<RunSpec> = {}): RunSpec {
  const { runs } = planRuns(resolveConfiguration({
    preset: "tiny",
    methods: [method],
    epochs: 3,
    width: 16,
    depth: 2,
    limit: 1280,
  }));
  const spec = runs.find(({ id }) => id === `${method}-42`)!;
  return { ...spec, evaluation: { batches: 4, batch: 64 }, ...change };
}

const number = (value: Measured): number => {
  if (!isMeasured(value)) throw new Error(value.reason);
  return value;
};
const numbers = ({ perLayer, mean, deep }: PerLayer) => [...perLayer, mean, deep].map(number);

/** Evidence and checkpoints of a run. */
async function run(spec: RunSpec, resume?: Uint8Array) {
  const checkpoints: Uint8Array[] = [];
  const evidence = await executeRun(spec, dataset, {
    ...(resume && { resume }),
    onCheckpoint: (bytes) => {
      checkpoints.push(bytes);
      return Promise.resolve();
    },
  });
  return { evidence, checkpoints };
}

test("change nothing: weights, feedback, moments and every other number are the same", async () => {
  for (const method of ["dfa", "cb"]) {
    const rule = method === "cb" ? { ...specOf("cb").rule, warmup: 0.4 } : specOf("dfa").rule;
    const [probed, plain] = await Promise.all(
      (["every-epoch", "none"] as const).map((probes) =>
        run(specOf(method, { probes, rule, stopAfter: 2 }))
      ),
    );
    assert.ok(probed!.evidence.epochs.every(({ probes }) => probes !== undefined));
    const without = (evidence: typeof plain.evidence) => ({
      ...evidence,
      configuration: { ...evidence.configuration, probes: null },
      epochs: evidence.epochs.map(({ probes: _, ...rest }) => rest),
    });
    assert.equal(without(probed!.evidence), without(plain!.evidence));
    for (const [i, checkpoint] of probed!.checkpoints.entries()) {
      const [a, b] = await Promise.all(
        [checkpoint, plain!.checkpoints[i]!].map((bytes) => decodeCheckpoint(bytes)),
      );
      assert.equal(a!.trainer!.rng, b!.trainer!.rng);
      for (const part of ["model", "trainer"] as const) {
        const tensors = (found: typeof a) =>
          part === "model" ? found!.model : found!.trainer!.tensors;
        assert.equal([...tensors(a).keys()], [...tensors(b).keys()]);
        for (const [name, tensor] of tensors(a)) {
          assert.equal(tensor.dataSync(), tensors(b).get(name)!.dataSync(), name);
        }
      }
    }
  }
});

test("are taken when they are asked for, and are the same after an interruption", async () => {
  const when = async (change: Partial<RunSpec>) =>
    (await run(specOf("fa", change))).evidence.epochs.map(({ probes }) => probes !== undefined);
  assert.equal(await when({}), [false, false, true]);
  assert.equal(await when({ probes: "none" }), [false, false, false]);
  assert.equal(await when({ stopAfter: 2 }), [false, true]);

  const spec = specOf("fa", { probes: "every-epoch" });
  const whole = await run(spec);
  const rest = await run(spec, whole.checkpoints[0]);
  assert.equal(rest.evidence, whole.evidence); // files have their keys sorted
  assert.equal(rest.checkpoints, whole.checkpoints.slice(1));
  parseEvidence(JSON.stringify(whole.evidence), "evidence.json");
  const again = await remeasure(spec, dataset, whole.checkpoints[2]!);
  assert.equal(again.probes, whole.evidence.epochs[2]!.probes);
});

// Oracle: the first epochs of the run that goes on.
test("a run that stops early is the beginning of the whole one", async () => {
  const whole = await run(specOf("dfa", { probes: "none" }));
  const spec = specOf("dfa", { probes: "none", stopAfter: 2 });
  const part = await run(spec);
  assert.equal(part.evidence.epochs, whole.evidence.epochs.slice(0, 2));
  assert.is(part.evidence.finalAccuracy.value, part.evidence.epochs[1]!.accuracy);
  const [two, other] = await Promise.all(
    [part, whole].map(({ checkpoints }) => decodeCheckpoint(checkpoints[1]!)),
  );
  for (const [name, tensor] of two!.model) {
    assert.equal(tensor.dataSync(), other!.model.get(name)!.dataSync(), name);
  }
  assert.equal(
    await run(spec, part.checkpoints[0]).then(({ evidence }) => evidence),
    part.evidence,
  );
  // Nothing is left to do after the last epoch that is trained.
  assert.equal((await run(spec, part.checkpoints[1])).checkpoints, []);
});

test("say what they should of every method", async () => {
  for (const method of methodNames) {
    const { evidence } = await run(specOf(method, { probes: "final", stopAfter: 1 }));
    const { perturbation, nudging, null: found, precision } = evidence.epochs.at(-1)!.probes!;
    assert.equal(
      [perturbation!.samples, perturbation!.draws, perturbation!.dtype, nudging!.samples],
      [128, 32, "float64", 256],
      method,
    );
    for (const value of numbers(perturbation!.positive)) {
      assert.ok(value > 0.99, `${method}: ρ of the gradient ${value}`);
    }
    const chance = Math.sqrt(1 / (128 * 32) + 1 / (128 * 16));
    for (const value of numbers(perturbation!.negative)) {
      assert.ok(Math.abs(value) < 4 * chance, `${method}: ρ of a random vector ${value}`);
    }
    assert.equal(Object.keys(precision!.formats), ["float32", "float16", "bfloat16"]);
    assert.equal(precision!.samples, 256);
    assert.is(found !== undefined, ["dfa", "fa"].includes(method), method);
    if (method === "bp") {
      assert.equal(
        numbers(perturbation!.rho),
        numbers(perturbation!.positive).map((value, i) => {
          const own = numbers(perturbation!.rho)[i]!;
          return Math.abs(own - value) < 1e-5 ? own : value; // its own gradient is that of float32
        }),
      );
      assert.ok(numbers(nudging!.change).every((change) => change < 0));
    }
    if (!found) continue;
    assert.equal([found.draws, found.fresh], [20, "feedback.0 … feedback.1"]);
    const spreads = numbers(found.sampleStandardDeviation);
    numbers(found.mean).forEach((value, i) =>
      assert.ok(Math.abs(value) < 3 * spreads[i]! / Math.sqrt(20), `${method}: ${value}`)
    );
    const { gamma } = evidence.epochs.at(-1)!.snapshot;
    if ("valid" in gamma) throw new Error(gamma.reason);
    assert.equal(found.trained.perLayer, gamma.perLayer.map(({ value }) => value));
  }
});

test.run();
