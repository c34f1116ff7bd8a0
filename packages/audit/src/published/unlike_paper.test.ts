// Oracles: the paper's main audit as the specification lists it; the options of the rules.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { creditRule } from "@fa/methods";
import { exampleEvidence, type JsonObject, type RunEvidence } from "@fa/protocol";
import { hasDefaultRule, unlikePaper } from "./unlike_paper.ts";

const test = suite("the paper's setting");

const run = exampleEvidence();
const paper: RunEvidence = {
  ...run,
  dataset: { ...run.dataset, name: "cifar10" },
  configuration: {
    ...{ model: "resmlp", width: 256, depth: 4, batch: 128, learningRate: 1e-3 },
    ...{ dtype: "float32", rule: { ...creditRule("dfa")!.options } },
  },
};
const changed = (configuration: JsonObject): string[] =>
  unlikePaper({ ...paper, configuration: { ...paper.configuration, ...configuration } });
const sized = (name: string, trainSize: number, testSize = 10_000): string[] =>
  unlikePaper({ ...paper, dataset: { ...paper.dataset, name, trainSize, testSize } });

test("names each thing that is other", () => {
  assert.equal(unlikePaper(paper), []);
  assert.equal(changed({ width: 64 }), ["d=64 (paper 256)"]);
  assert.equal(changed({ depth: 2, batch: 64 }), ["L=2 (paper 4)", "batch=64 (paper 128)"]);
  assert.equal(changed({ learningRate: 0.01 }), ["learning rate=0.01 (paper 0.001)"]);
  assert.equal(changed({ dtype: "float64" }), ["dtype=float64 (paper float32)"]);
  assert.equal(changed({ model: "cnn" }), ["model=cnn (paper resmlp)"]);
  const rule = { ...creditRule("dfa")!.options, feedbackScale: 2 };
  assert.equal(changed({ rule }), ["options of dfa that are not its defaults"]);
});

test("only whole splits are the paper's data", () => {
  assert.equal(sized("cifar10", 500), ["500 train and 10000 test images (whole: 50000 and 10000)"]);
  assert.is(sized("cifar10-holdout", 50_000).length, 1);
  assert.is(sized("cifar10", 50_000, 1280).length, 1);
  assert.equal(sized("cifar10-holdout", 40_000), []);
  assert.equal(sized("cifar10+random-labels", 50_000), []); // of a control that draws them
  for (const name of ["synthetic", "cifar10+permuted-labels", "toString"]) {
    assert.equal(sized(name, 50_000), [`data ${name} (paper CIFAR-10)`]);
  }
});

test("early records tell of a rule only what is common to all", () => {
  const { rule: _, ...configuration } = paper.configuration;
  assert.is(hasDefaultRule({ ...paper, configuration }), true);
  assert.is(hasDefaultRule({ ...paper, configuration, creditNormalization: "none" }), false);
  assert.is(hasDefaultRule({ ...paper, configuration, method: "bp" }), true);
  assert.is(hasDefaultRule({ ...paper, configuration, method: "mine" }), true);
});

test.run();
