// Bundles against live models. Oracle: collectEvidence on the same states, gradients and credits gives
// the same snapshot to the last bit; for growth of matrices and for what is refused, the layout of
// docs/audit-your-model.md.
import {
  cast,
  encodeSafetensors,
  matmul,
  mul,
  normal,
  ones,
  Rng,
  type Tensor,
  tensor,
} from "@fa/tensor";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assessMethod } from "../report/assess_method.ts";
import { collectEvidence, type CreditContext } from "../evidence/collect_evidence.ts";
import { isMeasured } from "../evidence/measured.ts";
import { filesOf, type TestBundle, testBundle } from "./_test_bundle.ts";
import { readBundle } from "./read_bundle.ts";

const test = suite("readBundle");

async function read(bundle: TestBundle) {
  const files = await filesOf(bundle);
  return readBundle(bundle.json, (name) => Promise.resolve(files.get(name)!));
}

async function refuses(change: (bundle: TestBundle) => void, message: RegExp, name?: string) {
  const bundle = testBundle();
  change(bundle);
  try {
    await read(bundle);
  } catch (error) {
    assert.match((error as Error).message, /^Cannot read /);
    assert.match((error as Error).message, message);
    if (name !== undefined) assert.is((error as Error).constructor.name, name);
    return;
  }
  throw new Error(`Nothing was thrown: ${message}`);
}

for (const dtype of ["float32", "float64"] as const) {
  for (const creditIndex of ["input", "output"] as const) {
    test(`the same snapshot as a live model, ${dtype}, credits at the ${creditIndex}`, async () => {
      const rng = Rng.fromSeed(7), width = 6, batchSize = 5, batches = 3;
      const weights = [0, 1].map((l) =>
        normal(rng.fork("w", l), [width, width], { dtype, std: 2 })
      );
      const feedback = [0, 1, 2].map((l) => normal(rng.fork("B", l), [width, width], { dtype }));
      const modelOf = (ws: readonly Tensor[]) => ({
        embed: (x: Tensor) => x,
        blocks: ws.map((w) => (h: Tensor) => matmul(mul(h, h), w)),
        outHead: (h: Tensor) => h,
      });
      const model = modelOf(weights);
      const exactModel = modelOf(weights.map((w) => cast(w, "float64")));
      const parts = new Map<string, Tensor[]>();
      const keep = (name: string, t: Tensor) =>
        parts.set(name, [...parts.get(name) ?? [], cast(t, t.dtype)]);
      const credits = ({ hidden, bpGradient, outputError }: CreditContext) => {
        hidden.forEach((h, l) => keep(`hidden.${l}`, h));
        bpGradient.forEach((g, l) => keep(`gradient.${l}`, g));
        const blocks = [0, 1].map((l) => matmul(outputError, feedback[l]!));
        blocks.forEach((a, l) => keep(`credit.${l}`, a));
        const terminal = matmul(outputError, feedback[2]!);
        if (creditIndex === "input") keep("credit.terminal", terminal);
        return { blocks, terminal };
      };
      const data = Array.from({ length: batches }, (_, b) => ({
        x: normal(rng.fork("x", b), [batchSize, width], { dtype }),
        y: Array.from({ length: batchSize }, (_, i) => i % width),
      }));
      const live = await collectEvidence(model, data, { credits, creditIndex, exactModel });
      // The exact gradients alone: a second, float64 measurement of the float64 model.
      await collectEvidence(
        exactModel,
        data.map(({ x, y }) => ({ x: cast(x, "float64"), y })),
        {
          creditIndex: "input",
          credits: ({ bpGradient }) => {
            bpGradient.forEach((g, l) => keep(`exact_gradient.${l}`, g));
            return bpGradient.slice(0, -1);
          },
        },
      );
      const file = await encodeSafetensors(
        new Map([...parts].map(([name, list]) => [name, rowsTogether(list)])),
      );
      const { json } = testBundle();
      const run = { ...json.runs[0], creditIndex, batchSize, backend: live.backend };
      run.model = { terminalNorm: false, residual: true };
      run.snapshots = run.snapshots.slice(0, 1);
      const [found] = await readBundle({ ...json, runs: [run] }, () => Promise.resolve(file));
      assert.equal(found!.initial, live);
      assert.is.not(live.referenceError, undefined);
    });
  }
}

