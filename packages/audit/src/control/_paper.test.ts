import { suite } from "uvu";
import * as assert from "uvu/assert";
import { creditRule } from "@fa/methods";
import { exampleEvidence, type RunEvidence, summarizeSeeds } from "@fa/protocol";
import {
  type Comparison,
  comparisons,
  gradientScale,
  otherThanPaper,
  splitNotes,
} from "./_paper.ts";

const test = suite("published numbers");

const seeds = (...values: number[]) =>
  summarizeSeeds(values.map((value, seed) => ({ seed, value })), "x");

const run = exampleEvidence();
const paper: RunEvidence = {
  ...run,
  dataset: { ...run.dataset, name: "cifar10" },
  configuration: {
    ...{ model: "resmlp", width: 256, depth: 4, batch: 128, learningRate: 1e-3 },
    ...{ dtype: "float32", rule: { ...creditRule("dfa")!.options }, epochs: 1 },
  },
};
const agrees = (found: Comparison["found"], printed: string, more: Partial<Comparison> = {}) =>
  comparisons([{ claims: [], what: "x", paper: printed, found, ...more }], [paper], 1)[0]!.agrees;

// Oracle: closed form: √((2·.004² + 2·.002²)/4) = .00316…, twice that is .00632….
test("agrees within rounding or two pooled standard deviations, as the ledger does", () => {
  const ours = (centre: number) => seeds(centre - 0.004, centre, centre + 0.004);
  assert.is(agrees(ours(0.3663), ".360±.002"), true);
  assert.is(agrees(ours(0.3664), ".360±.002"), false);
  assert.is(agrees(seeds(0.3595), ".360"), true); // half a unit away
  assert.is(agrees(seeds(0.3594), ".360"), false);
  assert.is(agrees(seeds(0.363), ".360±.002"), true); // one seed: the paper's spread alone
  assert.is(agrees(seeds(Infinity), ".360"), null);
});

// Oracle: the pooled s of unequal n: two seeds of ours count once, three of the paper twice:
// √((1·.0300² + 2·0²)/3) = .01732…; unweighted it were .0212.
test("pools by degrees of freedom", () => {
  const ours = seeds(0.5 - 0.03 / Math.SQRT2, 0.5 + 0.03 / Math.SQRT2);
  assert.is(agrees(ours, ".4654±.0000000"), true);
  assert.is(agrees(ours, ".4653±.0000000"), false);
});

test("compares only what is as in the paper, and says what is not", () => {
  const list = [
    { claims: [3], what: "x", paper: ".5", found: seeds(0.5) },
    { claims: [1], what: "y", paper: "2", found: seeds(3) },
  ];
  assert.equal(comparisons(list, [paper], 1).map(({ agrees }) => agrees), [true, false]);
  assert.equal(otherThanPaper([paper], 1), []);
  const [only, ...more] = comparisons(list, [paper], 30);
  assert.is(more.length, 0);
  assert.equal(only!.claims, [1, 3]);
  assert.is(only!.agrees, null);
  assert.match(only!.measured, "1 epochs of a schedule of 1 (paper 30 of 30)");
  assert.is(comparisons(list, [paper], undefined)[0]!.agrees, null);
  assert.is(comparisons([], [paper], 1).length, 0);
  // One run of several is enough.
  const fast = { ...paper, configuration: { ...paper.configuration, learningRate: 0.01 } };
  assert.equal(otherThanPaper([paper, fast], 1), ["learning rate=0.01 (paper 0.001)"]);
  assert.is(comparisons(list, [paper, fast], 1)[0]!.agrees, null);
});

test("numbers of runs of another length are told of, not compared", () => {
  const list = [
    { claims: [86], what: "x", paper: ".5", found: seeds(0.5) },
    { claims: [67], what: "y", paper: ".5", found: seeds(0.5), epochs: 100 },
  ];
  const [compared, told] = comparisons(list, [paper], 1);
  assert.is(compared!.agrees, true);
  assert.is(told!.agrees, null);
  assert.match(told!.measured, "(paper 100 of 100)");
});

// Oracle: 5e-10 at B=1024 is 4e-9 at B=128.
test("scales gradients of another B", () => {
  assert.is(agrees(seeds(4e-9), "5e-10", { scale: gradientScale }), true);
  assert.is(agrees(seeds(5e-10), "5e-10", { scale: gradientScale }), false);
});

test("says of what data a run is that is not of the official split", () => {
  const holdout = { ...paper.dataset, name: "cifar10-holdout", trainSize: 40_000 };
  assert.equal(splitNotes(paper), []);
  assert.match(splitNotes({ ...paper, dataset: holdout }).join(), "40000 training images");
});

test.run();
