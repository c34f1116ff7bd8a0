import { suite } from "uvu";
import * as assert from "uvu/assert";
import { resolveConfiguration } from "./configuration.ts";

const test = suite("resolveConfiguration");

// Oracle: the specification of the presets and of the audit's defaults.
test("fills in the preset's values", () => {
  const quick = resolveConfiguration({});
  assert.is(quick.preset, "quick");
  assert.equal(quick.data, { name: "synthetic", trainSize: 12_800, testSize: 5_000 });
  assert.equal([quick.width, quick.depth, quick.batch, quick.epochs], [64, 4, 128, 20]);
  assert.equal(quick.seeds, [42, 123]);
  assert.equal(quick.methods, ["bp", "ep", "dfa", "fa", "cb", "sb"]);
  assert.equal([quick.dtype, quick.policy, quick.lambda], ["float32", "default", 0]);
  assert.is(quick.backend, "wasm");
  assert.is(resolveConfiguration({ backend: "blas" }).backend, "blas");

  const paper = resolveConfiguration({ preset: "paper" });
  assert.equal(paper.data, { name: "cifar10", trainSize: 50_000, testSize: 10_000 });
  assert.equal([paper.width, paper.depth, paper.batch, paper.epochs], [256, 4, 128, 100]);
  assert.equal(paper.seeds, [42, 123, 456]);

  const tiny = resolveConfiguration({ preset: "tiny" });
  assert.equal([tiny.width, tiny.epochs, tiny.seeds], [32, 2, [42]]);
});

// Oracle: specification (the published CIFAR-10 numbers are those of d=256).
test("takes the paper's sizes for CIFAR-10 unless another preset is named", () => {
  const holdout = resolveConfiguration({ data: "cifar10-holdout", epochs: 5 });
  assert.equal([holdout.preset, holdout.width, holdout.epochs], ["paper", 256, 5]);
  assert.equal(holdout.data, { name: "cifar10-holdout", trainSize: 40_000, testSize: 10_000 });
  assert.is(resolveConfiguration({ data: "cifar10", preset: "tiny" }).width, 32);
});

test("limits train and test images", () => {
  const { data } = resolveConfiguration({ limit: 1_280 });
  assert.equal(data, { name: "synthetic", trainSize: 1_280, testSize: 1_280 });
  assert.is(resolveConfiguration({ limit: 12_000 }).data.testSize, 5_000);
});

// Oracle: specification: every choice of a rule that is run is echoed, DFA's also where it is only the
// self-control.
test("echoes all options of the rules that are run", () => {
  const { rules } = resolveConfiguration({ methods: ["bp", "ep"], rules: { ep: { beta: 0.1 } } });
  assert.equal(Object.keys(rules), ["dfa", "ep"]);
  assert.is(rules.ep!.beta, 0.1);
  assert.is(rules.ep!.steps, 10);
  const paper = resolveConfiguration({ preset: "paper" }).rules;
  assert.equal([paper.ep!.steps, paper.ep!.stepSize, paper.cb!.samples], [20, 0.1, 8]);
  const wide = (choices: Parameters<typeof resolveConfiguration>[0]) =>
    resolveConfiguration(choices).rules.cb!.hiddenWidth;
  assert.equal(
    [wide({}), wide({ preset: "paper" }), wide({ rules: { cb: { hiddenWidth: 8 } } })],
    [64, 256, 8],
  );
  const model = resolveConfiguration({ depth: 6, residual: false, labels: "random" });
  assert.equal(
    [model.trainedBlocks, model.terminalLayerNorm, model.residual, model.labels],
    [6, true, false, "random"],
  );
  assert.equal([model.baselines, model.controls], [true, true]);
  assert.equal([model.epochs, model.stopAfter, model.probes], [20, 20, "final"]);
});

// Oracle: specification: unknown names suggest the nearest, numbers say rule and value.
test("refuses what cannot be run, with rule and value", () => {
  const cases: [Parameters<typeof resolveConfiguration>[0], string][] = [
    [
      { preset: "quik" },
      "Cannot find preset 'quik': did you mean 'quick'? Known presets: quick, paper, tiny",
    ],
    [{ data: "cifar" }, "Cannot find dataset 'cifar'"],
    [{ methods: ["bp", "dfaa"] }, "Cannot find method 'dfaa': did you mean 'dfa'?"],
    [{ methods: ["bp", "bp"] }, "every method can be given only once: bp is given twice"],
    [
      { rules: { dfa: { feedbackScal: 2 } } },
      "dfa option 'feedbackScal': did you mean 'feedbackScale'",
    ],
    [{ rules: { dfb: {} } }, "Cannot find method 'dfb'"],
    [
      { methods: ["bp"], rules: { sb: {} } },
      "for methods that are run and have credits, here dfa: sb",
    ],
    [{ rules: { bp: { beta: 1 } } }, "for methods that are run and have credits"],
    [{ methods: ["bp"], controls: false, rules: { dfa: {} } }, "have credits: dfa"],
    [
      { trainedBlocks: 5 },
      "trainedBlocks must be an integer from 1 to 4, the blocks that there are: 5",
    ],
    [{ trainedBlocks: 0 }, "trainedBlocks must be an integer from 1 to 4"],
    [{ methods: [] }, "at least one method is needed: none"],
    [{ seeds: [42, 42] }, "every seed can be given only once: 42 is given twice"],
    [{ seeds: [-1] }, "every seed must be an integer of at least 0: -1"],
    [{ seeds: [] }, "at least one seed is needed: none"],
    [{ epochs: 3, stopAfter: 4 }, "stopAfter must be an integer from 1 to 3, the epochs of the"],
    [{ stopAfter: 0 }, "stopAfter must be an integer from 1 to 20"],
    [{ probes: "finale" }, "Cannot find time of probes 'finale': did you mean 'final'?"],
    [{ epochs: 0 }, "epochs must be an integer from 1 to 100000: 0"],
    [{ epochs: -1 }, "epochs must be an integer from 1 to 100000: -1"],
    [{ epochs: 1.5 }, "epochs must be an integer from 1 to 100000: 1.5"],
    [{ width: 0 }, "width must be an integer from 1 to 65536: 0"],
    [{ depth: 1_001 }, "depth must be an integer from 1 to 1000: 1001"],
    [{ batch: 1 }, "batch must be an integer of at least 2: 1"],
    [{ batch: 12_801 }, "a batch cannot hold more than the 12800 train images in use: 12801"],
    [{ limit: 1_279 }, "so limit must be at least 1280: 1279"],
    [
      { limit: 12_801 },
      "limit must be an integer from 1 to 12800, the train images that synthetic has: 12801",
    ],
    [{ lambda: -0.1 }, "lambda must be a finite number >= 0: -0.1"],
    [{ lambda: Infinity }, "lambda must be a finite number >= 0: Infinity"],
    [{ dtype: "float23" }, "Cannot find dtype 'float23': did you mean 'float32'?"],
    [{ policy: "papr" }, "Cannot find policy 'papr': did you mean 'paper'?"],
  ];
  for (const [choices, message] of cases) {
    assert.throws(
      () => resolveConfiguration(choices),
      (error: Error) => error instanceof RangeError && error.message.includes(message),
      `${JSON.stringify(choices)} → ${message}`,
    );
  }
  assert.throws(
    () => resolveConfiguration({ rules: { dfa: { feedbackScale: "two" } } }),
    (error: Error) => error instanceof TypeError && /a number, such as 1: two/.test(error.message),
  );
});

test.run();