function rowsTogether(list: readonly Tensor[]): Tensor {
  const values = list.flatMap((t) => [...t.dataSync()]);
  const [first] = list as [Tensor];
  return tensor(values, {
    shape: [first.shape[0]! * list.length, ...first.shape.slice(1)],
    dtype: first.dtype,
  });
}

test("a run with its frozen baseline can be judged", async () => {
  const [run, baseline] = await read(testBundle());
  assert.is(run!.epochs[0]!.accuracy, 0.8);
  assert.is(run!.epochs[0]!.epoch, 2);
  assert.equal(run!.epochs[0]!.parameterGrowth, [{ w1: 3 }, { w1: 3 }]);
  assert.equal(baseline!.epochs[0]!.parameterGrowth, [{ w1: 1 }, { w1: 1 }]);
  assert.equal(run!.configuration, { lr: 1e-3, nested: { note: "größe" } });
  const found = assessMethod([run!], [baseline!]);
  assert.is(found.diagnostics[3]!.value, 0.4);
  assert.is(found.verdict.verdict, "trustworthy");
});

test("what a bundle leaves out is unmeasured, with a reason", async () => {
  const bundle = testBundle();
  for (const content of bundle.tensors.values()) {
    for (const name of content.keys()) {
      if (/^(credit|exact_gradient)\./.test(name)) content.delete(name);
    }
  }
  delete bundle.json.runs[0].snapshots[1].learningRate;
  delete bundle.json.runs[0].snapshots[1].trainLoss;
  const [run] = await read(bundle);
  const [epoch] = run!.epochs;
  for (
    const [value, reason] of [
      [epoch!.learningRate, "the bundle does not state the learning rate"],
      [epoch!.trainLoss, "the bundle does not state the training loss"],
      [epoch!.zeroCredits, "a bundle does not count them"],
      [epoch!.snapshot.gamma, "no credits were given"],
    ] as const
  ) {
    assert.equal(value, { valid: false, reason });
  }
  assert.not("referenceError" in epoch!.snapshot);
});

test("a baseline that was trained is refused where it is compared", async () => {
  const bundle = testBundle();
  bundle.tensors.get("baseline-epoch-2.safetensors")!.set(
    "weight.1.w1",
    tensor([[3, 4.0000001]], { dtype: "float64" }),
  );
  const [run, baseline] = await read(bundle);
  assert.throws(
    () => assessMethod([run!], [baseline!]),
    /must be frozen, so that the growth of w1 in block 1 is 1/,
  );
});

// Oracle: the largest read that one batch of one tensor takes.
test("only one batch of a tensor is asked for at a time, and files are closed", async () => {
  const bundle = testBundle({ batches: 50, batchSize: 3 });
  bundle.json.runs = bundle.json.runs.slice(0, 1);
  const files = await filesOf(bundle);
  const largest: number[] = [];
  let open = 0;
  await readBundle(bundle.json, (name) => {
    const bytes = files.get(name)!;
    const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    open++;
    return Promise.resolve({
      size: bytes.length,
      read(at: number, length: number) {
        if (at >= 8 + headerLength) largest.push(length);
        assert.is(open, 1);
        return Promise.resolve(bytes.slice(at, at + length));
      },
      close: () => Promise.resolve(void open--),
    });
  });
  assert.is(Math.max(...largest), 3 * 4 * 8);
  assert.is(open, 0);
});

