// A training in PyTorch, exported by the program that docs/audit-your-model.md prints, against the same
// weights in our engine. Oracle: PyTorch's states and gradients; both ways must agree in every diagnostic
// and verdict, and in norms to the precision of the element type.
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { ResidualMLP } from "@fa/models";
import {
  type Batch,
  collectEvidence,
  isMeasured,
  type Measured,
  type RunEvidence,
  type Snapshot,
} from "@fa/protocol";
import { assessMethod } from "@fa/protocol/report";
import { matmul, readSafetensors, Rng, type Tensor } from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readRuns } from "./read_runs.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const sizes = { inputSize: 12, width: 16, depth: 3, classes: 4 };
const [batchSize, batches] = [8, 4];

function python(name: string, args: readonly string[]) {
  const env = { ...process.env, PYTHONPATH: join(root, "tools", "pytorch") };
  return spawnSync(name, ["-B", ...args], { cwd: root, env, encoding: "utf8", timeout: 120_000 });
}

/** Fails where torch is missing, without the time that importing it takes. */
const seek = "import importlib.util as u; assert u.find_spec('torch') and u.find_spec('numpy')";
const candidates = [process.env["PYTHON"], "python3", "python", "/usr/bin/python3"];
const found = candidates.find((name) => name && python(name, ["-c", seek]).status === 0);
const test = suite("bundles from PyTorch");
const guide = await readFile(join(root, "docs", "audit-your-model.md"), "utf8");
const programs = [...guide.matchAll(/```python\n(.*?)```/gs)].map((match) => match[1]!);

test("the exporter of the page has at most 40 lines", () => {
  assert.is(programs.length, 1);
  assert.ok(programs[0]!.trimEnd().split("\n").length <= 40);
});

async function tensorsIn(path: string): Promise<Map<string, Tensor>> {
  return (await readSafetensors(await readFile(path), { name: path })).tensors();
}

/** What our engine measures on the weights of a snapshot. */
async function measureHere(
  folder: string,
  file: string,
  dtype: "float32" | "float64",
): Promise<Snapshot> {
  const weights = await tensorsIn(join(folder, `weights-${file}`));
  const measured = await tensorsIn(join(folder, "measured.safetensors"));
  const modelOf = (as: "float32" | "float64") => {
    const model = new ResidualMLP({ ...sizes, dtype: as, rng: Rng.fromSeed(0) });
    model.load(weights);
    return model;
  };
  const data: Batch[] = Array.from({ length: batches }, (_, i) => ({
    x: measured.get(`x.${i}`)!,
    y: [...measured.get(`y.${i}`)!.dataSync()],
  }));
  assert.is(data[0]!.x.dtype, dtype);
  assert.is(data[0]!.y.length, batchSize);
  return await collectEvidence(modelOf(dtype), data, {
    creditIndex: "input",
    credits: ({ outputError }) =>
      Array.from(
        { length: sizes.depth },
        (_, l) => matmul(outputError, measured.get(`feedback.${l}`)!, { transposeB: true }),
      ),
    exactModel: modelOf("float64"),
  });
}

function near(a: readonly Measured[], b: readonly Measured[], tolerance: number, what: string) {
  assert.is(a.length, b.length);
  a.forEach((value, l) => {
    const other = b[l]!;
    assert.ok(isMeasured(value) && isMeasured(other), what);
    const difference = Math.abs(value - other) / Math.abs(other);
    assert.ok(difference <= tolerance, `${what} ${l}: ${value} and ${other}`);
  });
}

interface Case {
  readonly dtype: "float32" | "float64";
  readonly lr: number;
  /** Relative, of norms. */
  readonly tolerance: number;
}

const cases: Case[] = [
  { dtype: "float32", lr: 0.01, tolerance: 1e-5 },
  // A training that runs away, so that (a) and (b) fire.
  { dtype: "float64", lr: 0.3, tolerance: 1e-11 },
];

for (const { dtype, lr, tolerance } of cases) {
  const title = `${dtype} with learning rate ${lr}: the bundle says what our engine measures`;
  if (found === undefined) {
    console.log(`skip "${title}": no python3 with torch (PYTHON names another)`);
    test.skip(title);
    continue;
  }
  test(title, async () => {
    const folder = await mkdtemp(join(tmpdir(), "fa-bundle-"));
    try {
      const script = join(root, "tools", "pytorch", "dfa_bundle.py");
      const ran = python(found, [script, folder, "--dtype", dtype, "--lr", String(lr)]);
      assert.is(ran.status, 0, ran.stderr);
      const traced = (await readRuns(folder)).map(({ evidence }) => evidence);
      assert.equal(traced.map(({ role }) => role), ["method", "baseline"]);
      const live: RunEvidence[] = [];
      for (const run of traced) {
        const here = (epoch: number) =>
          measureHere(folder, `${run.role}-epoch-${epoch}.safetensors`, dtype);
        const [epoch] = run.epochs;
        live.push({
          ...run,
          initial: await here(0),
          epochs: [{ ...epoch!, snapshot: await here(1) }],
        });
      }
      for (const [i, run] of traced.entries()) {
        compare(run.initial, live[i]!.initial, tolerance);
        compare(run.epochs[0]!.snapshot, live[i]!.epochs[0]!.snapshot, tolerance);
      }
      const judge = ([run, baseline]: readonly RunEvidence[]) => assessMethod([run!], [baseline!]);
      const [there, here] = [judge(traced), judge(live)];
      assert.equal(there.verdict, here.verdict);
      assert.equal(there.diagnostics.map((d) => d.fired), here.diagnostics.map((d) => d.fired));
      assert.ok(there.diagnostics.every((d) => d.evaluated));
      assert.is(there.verdict.fired.includes("a"), lr > 0.1);
      assert.is(there.verdict.fired.includes("b"), lr > 0.1);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

function compare(traced: Snapshot, live: Snapshot, tolerance: number): void {
  const { dtype, batchSize: b, batches: n, samples } = traced;
  assert.equal([dtype, b, n, samples], [live.dtype, live.batchSize, live.batches, live.samples]);
  near(traced.hiddenNorms, live.hiddenNorms, tolerance, "‖h‖");
  near(traced.gradientNorms, live.gradientNorms, tolerance, "‖g‖");
  const [a, c] = [traced.gamma, live.gamma];
  assert.ok(!("valid" in a) && !("valid" in c));
  a.perLayer.forEach(({ value, regime }, l) => {
    const other = c.perLayer[l]!;
    assert.is(regime, other.regime);
    assert.ok(Math.abs((value as number) - (other.value as number)) <= tolerance, `Γ_${l}`);
  });
  assert.ok(isMeasured(traced.stability.value) && isMeasured(live.stability.value));
  assert.ok(Math.abs(traced.stability.value - live.stability.value) <= tolerance);
}

test.run();