test("states of several axes are flattened sample by sample", async () => {
  const bundle = testBundle();
  const before = await read(bundle);
  for (const content of bundle.tensors.values()) {
    for (const [name, t] of content) {
      if (name.startsWith("weight")) continue;
      content.set(name, tensor([...t.dataSync()], { shape: [6, 2, 2], dtype: t.dtype }));
    }
  }
  assert.equal(await read(bundle), before);
});

test("a bundle without a skip may change widths", async () => {
  const bundle = testBundle({ widths: [4, 5, 2], creditIndex: "output" });
  for (const run of bundle.json.runs) run.model.residual = false;
  const [run] = await read(bundle);
  assert.ok(isMeasured(run!.initial.growth.max));
  assert.not.ok("valid" in run!.initial.gamma);
});

const start = "method-epoch-0.safetensors", end = "method-epoch-2.safetensors";
const f64 = (...shape: number[]) => ones(shape, { dtype: "float64" });

// deno-lint-ignore no-explicit-any
const inRun = (change: (run: any) => void) => ({ json }: TestBundle) => change(json.runs[0]);
const inFile = (change: (file: Map<string, Tensor>) => void) => ({ tensors }: TestBundle) =>
  change(tensors.get(start)!);

const refusals: [title: string, change: (bundle: TestBundle) => void, RegExp, string][] = [
  [
    "another kind",
    ({ json }) => json.kind = "fa-evidence",
    /kind must be "fa-bundle"/,
    "RangeError",
  ],
  [
    "another version",
    ({ json }) => json.schemaVersion = 2,
    /schemaVersion must be 1/,
    "RangeError",
  ],
  ["no runs", ({ json }) => json.runs = [], /at least one run/, "RangeError"],
  ["a typo", inRun((run) => run.sed = 1), /runs\[0\] has the unknown field "sed"/, "TypeError"],
  ["no seed", inRun((run) => delete run.seed), /runs\[0\].seed is missing/, "TypeError"],
  [
    "a run twice",
    inRun((run) => run.role = "baseline"),
    /already a baseline run of mine/,
    "RangeError",
  ],
  [
    "no start",
    inRun((run) => run.snapshots.shift()),
    /begin with the model before training, epoch 0: found epoch 2/,
    "RangeError",
  ],
  ["no snapshots", inRun((run) => run.snapshots = []), /found no snapshot/, "RangeError"],
  [
    "epochs that fall",
    inRun((run) => run.snapshots[1].epoch = 0),
    /unknown field "learningRate"/,
    "TypeError",
  ],
  [
    "an accuracy that is another",
    inRun((run) => run.snapshots[1].accuracy = 0.7),
    /accuracy must be 0.8, the value of finalAccuracy/,
    "RangeError",
  ],
  [
    "another test set",
    inRun((run) => run.dataset.testSize = 51),
    /testSize must be 50, the total/,
    "RangeError",
  ],
  [
    "more than all correct",
    inRun((run) => run.finalAccuracy.withoutPrediction = 11),
    /correct must be at most total/,
    "RangeError",
  ],
  [
    "a file twice",
    inRun((run) => run.snapshots[1].file = start),
    /no other snapshot uses/,
    "RangeError",
  ],
  ["a hash that is none", inRun((run) => run.feedbackHash = "AB"), /64 hexadecimal/, "RangeError"],
  [
    "a missing state",
    inFile((t) => t.delete("hidden.1")),
    /hidden.1 is missing/,
    "SafetensorsError",
  ],
  [
    "a missing gradient",
    inFile((t) => t.delete("gradient.2")),
    /gradient.2 is missing/,
    "SafetensorsError",
  ],
  [
    "a missing credit",
    inFile((t) => t.delete("credit.0")),
    /credit.0 is missing/,
    "SafetensorsError",
  ],
  [
    "an unknown tensor",
    inFile((t) => t.set("hiden.3", f64(6, 4))),
    /must be named .*"hiden.3"/,
    "SafetensorsError",
  ],
  [
    "an index with a zero",
    inFile((t) => t.set("hidden.03", f64(6, 4))),
    /must be named/,
    "SafetensorsError",
  ],
  [
    "a gradient too many",
    inFile((t) => t.set("gradient.3", f64(6, 4))),
    /gradient.0 to gradient.2 belong to 2 blocks: there are 4/,
    "SafetensorsError",
  ],
  [
    "a gradient of another shape",
    inFile((t) => t.set("gradient.1", f64(6, 5))),
    /gradient.1 must have the shape of hidden.1, \[6,4\]: it is \[6,5\]/,
    "SafetensorsError",
  ],
  [
    "a gradient of another type",
    inFile((t) => t.set("gradient.1", ones([6, 4]))),
    /gradient.1 must be of F64: it is of F32/,
    "SafetensorsError",
  ],
  [
    "another width",
    inFile((t) => t.set("hidden.1", f64(6, 5))),
    /shape of hidden.0/,
    "SafetensorsError",
  ],
  [
    "fewer samples",
    inFile((t) => t.set("hidden.1", f64(3, 8))),
    /must have 6 samples/,
    "SafetensorsError",
  ],
  [
    "half a batch",
    inRun((run) => run.batchSize = 4),
    /1 to 1000 batches of batchSize 4/,
    "SafetensorsError",
  ],
  [
    "samples without features",
    inFile((t) => t.set("hidden.0", f64(6, 0))),
    /hidden.0 must have 6 samples with features: it is \[6,0\]/,
    "SafetensorsError",
  ],
  [
    "a terminal credit at the output",
    inRun((run) => run.creditIndex = "output"),
    /credit.terminal must not be there/,
    "SafetensorsError",
  ],
  [
    "a weight whose name a terminal would obey",
    inFile((t) => t.set("weight.0.a\u009b[2J", f64(4, 4))),
    /its tensors must be named .* weight\.l\.NAME: "weight\.0\.a\ufffd\[2J"/,
    "SafetensorsError",
  ],
  [
    "a vector as a weight",
    inFile((t) => t.set("weight.0.b", f64(4))),
    /must be a matrix/,
    "SafetensorsError",
  ],
  [
    "a weight of no block",
    inFile((t) => t.set("weight.2.w1", f64(4, 4))),
    /needs a block 2/,
    "SafetensorsError",
  ],
  [
    "a weight only later",
    ({ tensors }) => tensors.get(end)!.set("weight.0.w2", f64(4, 4)),
    /list of matrices must be that of method-epoch-0/,
    "RangeError",
  ],
  [
    "a baseline without weights",
    ({ tensors }) => tensors.get("baseline-epoch-0.safetensors")!.delete("weight.1.w1"),
    /must show that its blocks are frozen: there is no weight.1/,
    "RangeError",
  ],
];
for (const [title, change, message, name] of refusals) {
  test(`refuses ${title}`, () => refuses(change, message, name));
}

test("refuses every name that could leave the folder", async () => {
  const wrong = [
    "../secret.safetensors",
    "/etc/secret.safetensors",
    "a/b.safetensors",
    "a\\b.safetensors",
    "C:b.safetensors",
    ".hidden.safetensors",
    "..safetensors",
    "",
    ".safetensors",
    "a.safetensors\0",
    "a\0.safetensors",
    "a\n.safetensors",
    "\ud800.safetensors",
    `${"a".repeat(300)}.safetensors`,
    "a.json",
    null,
    7,
  ];
  for (const file of wrong) {
    let asked = false;
    const { json } = testBundle();
    json.runs[0].snapshots[0].file = file;
    const error = await readBundle(json, () => {
      asked = true;
      return Promise.reject(new Error("asked"));
    }).catch((error) => error);
    assert.match(
      error.message,
      /^Cannot read bundle.json as runs\[0\].snapshots\[0\].file must be/,
    );
    assert.not(asked);
  }
});

test.run();
